// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

namespace reference::when_any_hpp {

void show() {
    asio::thread_pool pool(1);
    asio::steady_timer timer(pool, 1h);
    auto timeout = timer.async_wait(use_async_info);
    async_source<int> source;
    auto answer = source.operation();
    source.set_value(7);
    int used = 0;
    const auto use = [&](int value) { used = value; };

    const auto first = when_any(losers::cancel_and_join, answer, timeout).get();
    if (first.index == 0)
        use(answer.GetResults());

    check(used == 7);
    check(timeout.Status() == AsyncStatus::Canceled);
}

const page shown("when_any.hpp", show);

} // namespace reference::when_any_hpp
