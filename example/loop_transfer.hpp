// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef EXAMPLE_LOOP_TRANSFER_HPP
#define EXAMPLE_LOOP_TRANSFER_HPP

// What the loops of loop_*.cpp show: a TCP transfer over loopback that runs on an io_context with a
// thread of its own, where a server sends at a limited pace.

#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace demo {

namespace asio = boost::asio;
using asio::ip::tcp;
using asyncinfo::transfer_progress;

/// What a loop shows of a transfer on its terminal, and whether all of it was shown by the thread that
/// made this: `[########            ]  40 %    3.2 MiB/s`.
class text_bar {
public:
    void show(const transfer_progress& p) {
        const auto percent = static_cast<int>(p.fraction() * 100);
        const auto length = static_cast<std::size_t>(percent / 5);
        char numbers[40];
        std::snprintf(numbers, sizeof numbers, "%3d %%", percent);
        std::string line =
            "[" + std::string(length, '#') + std::string(20 - length, ' ') + "] " + numbers;
        if (p.elapsed >= std::chrono::milliseconds(10)) { // a rate over microseconds says nothing
            std::snprintf(numbers, sizeof numbers, "  %5.1f MiB/s", p.rate() / (1 << 20));
            line += numbers;
        }
        print(line);
        full_ = p.fraction() == 1;
    }

    void show_end(const asyncinfo::IAsyncInfo& operation) {
        print("operation " + std::to_string(operation.Id()) + ": " +
              std::string(to_string(operation.Status())));
        ended_ = true;
    }

    bool went_well() const { return here_ && full_ && ended_; }

private:
    void print(const std::string& line) {
        std::puts(line.c_str());
        here_ = here_ && std::this_thread::get_id() == thread_;
    }

    const std::thread::id thread_ = std::this_thread::get_id();
    bool here_ = true, full_ = false, ended_ = false;
};

class loop_transfer {
public:
    using operation = asyncinfo::IAsyncOperationWithProgress<std::size_t, transfer_progress>;

    /// `size` bytes are expected; the server sends `sent` of them, 64 KiB at a time, and falls
    /// silent.
    explicit loop_transfer(std::size_t size = 4 << 20, std::size_t sent = 4 << 20)
        : received_(size), left_(sent) {
        tcp::acceptor acceptor(context_, {asio::ip::address_v4::loopback(), 0});
        client_.connect(acceptor.local_endpoint());
        server_ = acceptor.accept();
    }

    loop_transfer(const loop_transfer&) = delete;
    loop_transfer& operator=(const loop_transfer&) = delete;

    ~loop_transfer() { context_.stop(); }

    std::size_t size() const { return received_.size(); }

    /// Reads all of it, once. It runs on the io_context's thread; the handle is for any other.
    operation start() {
        return asyncinfo::with_progress(size(), [&](auto condition, auto token) {
            return asio::async_read(client_, asio::buffer(received_), condition, token);
        });
    }

    /// The server begins, once: when the handlers are set, for none is told of what came before.
    void send() {
        asio::co_spawn(context_, serve(), asio::detached);
        thread_ = std::jthread([this] { context_.run(); });
    }

private:
    asio::awaitable<void> serve() {
        const std::vector<char> piece(64 << 10, 'x');
        asio::steady_timer pause(context_);
        while (left_ > 0) {
            const auto bytes = asio::buffer(piece, left_);
            left_ -= co_await asio::async_write(server_, bytes, asio::use_awaitable);
            pause.expires_after(std::chrono::milliseconds(8));
            co_await pause.async_wait(asio::use_awaitable);
        }
    }

    asio::io_context context_{1};
    tcp::socket client_{context_};
    tcp::socket server_{context_};
    std::vector<char> received_;
    std::size_t left_;
    std::jthread thread_; // joined before the rest goes
};

} // namespace demo

#endif // EXAMPLE_LOOP_TRANSFER_HPP
