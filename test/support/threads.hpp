// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_TEST_SUPPORT_THREADS_HPP
#define ASYNCINFO_TEST_SUPPORT_THREADS_HPP

#include <asyncinfo/async_info.hpp>

#include "beside_the_library.hpp"

namespace asyncinfo_test {

/// How often a race is run. Wine takes milliseconds to start or to wake a thread.
template <typename Count>
constexpr Count race_rounds(Count elsewhere) {
#if defined(_WIN32)
    return elsewhere / 25;
#else
    return elsewhere;
#endif
}

/// Calls all of them at the same moment, each on a thread of its own and the first one on this
/// thread. Returns when all have returned.
inline void at_once(const std::vector<std::function<void()>>& calls) {
    std::latch start(std::ssize(calls));
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < calls.size(); ++i)
        threads.emplace_back([&, i] {
            start.arrive_and_wait();
            calls[i]();
        });
    start.arrive_and_wait();
    calls.front()();
}

/// Calls it on another thread. Returns which one that was when the call has returned.
template <typename Call>
std::thread::id on_another_thread(Call call) {
    std::thread::id id;
    std::jthread([&] {
        id = std::this_thread::get_id();
        call();
    }).join();
    return id;
}

/// Lets a test see what no member shows: that a thread is blocked in a wait.
class waiter : asyncinfo::IAsyncInfo {
public:
    /// Returns once somebody waits for the operation, or it has ended. Completed must not be set,
    /// for its handler is somebody to be told, too.
    static void until_there_is_one(const asyncinfo::IAsyncInfo& operation) {
        namespace lifecycle = asyncinfo::detail::lifecycle;
        for (;;) {
            const auto word = (operation.*&waiter::operation)()->load();
            if ((word & lifecycle::observed) || !lifecycle::started(word))
                return;
            std::this_thread::yield();
        }
    }
};

template <typename T>
bool is_ready(const std::future<T>& future) {
    return future.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

} // namespace asyncinfo_test

#endif // ASYNCINFO_TEST_SUPPORT_THREADS_HPP
