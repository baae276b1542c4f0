// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Which of many has ended? A group tells, in time that does not depend on how many are running.

#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>
#include <iostream>
#include <list>
#include <string>
#include <thread>

namespace asio = boost::asio;
using asyncinfo::use_async_info;
using namespace std::chrono_literals;

/// A job with a result. A coroutine has no name: `Id()` tells it from others.
asyncinfo::IAsyncOperation<int> twice(asio::steady_timer& timer, int number) {
    co_await timer.async_wait(asio::deferred);
    co_return 2 * number;
}

int main() {
    asio::thread_pool pool(2);
    std::list<asio::steady_timer> timers;

    asyncinfo::operation_group<int> group; // each has an int beside it
    for (int i = 0; i < 1000; ++i) {
        if (i % 10 == 0) {
            group.add(twice(timers.emplace_back(pool, 100ms + i * 1ms / 10), i), i);
        } else { // most do not end
            const std::string name = "job " + std::to_string(i);
            group.add(timers.emplace_back(pool, 1h).async_wait(use_async_info.named(name)), i);
        }
    }

    // A frame loop: it takes what has ended, for 2 ms at the most.
    int ended = 0, frames = 0;
    for (; ended < 100; ++frames) {
        group.drain(
            [&](asyncinfo::group_entry<int> entry) {
                // The operation is an IAsyncInfo, which has no result. The handle of its own kind
                // has; of any other kind it is empty.
                if (const auto job = entry.operation.try_as<asyncinfo::IAsyncOperation<int>>())
                    if (job.GetResults() == 2 * entry.tag)
                        ++ended;
            },
            2ms);
        std::this_thread::sleep_for(16ms); // draw
    }
    std::cout << ended << " jobs ended in " << frames << " frames, " << group.size()
              << " are running\n";

    // Cancels the rest, and says who has not ended in time. All of them run on the pool, which does
    // not need this thread: so it may wait here.
    const auto stubborn = group.shutdown(1min);
    for (const auto& operation : stubborn)
        std::cout << operation.name() << " does not stop\n";
    return stubborn.empty() && group.counts().canceled == 900 ? 0 : 1;
}
