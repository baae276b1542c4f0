// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// A game's loop: it looks at the status of its operations once per frame and never blocks on them.

#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>
#include <iostream>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace asio = boost::asio;
using asyncinfo::AsyncStatus;

// Some work on the pool; an operation like any other, for any completion token.
template <class Token>
auto async_load_level(asio::thread_pool& pool, int number, Token&& token) {
    return asio::async_initiate<Token, void(std::string)>(
        [&pool, number](auto handler) {
            asio::post(pool, [handler = std::move(handler), number]() mutable {
                std::move(handler)("level " + std::to_string(number));
            });
        },
        token);
}

int main() {
    asio::thread_pool pool(2);
    asio::steady_timer countdown(pool, std::chrono::milliseconds(100));

    asyncinfo::IAsyncOperation<std::string> level =
        async_load_level(pool, 7, asyncinfo::use_async_info);
    asyncinfo::IAsyncAction start = countdown.async_wait(asyncinfo::use_async_info);
    const std::vector<asyncinfo::IAsyncInfo> all{level, start}; // all kinds in one list

    std::optional<std::string> loaded;
    int frames = 0;
    for (std::size_t running = all.size(); running != 0; ++frames) {
        running = 0;
        for (const asyncinfo::IAsyncInfo& operation : all)
            running += operation.Status() == AsyncStatus::Started;

        if (!loaded && (loaded = level.try_get())) // empty until it is there; throws what failed
            std::cout << "frame " << frames << ": " << *loaded << '\n';

        std::this_thread::sleep_for(std::chrono::milliseconds(16)); // draw
    }
    std::cout << frames << " frames, countdown " << start.Status() << '\n';
    return loaded == "level 7" && start.try_get() ? 0 : 1;
}
