// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

#include <thread>

namespace reference::resume_on_hpp {

std::thread::id computed_by;

int compute() {
    computed_by = std::this_thread::get_id();
    return 42;
}

IAsyncOperation<int> sum_up(completion_queue& window, asio::thread_pool& pool) {
    co_await resume_on(pool); // now on a thread of the pool
    const auto sum = compute();
    co_await resume_on(window); // and back

    check(std::this_thread::get_id() != computed_by);
    co_return sum;
}

void show() {
    asio::thread_pool pool(1);
    completion_queue window;
    auto sum = sum_up(window, pool);
    check(sum.get(window) == 42);
}

const page shown("resume_on.hpp", show);

} // namespace reference::resume_on_hpp
