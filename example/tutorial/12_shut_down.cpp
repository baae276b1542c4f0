// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Step 12: shut down.

#include "server.hpp"

#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>
#include <iostream>
#include <memory>
#include <string>

namespace asio = boost::asio;
using asio::ip::tcp;
using asyncinfo::use_async_info;
using namespace std::chrono_literals;

/// An operation that keeps what it uses: the socket and the buffer go when it has ended.
asyncinfo::IAsyncOperation<std::size_t> listen(asio::thread_pool& pool, tcp::endpoint to) {
    const auto socket = std::make_shared<tcp::socket>(pool);
    const auto text = std::make_shared<std::string>(100, '\0');
    socket->connect(to);
    return asio::async_read(*socket, asio::buffer(*text),
                            asio::consign(use_async_info.named("listen"), socket, text));
}

int main() {
    const tutorial::file_server server;
    asio::thread_pool pool(2);
    asyncinfo::operation_group<> running; // of the whole program
    for (int i = 0; i < 3; ++i)
        running.add(listen(pool, server.silence()));

    // ... and when the user closes the window: ask all of them to stop, and wait for at most 5 s.
    const auto stubborn = running.shutdown(5s);
    for (const auto& operation : stubborn)
        std::cout << operation.name() << " runs on\n";
    std::cout << running.counts().canceled << " canceled, " << stubborn.size() << " run on\n";

    // What the program forgot to stop ends with its context.
    asyncinfo::IAsyncAction forgotten;
    {
        asio::io_context context;
        asio::steady_timer timer(context, 1h);
        forgotten = timer.async_wait(use_async_info);
    }
    if (forgotten.ErrorCode() == asyncinfo::errc::abandoned)
        std::cout << "forgotten: " << forgotten.Status() << ", abandoned\n";
    return 0;
}
