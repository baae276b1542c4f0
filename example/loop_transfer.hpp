// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef EXAMPLE_LOOP_TRANSFER_HPP
#define EXAMPLE_LOOP_TRANSFER_HPP

// What the loops of loop_*.cpp show: a TCP transfer over loopback that runs on an io_context with a
// thread of its own, where a server sends at a limited pace.

#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <thread>
#include <vector>

namespace demo {

namespace asio = boost::asio;
using asio::ip::tcp;
using asyncinfo::transfer_progress;

/// How long the transfer takes: the `--seconds N` of the command line, half a minute without it.
std::chrono::duration<double> seconds(int argc, char** argv);

/// What a loop shows of a transfer on its terminal: `[########            ]  40 %    3.2 MiB/s`. It
/// also sees whether all was shown by the thread that made it.
class text_bar {
public:
    text_bar();

    void show(const transfer_progress& p);
    void show_end(const asyncinfo::IAsyncOperationWithProgress<std::size_t, transfer_progress>& op);

    /// Whether the transfer was shown to its end, which the user may have brought about.
    bool went_well() const { return here_ && ended_; }

private:
    const bool terminal_;
    const std::thread::id thread_ = std::this_thread::get_id();
    int percent_ = -1;
    bool here_ = true, ended_ = false;
};

class loop_transfer {
public:
    using operation = asyncinfo::IAsyncOperationWithProgress<std::size_t, transfer_progress>;

    /// `size` bytes are expected, which take `duration`. The server sends `sent` of them and falls
    /// silent.
    loop_transfer(std::chrono::duration<double> duration, std::size_t size = 32 << 20,
                  std::size_t sent = 32 << 20);
    loop_transfer(int argc, char** argv) : loop_transfer(seconds(argc, argv)) {}

    loop_transfer(const loop_transfer&) = delete;
    loop_transfer& operator=(const loop_transfer&) = delete;

    ~loop_transfer();

    std::size_t size() const { return received_.size(); }

    /// Reads all of it, once. It runs on the io_context's thread; the handle is for any other.
    operation start();

    /// The server begins, once: when the handlers are set, for none is told of what came before.
    void send();

    /// Ctrl-C, an operation like others. It also takes SIGTERM.
    asyncinfo::IAsyncOperation<int> interrupt();

private:
    asio::awaitable<void> serve();

    asio::io_context context_{1};
    tcp::socket client_{context_};
    tcp::socket server_{context_};
    asio::signal_set signals_{context_, SIGINT, SIGTERM};
    std::vector<char> received_;
    std::size_t left_;
    std::size_t piece_;
    std::thread thread_;
};

} // namespace demo

#endif // EXAMPLE_LOOP_TRANSFER_HPP
