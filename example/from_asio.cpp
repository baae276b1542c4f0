// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// What doc/guides/from-asio.md ports: a future, a coroutine, a signal and a parallel group of
// Asio's.

#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <future>
#include <iostream>
#include <string>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using asio::ip::tcp;
using asyncinfo::AsyncStatus, asyncinfo::IAsyncOperation, asyncinfo::use_async_info;

namespace before {

std::size_t read(tcp::socket& socket, char (&data)[5], auto draw) {
    std::future<std::size_t> read = asio::async_read(socket, asio::buffer(data), asio::use_future);
    while (read.wait_for(16ms) != std::future_status::ready)
        draw();
    return read.get(); // once
}

asio::awaitable<std::size_t> echo(tcp::socket socket) {
    char data[512];
    auto n = co_await socket.async_read_some(asio::buffer(data), asio::use_awaitable);
    co_return co_await asio::async_write(socket, asio::buffer(data, n), asio::use_awaitable);
}

std::future<std::size_t> start(tcp::socket socket) {
    auto executor = socket.get_executor();
    return asio::co_spawn(executor, echo(std::move(socket)), asio::use_future); // now it starts
}

asio::awaitable<bool> read_in_time(tcp::socket& socket, std::string& text) {
    using namespace asio::experimental::awaitable_operators;
    asio::steady_timer timer(socket.get_executor(), 20ms);
    auto first = co_await (asio::async_read(socket, asio::buffer(text), asio::use_awaitable) ||
                           timer.async_wait(asio::use_awaitable));
    co_return first.index() == 0;
}

} // namespace before

namespace after {

std::size_t read(tcp::socket& socket, char (&data)[5], auto draw) {
    auto read = asio::async_read(socket, asio::buffer(data), use_async_info);
    while (read.wait_for(16ms) == AsyncStatus::Started)
        draw();
    return read.get(); // as often as you like
}

IAsyncOperation<std::size_t> echo(tcp::socket socket) {
    char data[512];
    auto n = co_await socket.async_read_some(asio::buffer(data), asio::deferred);
    co_return co_await asio::async_write(socket, asio::buffer(data, n), asio::deferred);
}

IAsyncOperation<std::size_t> start(tcp::socket socket) {
    return echo(std::move(socket)); // it has started, on the socket's executor
}

IAsyncOperation<bool> read_in_time(tcp::socket& socket, std::string& text) {
    auto read = asio::async_read(socket, asio::buffer(text), use_async_info.cancel_after(20ms));
    co_await read.async_wait(asio::as_tuple(asio::deferred));
    co_return read.ErrorCode() != asyncinfo::condition::deadline_expired;
}

} // namespace after

// Both at once: an awaitable awaits a handle, whoever else looks at it.
asio::awaitable<std::size_t> both(IAsyncOperation<std::size_t> echoed) {
    co_return 2 * co_await echoed;
}

int main() {
    asio::thread_pool pool(2);
    tcp::acceptor acceptor(pool, {asio::ip::address_v4::loopback(), 0});
    const auto connected = [&] {
        std::pair<tcp::socket, tcp::socket> two{pool, pool};
        two.first.connect(acceptor.local_endpoint());
        acceptor.accept(two.second);
        asio::write(two.first, asio::buffer("hello", 5));
        return two;
    };
    const auto draw = [] { std::cout << '.' << std::flush; };

    char data[5];
    auto [a, b] = connected();
    bool right = before::read(b, data, draw) == 5;
    auto [c, d] = connected();
    right = after::read(d, data, draw) == 5 && right;

    auto [e, f] = connected();
    right = before::start(std::move(f)).get() == 5 && right;
    auto [g, h] = connected();
    const auto echoed = after::start(std::move(h));
    right = asio::co_spawn(pool, both(echoed), asio::use_future).get() == 10 && right;

    // More is wanted than comes.
    std::string text(100, ' ');
    auto [i, j] = connected();
    auto late =
        asio::co_spawn(asio::make_strand(pool), before::read_in_time(j, text), asio::use_future);
    right = !late.get() && right;
    auto [k, l] = connected();
    right = !after::read_in_time(l, text).get() && right;

    std::cout << '\n'
              << (right ? "the same" : "different")
              << ", and one can still ask: " << echoed.Status() << '\n';
    return right ? 0 : 1;
}
