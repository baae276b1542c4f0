// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Something to do again and again.

#include "cookbook.hpp"

namespace cookbook::periodic_work {

IAsyncAction repeat(asio::any_io_executor, milliseconds period, std::function<void()> work) {
    for (auto next = steady_clock::now();;) {
        work();
        next += period; // counted from the plan, not from the end of the work: no drift
        const auto now = steady_clock::now();
        while (next <= now)
            next += period; // too late for this one
        co_await asyncinfo::resume_after(next - now);
    }
}

void run() {
    asio::io_context context;
    int calls = 0;
    IAsyncAction ticks;
    ticks = repeat(context.get_executor(), 2ms, [&] {
        if (++calls == 5)
            ticks.Cancel();
    });
    context.run(); // returns when the coroutine has ended
    check(ticks.Status() == AsyncStatus::Canceled && calls == 5);
}

const recipe here("periodic_work", run);

} // namespace cookbook::periodic_work
