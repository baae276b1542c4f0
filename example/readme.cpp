// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// What README.md shows: a read with a deadline, many operations in a loop, co_await, and an
// operation made of a callback.

#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>
#include <functional>
#include <iostream>
#include <list>
#include <memory>
#include <string>
#include <thread>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using asio::ip::tcp;
using asyncinfo::async_source, asyncinfo::operation_group, asyncinfo::use_async_info;
using asyncinfo::AsyncStatus, asyncinfo::IAsyncOperation;

/// A library with callbacks, as one finds it.
struct sensor {
    std::function<void(int)> callback;
    void read(std::function<void(int)> f) { callback = std::move(f); }
};

// co_await: a function that returns a handle can be a coroutine.
IAsyncOperation<std::size_t> echo_once(tcp::socket socket) { // runs on the socket's executor
    char data[512];
    auto n = co_await socket.async_read_some(asio::buffer(data), asio::deferred);
    co_return co_await asio::async_write(socket, asio::buffer(data, n), asio::deferred);
}

// Your own callback: a source ends the operation, from any thread. Cancel would need on_cancel.
IAsyncOperation<int> measure(sensor& device) {
    auto source = std::make_shared<async_source<int>>();
    device.read([source](int value) { source->set_value(value); });
    return source->operation();
}

bool read_and_loop(asio::readable_pipe& socket, std::string& text,
                   std::list<asio::steady_timer>& timers) {
    int ended = 0;
    const auto show = [&](int, AsyncStatus status) { ended += status == AsyncStatus::Completed; };
    const auto draw_frame = [] { std::this_thread::sleep_for(16ms); };

    // Read with a deadline. What had come before it is not lost.
    auto read = asio::async_read(socket, asio::buffer(text), use_async_info.cancel_after(50ms));
    read.wait(); // or poll read.Status(), co_await it, give it a handler
    auto [error, size] = read.outcome();
    std::cout << read.Status() << ", " << error.message() << ": " << size.value_or(0) << " bytes\n";

    // Many in a loop. A frame takes those that have ended, for 2 ms at the most.
    operation_group<int> group; // each operation has an int beside it
    for (int i = 0; auto& timer : timers)
        group.add(timer.async_wait(use_async_info), i++);
    for (; !group.empty(); draw_frame())
        group.drain([&](auto entry) { show(entry.tag, entry.operation.Status()); }, 2ms);

    return error == asyncinfo::condition::deadline_expired && size == 5 && ended == 100;
}

int main() {
    asio::thread_pool pool(2);

    asio::readable_pipe in(pool);
    asio::writable_pipe out(pool);
    asio::connect_pipe(in, out);
    asio::write(out, asio::buffer("hello", 5));
    std::string text(100, ' ');
    std::list<asio::steady_timer> timers;
    for (int i = 0; i < 100; ++i)
        timers.emplace_back(pool, i * 1ms);
    const bool right = read_and_loop(in, text, timers);

    tcp::acceptor acceptor(pool, {asio::ip::address_v4::loopback(), 0});
    tcp::socket client(pool), peer(pool);
    client.connect(acceptor.local_endpoint());
    acceptor.accept(peer);
    asio::write(client, asio::buffer("hello", 5));
    const auto echoed = echo_once(std::move(peer));

    sensor device;
    const auto value = measure(device);
    device.callback(42);

    std::cout << echoed.get() << " bytes echoed, " << value.get() << " measured\n";
    return right && echoed.get() == 5 && value.get() == 42 ? 0 : 1;
}
