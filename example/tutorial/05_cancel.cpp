// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Step 5: stop it, from any thread.

#include "server.hpp"

#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>
#include <iostream>
#include <string>
#include <thread>

namespace asio = boost::asio;
using asio::ip::tcp;
using asyncinfo::use_async_info;

int main() {
    const tutorial::file_server server;
    asio::thread_pool pool(2); // two threads, and no strand
    tcp::socket socket(pool);
    std::string photo(tutorial::photo_size, '\0');

    socket.async_connect(server.silence(), use_async_info).get();
    auto read = asio::async_read(socket, asio::buffer(photo), use_async_info);

    // A handle is copied like a shared_ptr. This thread knows nothing of the socket.
    std::thread user([read] { read.Cancel(); });

    try {
        read.get();
    } catch (const asyncinfo::operation_canceled&) { // a system_error
        std::cout << read.Status() << '\n';
    }
    user.join();
    return 0;
}
