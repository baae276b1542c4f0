// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Shut a program down: gracefully, then by force.

#include "cookbook.hpp"

namespace cookbook::shut_down {

std::vector<std::string> shut_down(operation_group<>& listeners, operation_group<>& requests,
                                   milliseconds patience) {
    listeners.shutdown(1s);          // no new work
    requests.wait_all_for(patience); // what runs may finish: nothing is cancelled here
    std::vector<std::string> stubborn;
    for (const auto& operation : requests.shutdown(1s)) // the rest is asked to stop
        stubborn.emplace_back(operation.name());
    return stubborn;
}

IAsyncAction listen(asio::any_io_executor) {
    for (;;)
        co_await asyncinfo::resume_after(1h);
}

void run() {
    asio::thread_pool pool(2);
    const auto executor = pool.get_executor();
    operation_group<> listeners, requests;
    listeners.add(listen(executor));
    const auto quick = work(executor, 1ms, 1), slow = work(executor, milliseconds(1h), 2);
    requests.add(quick);
    requests.add(slow);
    check(shut_down(listeners, requests, 20ms).empty());
    check(quick.Status() == AsyncStatus::Completed && slow.Status() == AsyncStatus::Canceled);
    check(listeners.counts().canceled == 1);
}

const recipe here("shut_down", run);

} // namespace cookbook::shut_down
