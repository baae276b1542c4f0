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
using asyncinfo::AsyncStatus;
using asyncinfo::use_async_info;
using namespace std::chrono_literals;

int main() {
    asio::thread_pool pool(2);
    std::list<asio::steady_timer> timers; // stand for any operations

    asyncinfo::operation_group<int> group; // each has an int beside it
    const auto start = [&](int number, std::chrono::milliseconds duration) {
        auto& timer = timers.emplace_back(pool, duration);
        const std::string name = "job " + std::to_string(number);
        group.add(timer.async_wait(use_async_info.named(name)), number);
    };
    for (int i = 0; i < 1000; ++i)
        start(i, i % 10 == 0 ? 100ms + i * 1ms / 10 : 1h); // most do not end

    // A frame loop: it takes what has ended, for 2 ms at the most.
    int ended = 0, frames = 0;
    for (; ended < 100; ++frames) {
        group.drain(
            [&](auto entry) {
                if (entry.operation.Status() == AsyncStatus::Completed && entry.tag % 10 == 0)
                    ++ended;
            },
            2ms);
        std::this_thread::sleep_for(16ms); // draw
    }
    std::cout << ended << " jobs ended in " << frames << " frames, " << group.size()
              << " are running\n";

    // Cancels the rest, and says who has not ended in time.
    const auto stubborn = group.shutdown(1min);
    for (const auto& operation : stubborn)
        std::cout << operation.name() << " does not stop\n";
    return stubborn.empty() && group.counts().canceled == 900 ? 0 : 1;
}
