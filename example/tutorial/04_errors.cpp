// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Step 4: what went wrong?

#include "server.hpp"

#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>
#include <iostream>
#include <string>

namespace asio = boost::asio;
using asio::ip::tcp;
using asyncinfo::use_async_info;

int main() {
    const tutorial::file_server server;
    asio::thread_pool pool(1);
    std::string photo(tutorial::photo_size, '\0');

    // Read.
    tcp::socket nobody(pool);
    auto connect = nobody.async_connect(server.nobody(), use_async_info);
    connect.wait(); // throws nothing
    std::cout << connect.Status() << ": " << connect.ErrorCode().message() << '\n';

    // Thrown.
    try {
        connect.GetResults();
    } catch (const boost::system::system_error& e) {
        std::cout << "thrown: " << e.code().message() << '\n';
    }

    // With what had come by then. This server goes away in the middle.
    tcp::socket socket(pool);
    socket.async_connect(server.broken(), use_async_info).get();
    auto read = asio::async_read(socket, asio::buffer(photo), use_async_info);
    read.wait();
    const auto [error, size] = read.outcome(); // an error_code, a std::optional<std::size_t>
    std::cout << error.message() << " after " << *size << " bytes\n";
    return 0;
}
