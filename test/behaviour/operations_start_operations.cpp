// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// Operations that are started from inside the steps of others and from their Completed handlers,
/// many at once: each is an operation of its own; Cancel of one is not Cancel of another.
namespace asyncinfo_test::operations_start_operations_test {
namespace {

/// A composed operation that starts an operation of its own in each step, and passes them on.
template <typename Started>
IAsyncAction start_starter(asio::io_context& context, asio::steady_timer& timer, int steps,
                           Started started) {
    return asio::async_compose<decltype((use_async_info)), void(error_code)>(
        [&context, &timer, steps, started](auto& self) mutable {
            if (steps-- == 0)
                return self.complete({});
            started(timer.async_wait(use_async_info));
            asio::post(context, std::move(self));
        },
        use_async_info, context);
}

} // namespace

BOOST_AUTO_TEST_SUITE(operations_start_operations)

BOOST_AUTO_TEST_CASE(in_their_steps) {
    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    std::vector<IAsyncAction> inner;
    const auto outer =
        start_starter(context, timer, 3, [&](IAsyncAction op) { inner.push_back(std::move(op)); });
    context.poll();
    BOOST_TEST(outer.Status() == AsyncStatus::Completed);
    BOOST_REQUIRE(inner.size() == 3u);

    outer.Cancel();
    inner[1].Cancel();
    run_ready(context);
    BOOST_TEST(inner[0].Status() == AsyncStatus::Started);
    BOOST_TEST(inner[1].Status() == AsyncStatus::Canceled);
    BOOST_TEST(inner[2].Status() == AsyncStatus::Started);
    BOOST_TEST(inner[0].Id() != inner[2].Id());
    timer.cancel();
    run_again(context);
    BOOST_TEST(inner[2].Status() == AsyncStatus::Canceled);
}

BOOST_AUTO_TEST_CASE(and_cancel_them_there) {
    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    std::vector<IAsyncAction> inner;
    const auto outer = start_starter(context, timer, 3, [&](IAsyncAction op) {
        op.Cancel();
        BOOST_TEST(op.Status() == AsyncStatus::Started); // not inline
        inner.push_back(std::move(op));
    });
    context.run_for(1min);
    BOOST_TEST(outer.Status() == AsyncStatus::Completed);
    BOOST_TEST(!outer.cancel_requested());
    for (const auto& op : inner)
        BOOST_TEST(op.Status() == AsyncStatus::Canceled);
}

BOOST_AUTO_TEST_CASE(in_their_completed_handlers) {
    asio::io_context context;
    int left = 1000;
    int completed = 0;
    struct next {
        asio::io_context& context;
        int& left;
        int& completed;
        void operator()(const IAsyncAction&, AsyncStatus status) const {
            completed += status == AsyncStatus::Completed;
            if (left-- > 0)
                asio::post(context, use_async_info).Completed(*this);
        }
    };
    asio::post(context, use_async_info).Completed(next{context, left, completed});
    context.run();
    BOOST_TEST(completed == 1001);
}

BOOST_AUTO_TEST_CASE(many_at_once_on_a_pool) {
    constexpr int starters = 20;
    constexpr int steps = 50;
    running_context context(4);
    const auto strand = asio::make_strand(context); // for the timer's own sake
    asio::steady_timer timer(strand, 1h);
    std::atomic<int> canceled = 0;
    std::vector<IAsyncAction> all;
    for (int i = 0; i < starters; ++i)
        all.push_back(asio::async_compose<decltype((use_async_info)), void(error_code)>(
            [&, left = steps + 1](auto& self) mutable {
                if (left-- == 0)
                    return self.complete({});
                if (left == steps) // from here on in the strand
                    return asio::post(strand, std::move(self));
                const auto op = timer.async_wait(use_async_info);
                op.Completed([&](auto&&, AsyncStatus status) {
                    canceled += status == AsyncStatus::Canceled;
                });
                op.Cancel();
                asio::post(strand, std::move(self));
            },
            use_async_info, strand));
    for (const auto& op : all)
        BOOST_TEST(op.wait() == AsyncStatus::Completed);
    context.finish();
    BOOST_TEST(canceled.load() == starters * steps);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::operations_start_operations_test
