// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// Coroutines that return handles: each kind of handle, and what becomes of what they return.
namespace asyncinfo_test::coroutine_test {
namespace {

IAsyncAction nothing(asio::io_context& context) { co_await asio::post(context, asio::deferred); }

IAsyncOperation<std::string> text(asio::io_context& context) {
    co_await asio::post(context, asio::deferred);
    co_return "text"; // converted to T
}

IAsyncOperation<std::unique_ptr<int>> move_only(int value) {
    co_return std::make_unique<int>(value);
}

IAsyncOperation<no_default> not_default_constructible(int value) { co_return no_default(value); }

IAsyncActionWithProgress<int> action_with_progress(asio::io_context& context) {
    co_await asio::post(context, asio::deferred);
}

IAsyncOperationWithProgress<int, double> operation_with_progress(asio::io_context& context) {
    co_await asio::post(context, asio::deferred);
    co_return 7;
}

IAsyncOperation<int> sum(asio::io_context& context) {
    const std::unique_ptr<int> one = co_await move_only(1);
    const no_default two = co_await not_default_constructible(2);
    const int seven = co_await operation_with_progress(context);
    co_await action_with_progress(context);
    co_return *one + two.value + seven;
}

} // namespace

BOOST_AUTO_TEST_SUITE(coroutine)

BOOST_AUTO_TEST_CASE(return_each_kind_of_handle) {
    asio::io_context context;
    const auto action = nothing(context);
    const auto operation = text(context);
    const auto with_progress = action_with_progress(context);
    const auto with_both = operation_with_progress(context);
    BOOST_TEST(action.Status() == AsyncStatus::Started);
    context.run();
    action.GetResults();
    BOOST_TEST(operation.GetResults() == "text");
    with_progress.GetResults();
    BOOST_TEST(with_both.GetResults() == 7);
}

BOOST_AUTO_TEST_CASE(need_no_suspension) {
    BOOST_TEST(*move_only(3).GetResults() == 3);
    BOOST_TEST(not_default_constructible(4).GetResults().value == 4);
}

// A context whose only work begins and ends before anybody runs it is stopped, and runs nothing.
BOOST_AUTO_TEST_CASE(stop_no_context_that_nobody_has_run) {
    asio::io_context context;
    const auto operation = [](asio::io_context&) -> IAsyncOperation<int> { co_return 1; }(context);
    BOOST_TEST(operation.GetResults() == 1);
    BOOST_TEST(!context.stopped());
    bool ran = false;
    asio::post(context, [&] { ran = true; });
    context.run();
    BOOST_TEST(ran);
}

BOOST_AUTO_TEST_CASE(await_each_other) {
    asio::io_context context;
    const auto operation = sum(context);
    context.run();
    BOOST_TEST(operation.GetResults() == 10);
}

BOOST_AUTO_TEST_CASE(tell_what_executor_they_run_on) {
    asio::io_context context;
    const auto operation = [](asio::io_context& c) -> IAsyncOperation<bool> {
        const asio::any_io_executor own = co_await asio::this_coro::executor;
        co_return own == asio::any_io_executor(c.get_executor());
    }(context);
    BOOST_TEST(operation.GetResults());
    BOOST_TEST((operation.get_executor() == asio::any_io_executor(context.get_executor())));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::coroutine_test
