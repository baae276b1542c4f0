// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// Letting time go by in a coroutine.
namespace asyncinfo_test::resume_after_test {
namespace {

using asyncinfo::resume_after;
using clock = std::chrono::steady_clock;

template <typename Duration>
IAsyncAction nap(asio::io_context&, Duration duration) {
    co_await resume_after(duration);
}

} // namespace

BOOST_AUTO_TEST_SUITE(resume_after)

BOOST_AUTO_TEST_CASE(takes_that_long) {
    asio::io_context context;
    const auto begin = clock::now();
    const auto action = nap(context, 20ms);
    BOOST_TEST((action.Status() == AsyncStatus::Started));
    action.get(context);
    BOOST_TEST((clock::now() - begin >= 20ms));
}

BOOST_AUTO_TEST_CASE(no_time_is_none) {
    asio::io_context context;
    for (const auto none : {0s, -1s, std::chrono::seconds::min()})
        BOOST_TEST((nap(context, none).Status() == AsyncStatus::Completed));
}

BOOST_AUTO_TEST_CASE(cancel_ends_it_at_once) {
    asio::io_context context;
    const auto hour = nap(context, 1h);
    const auto always = nap(context, std::chrono::hours::max());
    const auto longer = nap(context, std::chrono::duration<double>(1e300));
    BOOST_TEST((longer.wait_for(context, 1ms) == AsyncStatus::Started));
    for (const auto& action : {hour, always, longer}) {
        action.Cancel();
        BOOST_CHECK_THROW(action.get(context), asyncinfo::operation_canceled);
        BOOST_TEST((action.Status() == AsyncStatus::Canceled));
    }
}

BOOST_AUTO_TEST_CASE(a_request_that_came_before_is_thrown) {
    const asyncinfo::async_source<> gate;
    const auto action = [](const asyncinfo::async_source<>& g) -> IAsyncAction {
        auto token = co_await asyncinfo::get_cancellation_token();
        token.enable_propagation(false);
        co_await g.operation();
        co_await asyncinfo::resume_after(0s);
    }(gate);
    action.Cancel();
    gate.set_value();
    BOOST_TEST((action.Status() == AsyncStatus::Canceled));
}

BOOST_AUTO_TEST_CASE(resumes_on_the_coroutines_executor) {
    running_context context(1);
    const auto there = [](running_context& c) -> IAsyncOperation<bool> {
        co_await asyncinfo::resume_after(1ms);
        co_return c.runs_on(std::this_thread::get_id());
    }(context);
    BOOST_TEST(there.get());
}

BOOST_AUTO_TEST_CASE(needs_no_executor) {
    const auto elsewhere = []() -> IAsyncOperation<std::thread::id> {
        co_await asyncinfo::resume_after(1ms);
        co_return std::this_thread::get_id();
    }();
    BOOST_TEST((elsewhere.get() != std::this_thread::get_id()));

    const auto late = []() -> IAsyncAction { co_await asyncinfo::resume_after(1h); }();
    late.Cancel();
    BOOST_TEST((late.wait() == AsyncStatus::Canceled));
}

BOOST_AUTO_TEST_CASE(a_context_that_goes_takes_the_pause_with_it) {
    IAsyncAction action;
    {
        asio::io_context context;
        action = nap(context, 1h);
    }
    BOOST_TEST((action.Status() == AsyncStatus::Error));
    BOOST_TEST((action.ErrorCode() == errc::abandoned));
}

BOOST_AUTO_TEST_CASE(what_is_no_time_is_refused) {
    const std::chrono::duration<double> none(std::numeric_limits<double>::quiet_NaN());
    asio::io_context context;
    BOOST_TEST(nap(context, none).ErrorCode() == asio::error::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::resume_after_test
