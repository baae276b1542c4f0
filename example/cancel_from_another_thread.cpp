// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Cancel a composed operation from threads that know nothing of its executor: no strand, no post,
// at any time, any number of times. What had arrived is kept.

#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

namespace asio = boost::asio;
using asyncinfo::AsyncStatus;

int main() {
    asio::thread_pool pool(4);
    asio::readable_pipe in(pool);
    asio::writable_pipe out(pool);
    asio::connect_pipe(in, out);

    // Wants 100 bytes and gets 5 of them.
    asio::write(out, asio::buffer("hello", 5));
    std::string text(100, ' ');
    asyncinfo::IAsyncOperation<std::size_t> read =
        asio::async_read(in, asio::buffer(text), asyncinfo::use_async_info);
    const AsyncStatus before = read.wait_for(std::chrono::milliseconds(100));

    std::vector<std::thread> others;
    for (int i = 0; i < 4; ++i)
        others.emplace_back([read] { read.Cancel(); });

    const AsyncStatus after = read.wait();
    for (std::thread& other : others)
        other.join();
    const auto [code, size] = read.outcome(); // all that was delivered, the partial result included
    std::cout << before << " -> " << after << " (" << code.message() << "), " << size.value_or(0)
              << " bytes: " << text.substr(0, size.value_or(0)) << '\n';

    // The scoped owner cancels what it owns when it goes.
    asyncinfo::IAsyncOperation<std::size_t> owned;
    {
        owned = asio::async_read(in, asio::buffer(text), asyncinfo::use_async_info);
        const asyncinfo::cancel_on_destroy owner(owned);
    }
    return before == AsyncStatus::Started && after == AsyncStatus::Canceled && size == 5 &&
                   owned.wait() == AsyncStatus::Canceled
               ? 0
               : 1;
}
