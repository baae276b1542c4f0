// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// A program that does not end: it fetches twelve parts from a server, and one of them never comes.
// The console tells which, and what waits for it. Cancel it there, and the program ends.

#include <asyncinfo/asyncinfo.hpp>
#include <asyncinfo/console.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <chrono>
#include <exception>
#include <iostream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using asyncinfo::IAsyncAction;
using asyncinfo::IAsyncOperation;
using asyncinfo::use_async_info;
namespace asio = boost::asio;
using asio::ip::tcp;

// ---- the server, which is not looked at --------------------------------------------------------

asio::awaitable<void> answer(tcp::socket socket) {
    std::string line;
    co_await asio::async_read_until(socket, asio::dynamic_buffer(line), '\n', asio::use_awaitable);
    const int number = std::stoi(line);
    asio::steady_timer timer(co_await asio::this_coro::executor);
    timer.expires_after(number == 7 ? std::chrono::steady_clock::duration(24h) : number * 400ms);
    co_await timer.async_wait(asio::use_awaitable);
    co_await asio::async_write(socket, asio::buffer(line), asio::use_awaitable);
}

asio::awaitable<void> serve(tcp::acceptor acceptor) {
    for (;;)
        asio::co_spawn(acceptor.get_executor(),
                       answer(co_await acceptor.async_accept(asio::use_awaitable)), asio::detached);
}

// ---- the program -------------------------------------------------------------------------------

IAsyncOperation<std::string> fetch(asio::io_context& context, tcp::endpoint server, int number) {
    tcp::socket socket(context);
    co_await socket.async_connect(server, use_async_info.named("connect"));
    std::string line = std::to_string(number) + "\n";
    co_await asio::async_write(socket, asio::buffer(line), use_async_info.named("ask"));
    line.clear();
    co_await asio::async_read_until(socket, asio::dynamic_buffer(line), '\n',
                                    use_async_info.named("part " + std::to_string(number)));
    co_return line;
}

IAsyncAction mirror(asio::io_context& context, tcp::endpoint server) {
    std::vector<IAsyncOperation<std::string>> parts;
    for (int number = 1; number <= 12; ++number)
        parts.push_back(fetch(context, server, number));
    co_await asyncinfo::when_all(std::move(parts));
    std::cout << "all parts have come\n";
}

/// Until the others are done.
IAsyncAction report(asio::io_context& context, IAsyncAction work) {
    asio::steady_timer timer(context);
    while (work.Status() == asyncinfo::AsyncStatus::Started) {
        timer.expires_after(1s);
        co_await timer.async_wait(use_async_info.named("next report"));
    }
    std::cout << "the mirror: " << work.Status() << '\n';
}

} // namespace

int main() {
    asio::io_context server;
    tcp::acceptor acceptor(server, {asio::ip::address_v4::loopback(), 0});
    const auto endpoint = acceptor.local_endpoint();
    asio::co_spawn(server, serve(std::move(acceptor)), asio::detached);
    std::thread serving([&] { server.run(); });

    int status = 0;
    try {
        asyncinfo::console_options options;
        options.may_cancel = true;
        const asyncinfo::console console(options);
        std::cerr << "The console: " << console.url() << '\n';

        asio::io_context context;
        const auto reports = report(context, mirror(context, endpoint));
        context.run(); // it does not return
    } catch (const std::exception& error) {
        std::cerr << "stuck: " << error.what() << '\n';
        status = 1;
    }
    server.stop();
    serving.join();
    return status;
}
