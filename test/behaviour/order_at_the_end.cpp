// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::order_at_the_end_test {

BOOST_AUTO_TEST_SUITE(order_at_the_end)

// §5: "status published → blocked waiters woken → [...] → Completed last." Completed here returns
// only once the waiters have: it waits for them, with a bound that only a failure reaches.
BOOST_AUTO_TEST_CASE(waiters_are_woken_before_completed_is_called) {
    pending<void(error_code, int)> operation;
    const auto op = operation.start(use_async_info);
    boost::asio::io_context context;
    std::vector<std::future<int>> waiters;
    waiters.push_back(std::async(std::launch::async, [op] { return op.get(); }));
    waiter::until_there_is_one(op);
    waiters.push_back(std::async(std::launch::async, [op] { return op.get(); }));
    waiters.push_back(
        std::async(std::launch::async, [op] { return op.wait_for(24h), op.GetResults(); }));
    waiters.push_back(std::async(std::launch::async, [op, &context] { return op.get(context); }));

    bool all_returned = true;
    op.Completed([&](auto& sender, AsyncStatus) {
        all_returned = sender.Status() == AsyncStatus::Completed;
        for (auto& waiter : waiters)
            all_returned &= waiter.wait_for(60s) == std::future_status::ready;
    });
    joining_thread([&] { operation.complete({}, 7); }).join();
    BOOST_TEST(all_returned);
    for (auto& waiter : waiters)
        BOOST_TEST(waiter.get() == 7);
}

// A thread that polls sees the status, and all that belongs to it, before Completed returns.
BOOST_AUTO_TEST_CASE(the_status_is_out_before_completed_is_called) {
    pending<void(error_code, int)> operation;
    const auto op = operation.start(use_async_info);
    std::promise<void> called;
    std::promise<AsyncStatus> seen;
    op.Completed([&](auto&, AsyncStatus) {
        called.set_value();
        auto seen_elsewhere = seen.get_future();
        if (seen_elsewhere.wait_for(60s) != std::future_status::ready ||
            seen_elsewhere.get() != AsyncStatus::Completed)
            throw 1;
    });
    auto polling = std::async(std::launch::async, [&] {
        called.get_future().wait();
        const auto status = op.Status();
        seen.set_value(status);
        return op.GetResults();
    });
    BOOST_CHECK_NO_THROW(operation.complete({}, 7));
    BOOST_TEST(polling.get() == 7);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::order_at_the_end_test
