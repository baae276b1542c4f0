// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// A rate limit: one in each interval, at most.

#include "cookbook.hpp"

namespace cookbook::rate_limit {

class rate_limit {
public:
    rate_limit(asio::any_io_executor executor, milliseconds interval)
        : executor_(std::move(executor)), interval_(interval) {}

    auto get_executor() const { return executor_; } // where turn() resumes

    IAsyncAction turn() {
        const auto now = steady_clock::now();
        const auto mine = std::max(now, next_);
        next_ = mine + interval_;
        co_await asyncinfo::resume_after(mine - now);
    }

private:
    const asio::any_io_executor executor_;
    const milliseconds interval_;
    steady_clock::time_point next_;
};

IAsyncAction send_all(rate_limit& limit, std::vector<int> messages, std::function<void(int)> send) {
    for (const int message : messages) {
        co_await limit.turn();
        send(message);
    }
}

void run() {
    asio::thread_pool pool(2);
    rate_limit limit(asio::make_strand(pool), 10ms);
    std::vector<int> sent;
    const auto begin = steady_clock::now();
    send_all(limit, {1, 2, 3, 4}, [&](int message) { sent.push_back(message); }).get();
    check(sent == std::vector{1, 2, 3, 4} && steady_clock::now() - begin >= 30ms);
}

const recipe here("rate_limit", run);

} // namespace cookbook::rate_limit
