// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "loop_transfer.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#if defined(_WIN32)
#include <io.h>
#else
#include <unistd.h>
#endif

namespace demo {

namespace {

bool prints_to_a_terminal() {
#if defined(_WIN32)
    return ::_isatty(::_fileno(stdout)) != 0;
#else
    return ::isatty(STDOUT_FILENO) == 1;
#endif
}

constexpr std::chrono::milliseconds pause{8}; // from one piece to the next

} // namespace

std::chrono::duration<double> seconds(int argc, char** argv) {
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

text_bar::text_bar() : terminal_(prints_to_a_terminal()) {
    std::puts("Ctrl-C cancels the transfer.");
}

void text_bar::show(const transfer_progress& p) {
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

void text_bar::show_end(
    const asyncinfo::IAsyncOperationWithProgress<std::size_t, transfer_progress>& op) {
    const std::string line = "operation " + std::to_string(op.Id()) + ": ";
    std::printf("%s%s%s\n", terminal_ ? "\n" : "", line.c_str(),
                std::string(to_string(op.Status())).c_str());
    std::fflush(stdout);
    here_ = here_ && std::this_thread::get_id() == thread_;
    ended_ = op.Status() == asyncinfo::AsyncStatus::Canceled ||
             (percent_ == 100 && op.GetResults() == op.progress()->total);
}

loop_transfer::loop_transfer(std::chrono::duration<double> duration, std::size_t size,
                             std::size_t sent)
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

loop_transfer::~loop_transfer() {
    context_.stop();
    if (thread_.joinable())
        thread_.join();
}

loop_transfer::operation loop_transfer::start() {
    return asyncinfo::with_progress(size(), [&](auto condition, auto token) {
        return asio::async_read(client_, asio::buffer(received_), condition, token);
    });
}

void loop_transfer::send() {
    asio::co_spawn(context_, serve(), asio::detached);
    thread_ = std::thread([this] { context_.run(); });
}

asyncinfo::IAsyncOperation<int> loop_transfer::interrupt() {
    return signals_.async_wait(asyncinfo::use_async_info);
}

asio::awaitable<void> loop_transfer::serve() {
    const std::vector<char> piece(piece_, 'x');
    asio::steady_timer timer(context_);
    while (left_ > 0) {
        const auto bytes = asio::buffer(piece, left_);
        left_ -= co_await asio::async_write(server_, bytes, asio::use_awaitable);
        timer.expires_after(pause);
        co_await timer.async_wait(asio::use_awaitable);
    }
}

} // namespace demo
