// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Wait for several operations at once, on a pool of threads and without a strand: for all of them,
// and for the first of them.

#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>
#include <iostream>
#include <list>
#include <string>
#include <variant>
#include <vector>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using asyncinfo::use_async_info;
using asyncinfo::when_all;
using asyncinfo::when_any;

int main() {
    asio::thread_pool pool(4);
    asio::readable_pipe in(pool);
    asio::writable_pipe out(pool);
    asio::connect_pipe(in, out);
    std::string text(5, ' ');
    std::string nothing(1, ' ');

    asio::steady_timer timer(pool, 20ms);
    auto write = asio::async_write(out, asio::buffer("hello", 5), use_async_info);
    auto read = asio::async_read(in, asio::buffer(text), use_async_info);
    auto wait = timer.async_wait(use_async_info);

    // All: a tuple of the results, or the first failure.
    auto [written, came, waited] = when_all(write, read, wait).get();

    // Any: nothing more comes, so the timer wins; the read is cancelled and has ended, too.
    timer.expires_after(20ms);
    auto answer = in.async_read_some(asio::buffer(nothing), use_async_info);
    auto timeout = timer.async_wait(use_async_info);
    auto first = when_any(asyncinfo::losers::cancel_and_join, answer, timeout).get();
    std::cout << written << " bytes written, " << came << " read: " << text << ", then "
              << (first.index == 0 ? "something" : "nothing") << '\n';

    // As many as there are, all cancelled by the one handle.
    std::list<asio::steady_timer> timers;
    std::vector<asyncinfo::IAsyncAction> waits;
    for (int i = 0; i < 100; ++i)
        waits.push_back(timers.emplace_back(pool, 1h).async_wait(use_async_info));
    asyncinfo::IAsyncAction all = when_all(std::move(waits));
    all.Cancel();
    all.wait();
    std::cout << "100 timers: " << all.Status() << '\n';

    return written == 5 && came == 5 && waited == std::monostate() && first.index == 1 &&
                   answer.Status() == asyncinfo::AsyncStatus::Canceled &&
                   all.Status() == asyncinfo::AsyncStatus::Canceled
               ? 0
               : 1;
}
