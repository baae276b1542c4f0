// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// A call that blocks, on a thread of a pool.

#include "cookbook.hpp"

#if defined(ASYNCINFO_HAS_STOP_TOKEN)
#include <stop_token>

namespace cookbook::blocking_call {

template <typename Function>
auto run_on(asio::thread_pool& pool, Function function)
    -> IAsyncOperation<std::invoke_result_t<Function&, std::stop_token>> {
    const auto token = co_await asyncinfo::get_cancellation_token();
    co_await asyncinfo::resume_on(pool);
    token.throw_if_cancelled(); // the request came while it was waiting for a thread
    co_return function(token.stop_token());
}

void run() {
    asio::thread_pool pool(1);
    std::promise<void> file;
    const auto read = run_on(pool, [&](std::stop_token) {
        file.get_future().wait(); // blocks
        return std::this_thread::get_id();
    });
    const auto waiting = run_on(pool, [](std::stop_token) { return 1; });
    waiting.Cancel(); // before its turn has come: it does not begin
    file.set_value();
    check(read.get() != std::this_thread::get_id());
    check(waiting.wait() == AsyncStatus::Canceled);

    std::promise<void> begun;
    const auto long_one = run_on(pool, [&](std::stop_token stop) {
        begun.set_value();
        int rounds = 0;
        do
            ++rounds;
        while (!stop.stop_requested());
        return rounds > 0;
    });
    begun.get_future().wait();
    long_one.Cancel();
    check(long_one.get()); // it came to a result, so it is Completed
}

const recipe here("blocking_call", run);

} // namespace cookbook::blocking_call

#endif
