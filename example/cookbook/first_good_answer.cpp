// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// The first good answer of several.

#include "cookbook.hpp"

namespace cookbook::first_good_answer {

struct answer {
    std::size_t who;
    int what;
};

IAsyncOperation<answer> first_answer(asio::any_io_executor,
                                     std::vector<IAsyncOperation<int>> asked) {
    // Failures do not count. The others are cancelled, and have ended when this goes on.
    const auto first = co_await when_any(asyncinfo::winner::first_to_succeed,
                                         asyncinfo::losers::cancel_and_join, asked);
    co_return answer{first.index, first.operation.GetResults()};
}

IAsyncOperation<int> fail(asio::any_io_executor) {
    co_await asyncinfo::resume_after(1ms);
    throw system_error(asio::error::connection_reset);
}

void run() {
    asio::thread_pool pool(2);
    const auto executor = pool.get_executor();
    const auto slow = work(executor, milliseconds(1h), 1);
    const auto good = work(executor, 2ms, 2);
    const auto first = first_answer(executor, {fail(executor), slow, good}).get();
    check(first.who == 2 && first.what == 2);
    check(slow.Status() == AsyncStatus::Canceled);
}

const recipe here("first_good_answer", run);

} // namespace cookbook::first_good_answer
