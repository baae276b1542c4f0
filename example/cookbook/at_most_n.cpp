// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// At most N at once.

#include "cookbook.hpp"

namespace cookbook::at_most_n {

using fetches = operation_group<int, IAsyncOperation<int>>;

IAsyncAction fetch_all(asio::any_io_executor, std::vector<int> pages, std::size_t most,
                       std::function<IAsyncOperation<int>(int)> fetch,
                       std::function<void(fetches::entry)> fetched) {
    fetches running;
    const auto token = co_await asyncinfo::get_cancellation_token();
    token.callback([&] { running.cancel_all(); });
    for (auto page = pages.begin(); page != pages.end() || !running.empty();) {
        if (page != pages.end() && running.size() < most) {
            running.add(fetch(*page), *page);
            ++page;
        } else {
            fetched(*co_await running.async_next(deferred));
        }
    }
}

void run() {
    asio::thread_pool pool(2);
    const auto executor = pool.get_executor();
    int running = 0, most = 0, sum = 0;
    const auto fetch = [&](int page) {
        most = std::max(most, ++running);
        return work(executor, 1ms, page);
    };
    const auto fetched = [&](fetches::entry entry) {
        --running;
        check(entry.operation.GetResults() == entry.tag);
        sum += entry.tag;
    };
    fetch_all(executor, {1, 2, 3, 4, 5, 6, 7, 8}, 3, fetch, fetched).get();
    check(most == 3 && sum == 36);

    // What runs is asked to stop, too.
    std::vector<IAsyncOperation<int>> started;
    const auto remember = [&](int page) {
        return started.emplace_back(work(executor, milliseconds(1h), page));
    };
    const auto all = fetch_all(executor, {1, 2, 3}, 2, remember, fetched);
    all.Cancel();
    check(all.wait() == AsyncStatus::Canceled && started.size() == 2);
    check(started[0].wait() == AsyncStatus::Canceled && started[1].wait() == AsyncStatus::Canceled);
}

const recipe here("at_most_n", run);

} // namespace cookbook::at_most_n
