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
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#if defined(_WIN32)
#include <io.h>
#else
#include <unistd.h>
#endif

namespace demo {

namespace asio = boost::asio;
using asio::ip::tcp;
using asyncinfo::transfer_progress;

/// How long the transfer takes: the `--seconds N` of the command line, half a minute without it.
inline std::chrono::duration<double> seconds(int argc, char** argv) {
    using namespace std::string_view_literals;
    if (argc == 1)
        return std::chrono::seconds(30);
    const double given = argc == 3 && argv[1] == "--seconds"sv ? std::atof(argv[2]) : 0;
    if (given > 0 && given < 1e6)
        return std::chrono::duration<double>(given);
    const bool help = argc == 2 && argv[1] == "--help"sv;
    std::fprintf(help ? stdout : stderr, "usage: %s [--seconds N]\n", argv[0]);
    std::exit(help ? 0 : 2);
}

/// What a loop shows of a transfer on its terminal: `[########            ]  40 %    3.2 MiB/s`. It
/// also sees whether all was shown by the thread that made it.
class text_bar {
public:
    text_bar() { std::puts("Ctrl-C cancels the transfer."); }

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
        const bool more = std::exchange(percent_, percent) != percent;
        if (terminal_)
            std::printf("\r%s", line.c_str());
        else if (more)
            std::puts(line.c_str());
        std::fflush(stdout);
        here_ = here_ && std::this_thread::get_id() == thread_;
    }

    void
    show_end(const asyncinfo::IAsyncOperationWithProgress<std::size_t, transfer_progress>& op) {
        const std::string line = "operation " + std::to_string(op.Id()) + ": ";
        std::printf("%s%s%s\n", terminal_ ? "\n" : "", line.c_str(),
                    std::string(to_string(op.Status())).c_str());
        std::fflush(stdout);
        here_ = here_ && std::this_thread::get_id() == thread_;
        ended_ = op.Status() == asyncinfo::AsyncStatus::Canceled ||
                 (percent_ == 100 && op.GetResults() == op.progress()->total);
    }

    /// Whether the transfer was shown to its end, which the user may have brought about.
    bool went_well() const { return here_ && ended_; }

private:
#if defined(_WIN32)
    const bool terminal_ = ::_isatty(::_fileno(stdout)) != 0;
#else
    const bool terminal_ = ::isatty(STDOUT_FILENO) == 1;
#endif
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
                  std::size_t sent = 32 << 20)
        : received_(size), left_(sent),
          piece_(static_cast<std::size_t>(static_cast<double>(size) * (pause / duration)) + 1) {
        tcp::acceptor acceptor(context_, {asio::ip::address_v4::loopback(), 0});
        boost::system::error_code error;
        client_.connect(acceptor.local_endpoint(), error);
        if (error) {
            std::fprintf(stderr,
                         "the demo sends to itself, but cannot connect to 127.0.0.1: %s. "
                         "Is the loopback interface up?\n",
                         error.message().c_str());
            std::exit(1);
        }
        server_ = acceptor.accept();
    }

    loop_transfer(int argc, char** argv) : loop_transfer(seconds(argc, argv)) {}

    loop_transfer(const loop_transfer&) = delete;
    loop_transfer& operator=(const loop_transfer&) = delete;

    ~loop_transfer() {
        context_.stop();
        if (thread_.joinable())
            thread_.join();
    }

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
        thread_ = std::thread([this] { context_.run(); });
    }

    /// Ctrl-C, an operation like others. It also takes SIGTERM.
    asyncinfo::IAsyncOperation<int> interrupt() {
        return signals_.async_wait(asyncinfo::use_async_info);
    }

private:
    static constexpr std::chrono::milliseconds pause{8}; // from one piece to the next

    asio::awaitable<void> serve() {
        const std::vector<char> piece(piece_, 'x');
        asio::steady_timer timer(context_);
        while (left_ > 0) {
            const auto bytes = asio::buffer(piece, left_);
            left_ -= co_await asio::async_write(server_, bytes, asio::use_awaitable);
            timer.expires_after(pause);
            co_await timer.async_wait(asio::use_awaitable);
        }
    }

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
