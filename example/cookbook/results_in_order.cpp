// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Results in the order of start, or of completion.

#include "cookbook.hpp"

namespace cookbook::results_in_order {

std::vector<int> in_order_of_start(std::vector<IAsyncOperation<int>> operations) {
    return when_all(std::move(operations)).get();
}

std::vector<int> in_order_of_completion(const std::vector<IAsyncOperation<int>>& operations) {
    operation_group<void, IAsyncOperation<int>> group;
    for (const auto& operation : operations)
        group.add(operation);
    std::vector<int> results;
    while (!group.empty())
        if (const auto ended = group.wait_next_for(1s))
            results.push_back(ended->operation.GetResults());
    return results;
}

void run() {
    const asyncinfo::async_source<int> first, second, third;
    const std::vector operations{first.operation(), second.operation(), third.operation()};
    third.set_value(3);
    first.set_value(1);
    second.set_value(2);
    check(in_order_of_start(operations) == std::vector{1, 2, 3});

    // Those that had ended before come in the order in which they are added.
    check(in_order_of_completion(operations) == std::vector{1, 2, 3});

    asio::thread_pool pool(1);
    std::vector<IAsyncOperation<int>> timed;
    for (const int time : {300, 10, 150})
        timed.push_back(work(pool.get_executor(), milliseconds(time), time));
    check(in_order_of_completion(timed) == std::vector{10, 150, 300});
}

const recipe here("results_in_order", run);

} // namespace cookbook::results_in_order
