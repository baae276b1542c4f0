// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// An event loop by hand: epoll waits for whatever the program waits for, and for the queue's
// descriptor. The thread sleeps while nothing is ready.

#include "loop_transfer.hpp"

#include <iostream>
#include <system_error>

#include <sys/epoll.h>
#include <unistd.h>

namespace asio = boost::asio;
using asyncinfo::AsyncStatus;
using asyncinfo::every;
using asyncinfo::transfer_progress;
using namespace std::chrono_literals;

namespace {

int checked(int result) {
    if (result < 0)
        throw std::system_error(errno, std::system_category());
    return result;
}

} // namespace

int main(int argc, char** argv) {
    asyncinfo::completion_queue queue;
    demo::loop_transfer transfer(argc, argv); // its io_context has a thread of its own

    const int epoll = checked(::epoll_create1(EPOLL_CLOEXEC));
    epoll_event event{};
    event.events = EPOLLIN; // or EPOLLIN | EPOLLET
    event.data.fd = queue.native_handle();
    checked(::epoll_ctl(epoll, EPOLL_CTL_ADD, queue.native_handle(), &event));

    // Both handlers are bound to the queue: they run below, in poll_for.
    demo::text_bar bar;
    bool running = true;
    const auto read = transfer.start();
    read.Progress(every(
        50ms, asio::bind_executor(queue, [&](auto&, const transfer_progress& p) { bar.show(p); })));
    read.Completed(asio::bind_executor(queue, [&](auto& op, AsyncStatus) {
        bar.show_end(op);
        running = false;
    }));
    const auto interrupt = transfer.interrupt(); // Ctrl-C
    interrupt.Completed(asio::bind_executor(queue, [&](auto&, AsyncStatus) { read.Cancel(); }));
    transfer.send();

    int wake_ups = 0;
    while (running) {
        epoll_event ready[8];
        const int count = ::epoll_wait(epoll, ready, 8, -1);
        ++wake_ups;
        for (int i = 0; i < count; ++i)
            if (ready[i].data.fd == queue.native_handle())
                queue.poll_for(4ms); // what is left wakes the next epoll_wait
    }
    ::close(epoll);

    std::cout << wake_ups << " times awake\n";
    return bar.went_well() ? 0 : 1;
}
