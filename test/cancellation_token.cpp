// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

#if defined(ASYNCINFO_HAS_STOP_TOKEN)
#include <stop_token>
#endif

/// What a coroutine learns of requests to cancel it, and how it has them come to it.
namespace asyncinfo_test::cancellation_token_test {
namespace {

using asyncinfo::cancellation_token;

/// Waits for `gate`, which nobody cancels, and says whether it was asked to stop.
IAsyncAction look(const async_source<>& gate, std::optional<cancellation_token>& token,
                  bool& asked) {
    token = co_await asyncinfo::get_cancellation_token();
    co_await gate.operation();
    asked = token->cancel_requested() && (*token)();
}

} // namespace

BOOST_AUTO_TEST_SUITE(cancellation_token)

BOOST_AUTO_TEST_CASE(tells_of_a_request) {
    for (const bool cancels : {false, true}) {
        async_source<> gate;
        std::optional<asyncinfo::cancellation_token> token;
        bool asked = false;
        const auto action = look(gate, token, asked);
        BOOST_TEST(!token->cancel_requested());
        if (cancels)
            action.Cancel();
        BOOST_TEST(token->cancel_requested() == cancels);
        gate.set_value();
        BOOST_TEST(action.Status() == AsyncStatus::Completed);
        BOOST_TEST(asked == cancels);
    }
}

BOOST_AUTO_TEST_CASE(is_got_without_throwing_also_after_a_request) {
    asio::io_context context;
    bool got = false;
    const auto action = [](asio::io_context& c, bool& g) -> IAsyncAction {
        co_await asio::post(c, asio::deferred);
        g = (co_await asyncinfo::get_cancellation_token()).cancel_requested();
    }(context, got);
    action.Cancel();
    context.run();
    BOOST_TEST(got);
    BOOST_TEST(action.Status() == AsyncStatus::Completed);
}

BOOST_AUTO_TEST_CASE(its_callback_is_called_once_and_replaced_and_removed) {
    asio::io_context context;
    int first = 0, second = 0, removed = 0, late = 0;
    const async_source<> gate;
    const auto action = [](asio::io_context&, const async_source<>& g, int& a, int& b, int& r,
                           int& l) -> IAsyncAction {
        const auto token = co_await asyncinfo::get_cancellation_token();
        token.callback([&r] { ++r; });
        token.callback(nullptr);
        token.callback([&a] { ++a; });
        token.callback([&b] { ++b; });
        co_await g.operation();
        token.callback([&l] { ++l; }); // the request has come: called here
    }(context, gate, first, second, removed, late);
    action.Cancel();
    action.Cancel();
    BOOST_TEST(second == 0); // it waits for its executor
    context.poll();
    BOOST_TEST(second == 1);
    gate.set_value();
    run_again(context);
    BOOST_TEST(action.Status() == AsyncStatus::Completed);
    BOOST_TEST(first == 0);
    BOOST_TEST(removed == 0);
    BOOST_TEST(second == 1);
    BOOST_TEST(late == 1);
}

BOOST_AUTO_TEST_CASE(turns_propagation_off_and_says_what_it_was) {
    async_source<> gate;
    int cancelled = 0;
    gate.on_cancel([&] { ++cancelled; });
    const auto action = [](const async_source<>& g) -> IAsyncAction {
        const auto token = co_await asyncinfo::get_cancellation_token();
        const bool before = token.enable_propagation(false);
        const bool after = token.enable_propagation(false);
        if (before && !after)
            co_await g.operation();
    }(gate);
    action.Cancel();
    BOOST_TEST(action.Status() == AsyncStatus::Started);
    BOOST_TEST(cancelled == 0);
    gate.set_value();
    BOOST_TEST(action.Status() == AsyncStatus::Completed);
}

#if defined(ASYNCINFO_HAS_STOP_TOKEN)

BOOST_AUTO_TEST_CASE(gives_a_stop_token_that_is_stopped_where_cancel_is_called) {
    const async_source<> gate;
    std::stop_token stop;
    const auto action = [](const async_source<>& g, std::stop_token& s) -> IAsyncAction {
        const auto token = co_await asyncinfo::get_cancellation_token();
        s = token.stop_token();
        token.enable_propagation(false);
        co_await g.operation();
    }(gate, stop);
    BOOST_TEST(stop.stop_possible());
    BOOST_TEST(!stop.stop_requested());
    std::thread::id called_on;
    const std::stop_callback callback(stop, [&] { called_on = std::this_thread::get_id(); });
    action.Cancel();
    BOOST_TEST(stop.stop_requested());
    BOOST_TEST((called_on == std::this_thread::get_id()));
    gate.set_value();
}

BOOST_AUTO_TEST_CASE(its_stop_token_is_stopped_while_the_body_runs) {
    std::atomic<IAsyncAction*> handle{nullptr};
    asio::io_context context;
    const auto action = [](asio::io_context& c, std::atomic<IAsyncAction*>& h) -> IAsyncAction {
        co_await asio::post(c, asio::deferred);
        const std::stop_token stop = (co_await asyncinfo::get_cancellation_token()).stop_token();
        asyncinfo::detail::wait_while_equal(h, nullptr);
        std::thread canceller([&h] { h.load()->Cancel(); });
        while (!stop.stop_requested())
            std::this_thread::yield();
        canceller.join();
    }(context, handle);
    IAsyncAction copy = action;
    handle = &copy;
    context.run();
    BOOST_TEST(action.Status() == AsyncStatus::Completed);
}

BOOST_AUTO_TEST_CASE(its_stop_token_tells_of_an_earlier_request) {
    asio::io_context context;
    bool stopped = false;
    const auto action = [](asio::io_context& c, bool& s) -> IAsyncAction {
        co_await asio::post(c, asio::deferred);
        s = (co_await asyncinfo::get_cancellation_token()).stop_token().stop_requested();
    }(context, stopped);
    action.Cancel();
    context.run();
    BOOST_TEST(stopped);
}

#endif

BOOST_AUTO_TEST_CASE(a_loop_that_awaits_nothing_ends_as_canceled) {
    for (const bool cancels : {false, true}) {
        async_source<> gate;
        const auto action = [](const async_source<>& g) -> IAsyncAction {
            auto token = co_await asyncinfo::get_cancellation_token();
            token.enable_propagation(false);
            // The request is told even where it is not thrown by what is awaited.
            co_await asio::this_coro::throw_if_cancelled(false);
            co_await g.operation();
            for (int i = 0; i != 3; ++i)
                token.throw_if_cancelled();
        }(gate);
        if (cancels)
            action.Cancel();
        gate.set_value();
        BOOST_TEST((action.Status() == (cancels ? AsyncStatus::Canceled : AsyncStatus::Completed)));
        if (cancels)
            BOOST_CHECK_THROW(action.GetResults(), asyncinfo::operation_canceled);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::cancellation_token_test
