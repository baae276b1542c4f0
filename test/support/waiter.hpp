// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_TEST_SUPPORT_WAITER_HPP
#define ASYNCINFO_TEST_SUPPORT_WAITER_HPP

#include <asyncinfo/async_info.hpp>

#include <thread>

namespace asyncinfo_test {

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

} // namespace asyncinfo_test

#endif // ASYNCINFO_TEST_SUPPORT_WAITER_HPP
