// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_TEST_CLIENTS_CHECK_HPP
#define ASYNCINFO_TEST_CLIENTS_CHECK_HPP

#include <asyncinfo/asyncinfo.hpp>

#include <boost/asio.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <future>
#include <iostream>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

/// What each of the programs in this folder is made of: scenarios, a line for each. `run` makes a
/// table of the lines.
namespace clients {

namespace asio = boost::asio;
using asyncinfo::AsyncStatus;
using asyncinfo::use_async_info;
using boost::system::error_code;
using namespace std::chrono_literals;

/// How long anything may take that is to happen: the sanitizer makes all of it slow.
inline constexpr auto patience = 20s;

inline int failures = 0;

inline void line(const char* verdict, const std::string& what, const std::string& detail) {
    std::cout << verdict << '|' << what << '|' << detail << std::endl;
}

/// A finding that is neither right nor wrong: somebody else's doing.
inline void note(const std::string& what, const std::string& detail) { line("note", what, detail); }

/// A scenario: what `body` throws is why it failed, what it returns is told beside it.
template <typename Body>
void scenario(const std::string& what, Body body) {
    try {
        if constexpr (std::is_void_v<decltype(body())>) {
            body();
            line("holds", what, "");
        } else {
            line("holds", what, body());
        }
    } catch (const std::exception& e) {
        ++failures;
        line("FAILS", what, e.what());
    }
}

inline void expect(bool condition, const std::string& what) {
    if (!condition)
        throw std::runtime_error(what);
}

/// How it ended, in words.
template <typename Operation>
std::string told(const Operation& operation) {
    const auto status = operation.Status();
    const std::string name = status == AsyncStatus::Started     ? "Started"
                             : status == AsyncStatus::Completed ? "Completed"
                             : status == AsyncStatus::Canceled  ? "Canceled"
                                                                : "Error";
    const error_code code = operation.ErrorCode();
    return code ? name + ": " + code.message() : name;
}

/// Waits for the end, which is to be this one.
template <typename Operation>
void expect_end(const Operation& operation, AsyncStatus status, const std::string& what) {
    operation.wait_for(patience);
    expect(operation.Status() == status, what + " is " + told(operation));
}

template <typename Operation>
void expect_timed_out(const Operation& operation, const std::string& what) {
    operation.wait_for(patience);
    expect(operation.Status() == AsyncStatus::Error &&
               operation.ErrorCode() == asio::error::timed_out,
           what + " is " + told(operation));
}

/// Calls `body` on the executor, and waits for it.
template <typename Executor, typename Body>
auto run_on(Executor&& executor, Body body) {
    return asio::post(executor, std::packaged_task<decltype(body())()>(std::move(body))).get();
}

/// Ends the program if it takes too long.
class watchdog {
public:
    explicit watchdog(std::chrono::seconds limit)
        : thread_([this, limit] {
              std::unique_lock lock(mutex_);
              if (!over_.wait_for(lock, limit, [this] { return done_; })) {
                  line("FAILS", "the whole program", "takes too long");
                  std::_Exit(99);
              }
          }) {}

    ~watchdog() {
        {
            const std::lock_guard lock(mutex_);
            done_ = true;
        }
        over_.notify_one();
        thread_.join();
    }

private:
    std::mutex mutex_;
    std::condition_variable over_;
    bool done_ = false;
    std::thread thread_;
};

inline int result() { return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE; }

} // namespace clients

#endif // ASYNCINFO_TEST_CLIENTS_CHECK_HPP
