// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// One operation, and several that wait for its result.

#include "cookbook.hpp"

namespace cookbook::share_one_result {

class settings {
public:
    explicit settings(std::function<IAsyncOperation<int>()> load) : load_(std::move(load)) {}

    IAsyncOperation<int> get() {
        const std::lock_guard guard(mutex_);
        if (!loading_ || loading_.Status() > AsyncStatus::Completed) // it has failed
            loading_ = load_();
        return loading_;
    }

private:
    const std::function<IAsyncOperation<int>()> load_;
    std::mutex mutex_;
    IAsyncOperation<int> loading_;
};

IAsyncOperation<int> twice(asio::any_io_executor, settings& shared) {
    // By a wait of its own: Cancel of this coroutine does not cancel the load.
    const int value = co_await shared.get()(deferred);
    co_return 2 * value;
}

void run() {
    asio::thread_pool pool(2);
    int loads = 0;
    asyncinfo::async_source<int> disk;
    settings shared([&] { return ++loads, disk.operation(); });
    const auto one = twice(pool.get_executor(), shared);
    const auto other = twice(pool.get_executor(), shared);
    const auto impatient = twice(pool.get_executor(), shared);
    impatient.Cancel();
    check(impatient.wait() == AsyncStatus::Canceled);
    check(!shared.get().cancel_requested());
    disk.set_value(21);
    check(one.get() == 42 && other.get() == 42 && loads == 1);

    disk = {};
    settings failing([&] { return ++loads, disk.operation(); });
    const auto failed = failing.get();
    disk.set_error(asio::error::eof);
    check(failing.get() != nullptr && loads == 3 && failed.Status() == AsyncStatus::Error);
}

const recipe here("share_one_result", run);

} // namespace cookbook::share_one_result
