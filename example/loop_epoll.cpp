// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// A program with a loop of its own, around epoll. A TCP transfer runs on an io_context's thread; the
// loop sleeps in epoll_wait, wakes for what ended there and for a clock of its own, and shows both.

#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>
#include <cstdint>
#include <iostream>

#if defined(__linux__)

#include <cerrno>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <vector>

namespace asio = boost::asio;
using asio::ip::tcp;
using asyncinfo::IAsyncOperationWithProgress;
using asyncinfo::use_async_info;

constexpr std::size_t file_size = 8 << 20;

// Serves one client, in small pieces and not too fast.
void serve(tcp::acceptor& acceptor) {
    tcp::socket client = acceptor.accept();
    const std::vector<char> piece(64 << 10, 'x');
    boost::system::error_code ec;
    for (std::size_t sent = 0; sent < file_size && !ec;) {
        sent += asio::write(client, asio::buffer(piece), ec);
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
}

// The transfer, on the thread that runs `network`. It reports how far it is.
IAsyncOperationWithProgress<std::size_t, double> download(asio::any_io_executor network,
                                                          tcp::endpoint server) {
    const auto progress = co_await asyncinfo::get_progress_token();
    co_await asyncinfo::resume_on(network);
    tcp::socket socket(network);
    co_await socket.async_connect(server, use_async_info);
    std::vector<char> data(256 << 10);
    std::size_t total = 0;
    while (total != file_size) {
        total += co_await socket.async_read_some(asio::buffer(data), use_async_info);
        progress(static_cast<double>(total) / file_size);
    }
    co_return total;
}

void watch(int epoll, int descriptor) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = descriptor;
    if (::epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) != 0)
        throw std::system_error(errno, std::generic_category(), "epoll_ctl");
}

int main() {
    asio::io_context server_context;
    tcp::acceptor acceptor(server_context, {asio::ip::address_v4::loopback(), 0});
    const std::jthread server([&] { serve(acceptor); });
    asio::io_context network;
    auto work = asio::make_work_guard(network);
    const std::jthread network_thread([&] { network.run(); });

    // The loop's descriptors: the queue's, and a clock that ticks 20 times a second.
    asyncinfo::completion_queue queue;
    const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
    const int clock = ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    const itimerspec tick{{0, 50'000'000}, {0, 50'000'000}};
    ::timerfd_settime(clock, 0, &tick, nullptr);
    watch(epoll, queue.native_handle());
    watch(epoll, clock);

    // Both handlers run on this thread, when it polls the queue.
    const auto main_thread = std::this_thread::get_id();
    bool running = true, right = true;
    double last = 0;
    auto transfer = download(network.get_executor(), acceptor.local_endpoint());
    transfer.Progress(asio::bind_executor(queue, [&](auto&, double done) {
        right = right && std::this_thread::get_id() == main_thread && done > last;
        last = done;
    }));
    transfer.Completed(asio::bind_executor(queue, [&](auto& op, asyncinfo::AsyncStatus status) {
        std::cout << status << ": " << op.GetResults() << " bytes\n";
        right = right && std::this_thread::get_id() == main_thread;
        running = false;
    }));

    int wakes = 0;
    while (running) {
        epoll_event events[2];
        const int count = ::epoll_wait(epoll, events, 2, -1);
        for (int i = 0; i < count; ++i) {
            if (std::uint64_t ticks = 0; events[i].data.fd != clock)
                queue.poll_for(std::chrono::milliseconds(2)); // what is left wakes it again
            else if (::read(clock, &ticks, sizeof ticks) > 0)
                std::cout << static_cast<int>(100 * last) << " %\n";
        }
        ++wakes;
    }
    std::cout << "woken " << wakes << " times\n";
    ::close(clock);
    ::close(epoll);
    work.reset();
    return right && transfer.GetResults() == file_size ? 0 : 1;
}

#else

int main() { std::cout << "epoll is Linux's\n"; }

#endif
