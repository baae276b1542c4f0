// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Step 10: several steps in one function.

#include "server.hpp"

#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>
#include <iostream>
#include <string>
#include <utility>

namespace asio = boost::asio;
using asio::ip::tcp;
using asyncinfo::use_async_info;
using namespace std::chrono_literals;

// A coroutine: it returns a handle, and so it is an operation, too.
asyncinfo::IAsyncOperation<std::string> download(tcp::socket socket, tcp::endpoint from) {
    co_await socket.async_connect(from, use_async_info.cancel_after(5s));
    std::string content(tutorial::photo_size, '\0');
    co_await asio::async_read(socket, asio::buffer(content), use_async_info.cancel_after(30s));
    co_return content;
}

int main() {
    const tutorial::file_server server;
    asio::thread_pool pool(2);

    const auto photo = download(tcp::socket(pool), server.photo());
    const auto never = download(tcp::socket(pool), server.silence());
    const auto failed = download(tcp::socket(pool), server.nobody());

    std::cout << photo.get().size() << " bytes\n"; // what it has returned

    never.Cancel(); // reaches what the coroutine awaits
    std::cout << never.wait() << '\n';

    failed.wait(); // what was thrown in the coroutine is what it ended by
    std::cout << failed.Status() << ": " << failed.ErrorCode().message() << '\n';
    return 0;
}
