// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// A TCP client from top to bottom, without callbacks: each step waits, with a time limit where it
// may take long. The io_context runs on a thread of its own.

#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>
#include <iostream>
#include <string>
#include <thread>

namespace asio = boost::asio;
using asio::ip::tcp;
using asyncinfo::AsyncStatus;
using asyncinfo::use_async_info;

// Echoes what the first client sends until it goes.
void echo(tcp::acceptor& acceptor) {
    tcp::socket peer = acceptor.accept();
    boost::system::error_code ec;
    char data[128];
    while (const std::size_t size = peer.read_some(asio::buffer(data), ec))
        asio::write(peer, asio::buffer(data, size), ec);
}

int main() {
    asio::io_context server;
    tcp::acceptor acceptor(server, {asio::ip::address_v4::loopback(), 0});
    std::thread echo_thread([&] { echo(acceptor); });

    asio::io_context network;
    const auto work = asio::make_work_guard(network);
    std::thread network_thread([&] { network.run(); });

    std::string reply;
    AsyncStatus silence;
    {
        tcp::socket socket(network);
        socket.async_connect(acceptor.local_endpoint(), use_async_info).get(); // throws, if it must
        asio::async_write(socket, asio::buffer("hello\n", 6), use_async_info).get();
        reply.resize(
            asio::async_read_until(socket, asio::dynamic_buffer(reply), '\n', use_async_info)
                .get());

        // Nothing more will come: waiting ends in time, and the operation runs on until cancelled.
        char more = 0;
        auto read = asio::async_read(socket, asio::buffer(&more, 1), use_async_info);
        silence = read.wait_for(std::chrono::milliseconds(50));
        read.Cancel();
        std::cout << reply << silence << ", then " << read.wait() << '\n';
    }
    network.stop();
    network_thread.join();
    echo_thread.join();
    return reply == "hello\n" && silence == AsyncStatus::Started ? 0 : 1;
}
