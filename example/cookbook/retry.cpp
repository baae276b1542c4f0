// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Retry with back-off.

#include "cookbook.hpp"

namespace cookbook::retry {

template <typename Start>
std::invoke_result_t<Start&> retry(asio::any_io_executor, Start start, int attempts,
                                   milliseconds pause) {
    for (;; pause *= 2) {
        try {
            co_return co_await start();
        } catch (const asyncinfo::operation_canceled&) {
            throw; // somebody wants it to stop
        } catch (const system_error&) {
            if (--attempts == 0)
                throw;
        }
        co_await asyncinfo::resume_after(pause);
    }
}

IAsyncOperation<int> flaky(asio::any_io_executor executor, int& calls, int good) {
    if (++calls < good)
        throw system_error(asio::error::connection_refused);
    co_return co_await work(executor, 1ms, 42);
}

void run() {
    asio::thread_pool pool(1);
    const auto executor = pool.get_executor();
    int calls = 0;
    const auto third = retry(executor, [&] { return flaky(executor, calls, 3); }, 5, 1ms);
    check(third.get() == 42 && calls == 3);

    calls = 0;
    const auto never = retry(executor, [&] { return flaky(executor, calls, 9); }, 3, 1ms);
    check(never.wait() == AsyncStatus::Error && calls == 3);
    check(never.ErrorCode() == asio::error::connection_refused);

    calls = 0;
    const auto stopped =
        retry(executor, [&] { return flaky(executor, calls, 9); }, 3, milliseconds(1h));
    stopped.Cancel();
    check(stopped.wait() == AsyncStatus::Canceled && calls == 1);
}

const recipe here("retry", run);

} // namespace cookbook::retry
