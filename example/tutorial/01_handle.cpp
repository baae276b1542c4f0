// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Step 1: a handle.

#include "server.hpp"

#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>
#include <iostream>

namespace asio = boost::asio;
using asio::ip::tcp;
using asyncinfo::use_async_info;

int main() {
    const tutorial::file_server server;
    asio::io_context context;
    tcp::socket socket(context);

    // No handler: the call starts the operation and returns a handle to it.
    asyncinfo::IAsyncAction connect = socket.async_connect(server.photo(), use_async_info);

    std::cout << "operation " << connect.Id() << ": " << connect.Status() << '\n';
    return 0;
}
