// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Step 3: look at it now and then.

#include "server.hpp"

#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>
#include <iostream>
#include <string>
#include <thread>

namespace asio = boost::asio;
using asio::ip::tcp;
using asyncinfo::AsyncStatus;
using asyncinfo::use_async_info;
using namespace std::chrono_literals;

int main() {
    const tutorial::file_server server;
    asio::thread_pool pool(1); // a context with a thread that runs it
    tcp::socket socket(pool);
    std::string photo(tutorial::photo_size, '\0');

    socket.async_connect(server.photo(), use_async_info).get(); // waits

    asyncinfo::IAsyncOperation<std::size_t> read =
        asio::async_read(socket, asio::buffer(photo), use_async_info);

    while (read.Status() == AsyncStatus::Started) { // never blocks
        std::cout << '.' << std::flush;             // your program does something else
        std::this_thread::sleep_for(16ms);
    }

    std::cout << '\n' << read.GetResults() << " bytes\n";
    return 0;
}
