// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Step 9: handlers on the thread of your own loop.

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
    asyncinfo::completion_queue queue; // what is bound to it runs where it is polled
    asio::thread_pool pool(1);
    tcp::socket socket(pool);
    std::string photo(tutorial::photo_size, '\0');

    socket.async_connect(server.photo(), use_async_info).get();
    auto read = asyncinfo::with_progress(photo.size(), [&](auto condition, auto token) {
        return asio::async_read(socket, asio::buffer(photo), condition, token);
    });

    bool running = true; // only this thread uses it: no lock
    const auto show = [](auto&, const asyncinfo::transfer_progress& p) {
        std::cout << '\r' << int(100 * p.fraction()) << " %" << std::flush;
    };
    read.Progress(asyncinfo::every(50ms, asio::bind_executor(queue, show)));
    read.Completed(asio::bind_executor(queue, [&](auto&, AsyncStatus status) {
        std::cout << '\n' << status << '\n';
        running = false;
    }));

    while (running) {                      // a frame
        queue.poll_for(2ms);               // runs handlers that are due, for at most 2 ms
        std::this_thread::sleep_for(16ms); // here the program draws its window
    }
    return 0;
}
