// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Step 7: how far is it?

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

void draw(const asyncinfo::transfer_progress& p) {
    const auto cells = static_cast<std::size_t>(20 * p.fraction());
    std::cout << "\r[" << std::string(cells, '#') << std::string(20 - cells, ' ') << "] "
              << int(100 * p.fraction()) << " %" << std::flush;
}

int main() {
    const tutorial::file_server server;
    asio::thread_pool pool(1);
    tcp::socket socket(pool);
    std::string photo(tutorial::photo_size, '\0');

    socket.async_connect(server.photo(), use_async_info.cancel_after(5s)).get();

    auto read = asyncinfo::with_progress(photo.size(), [&](auto condition, auto token) {
        return asio::async_read(socket, asio::buffer(photo), condition, token.cancel_after(30s));
    });

    while (read.wait_for(16ms) == AsyncStatus::Started)
        draw(*read.progress());
    draw(*read.progress());

    std::cout << '\n' << read.GetResults() << " bytes\n";
    return 0;
}
