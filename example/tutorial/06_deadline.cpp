// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Step 6: not longer than that.

#include "server.hpp"

#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>
#include <iostream>
#include <string>

namespace asio = boost::asio;
using asio::ip::tcp;
using asyncinfo::use_async_info;
using namespace std::chrono_literals;

int main() {
    const tutorial::file_server server;
    asio::thread_pool pool(1);
    tcp::socket socket(pool);
    std::string photo(tutorial::photo_size, '\0');

    socket.async_connect(server.silence(), use_async_info.cancel_after(5s)).get();
    auto read = asio::async_read(socket, asio::buffer(photo), use_async_info.cancel_after(200ms));

    read.wait();
    if (read.ErrorCode() == asyncinfo::condition::deadline_expired)
        std::cout << read.Status() << ": nothing came within 200 ms\n";
    return 0;
}
