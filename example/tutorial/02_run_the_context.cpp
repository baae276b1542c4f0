// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Step 2: somebody runs the context.

#include "server.hpp"

#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>
#include <iostream>

namespace asio = boost::asio;
using asio::ip::tcp;
using asyncinfo::use_async_info;
using namespace std::chrono_literals;

int main() {
    const tutorial::file_server server;
    asio::io_context context;
    tcp::socket socket(context);

    asyncinfo::IAsyncAction connect = socket.async_connect(server.photo(), use_async_info);

    std::cout << "nobody runs the context: " << connect.wait_for(100ms) << '\n';

    connect.get(context); // runs it on this thread until the operation has ended
    std::cout << "it has been run: " << connect.Status() << '\n';
    return 0;
}
