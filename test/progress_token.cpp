// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// Progress of coroutines.
namespace asyncinfo_test::progress_token_test {
namespace {

IAsyncOperationWithProgress<std::string, int> spell(asio::io_context& context, bool fails) {
    const auto progress = co_await asyncinfo::get_progress_token();
    for (int i = 1; i <= 3; ++i) {
        co_await asio::post(context, asio::deferred);
        progress.set_result(std::string(static_cast<std::size_t>(i), 'x'));
        progress(i);
    }
    if (fails)
        throw std::runtime_error("half way");
    co_return "whole";
}

IAsyncActionWithProgress<double> halve(asio::io_context& context, bool& returned) {
    const auto progress = co_await asyncinfo::get_progress_token();
    co_await asio::post(context, asio::deferred);
    progress(0.5);
    returned = true;
}

} // namespace

BOOST_AUTO_TEST_SUITE(progress_token)

BOOST_AUTO_TEST_CASE(calls_the_handler_and_is_polled) {
    asio::io_context context;
    const auto operation = spell(context, false);
    std::vector<int> told;
    operation.Progress([&](auto& sender, int value) {
        told.push_back(value);
        BOOST_TEST((sender.progress() == value));
        BOOST_TEST(sender.GetResults().size() == static_cast<std::size_t>(value)); // so far
    });
    BOOST_TEST(!operation.progress());
    BOOST_CHECK_THROW(operation.GetResults(), system_error);
    context.run();
    BOOST_TEST(told == std::vector<int>({1, 2, 3}), per_element());
    BOOST_TEST((operation.progress() == 3));
    BOOST_TEST(operation.GetResults() == "whole");
}

BOOST_AUTO_TEST_CASE(calls_it_before_it_returns) {
    asio::io_context context;
    bool returned = false, called = false;
    const auto action = halve(context, returned);
    action.Progress([&](auto&, double value) { called = value == 0.5 && !returned; });
    context.run();
    BOOST_TEST(called);
    BOOST_TEST(returned);
}

BOOST_AUTO_TEST_CASE(calls_a_bound_handler_on_its_executor) {
    asio::io_context context, other;
    bool returned = false;
    int calls = 0;
    const auto action = halve(context, returned);
    action.Progress(asio::bind_executor(other, [&](auto&, double) { ++calls; }));
    context.run_one();
    BOOST_TEST(calls == 0);
    BOOST_TEST(returned);
}

BOOST_AUTO_TEST_CASE(a_partial_result_stays_when_the_coroutine_fails) {
    asio::io_context context;
    const auto operation = spell(context, true);
    context.run();
    BOOST_TEST(operation.Status() == AsyncStatus::Error);
    BOOST_CHECK_THROW(operation.GetResults(), std::runtime_error);
    const auto [code, partial] = operation.outcome();
    BOOST_TEST(code.failed());
    BOOST_TEST(partial.value() == "xxx");
}

BOOST_AUTO_TEST_CASE(what_the_handler_throws_does_not_come_out_of_the_call) {
    asio::io_context context;
    bool returned = false;
    const auto action = halve(context, returned);
    action.Progress([](auto&, double) { throw std::logic_error("from the handler"); });
    BOOST_CHECK_THROW(context.run(), std::logic_error);
    context.run();
    BOOST_TEST(returned);
    BOOST_CHECK_NO_THROW(action.GetResults());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::progress_token_test
