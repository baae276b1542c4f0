// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

//[hello
#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>
#include <iostream>
#include <thread>

int main() {
    boost::asio::thread_pool pool(1);
    boost::asio::steady_timer timer(pool, std::chrono::milliseconds(200));

    // Any Asio operation: it starts at once, and `hello` is a handle to it.
    asyncinfo::IAsyncAction hello = timer.async_wait(asyncinfo::use_async_info);

    while (hello.Status() == asyncinfo::AsyncStatus::Started) { // one atomic load, never blocks
        std::cout << '.' << std::flush;
        std::this_thread::sleep_for(std::chrono::milliseconds(16));
    }

    hello.GetResults(); // throws what went wrong, if anything did
    std::cout << "\noperation " << hello.Id() << ": " << hello.Status() << '\n';
}
//]
