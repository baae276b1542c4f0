// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

// §7: "co_await op works in asio::awaitable for lvalues, consts and rvalues [...], and handles go
// into make_parallel_group." And into everything else of Asio's that takes its operations.

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/parallel_group.hpp>

#if __has_include(<boost/asio/experimental/co_composed.hpp>)
#include <boost/asio/experimental/co_composed.hpp>
#define ASYNCINFO_TEST_CO_COMPOSED boost::asio::experimental::co_composed
#elif __has_include(<boost/asio/co_composed.hpp>)
#include <boost/asio/co_composed.hpp>
#define ASYNCINFO_TEST_CO_COMPOSED boost::asio::co_composed
#endif

#if defined(ASYNCINFO_TEST_COBALT)
#include <boost/cobalt/op.hpp>
#include <boost/cobalt/spawn.hpp>
#include <boost/cobalt/task.hpp>
#endif

namespace asyncinfo_test::handles_in_asio_coroutines_test {
namespace {

/// Two operations that the test ends, on a context of their own.
struct two {
    asio::io_context elsewhere;
    pending<void(error_code, int)> first_source;
    pending<void(error_code)> second_source;
    IAsyncOperation<int> first = first_source.start_on(elsewhere.get_executor(), use_async_info);
    IAsyncAction second = second_source.start_on(elsewhere.get_executor(), use_async_info);
};

asio::awaitable<int> by_lvalue(IAsyncOperation<int> op, IAsyncAction action, bool* resumed_here,
                               asio::io_context* context) {
    int sum = co_await op;
    co_await action;
    sum += co_await op; // as often as one likes
    *resumed_here = context->get_executor().running_in_this_thread();
    co_return sum;
}

asio::awaitable<int> by_const(const IAsyncOperation<int> op, const IAsyncAction action,
                              bool* resumed_here, asio::io_context* context) {
    const auto& same = op;
    int sum = co_await op;
    co_await action;
    sum += co_await same;
    *resumed_here = context->get_executor().running_in_this_thread();
    co_return sum;
}

asio::awaitable<error_code> refuse(IAsyncOperation<int> op) {
    try {
        co_await op;
    } catch (const system_error& e) {
        co_return e.code();
    }
    co_return error_code();
}

asio::awaitable<int> by_rvalue(IAsyncOperation<int> op, IAsyncAction action, bool* resumed_here,
                               asio::io_context* context) {
    auto copy = op;
    int sum = co_await std::move(copy);
    co_await std::move(action);
    sum += co_await std::move(op);
    *resumed_here = context->get_executor().running_in_this_thread();
    co_return sum;
}

asio::awaitable<int> both(IAsyncOperation<int> first, IAsyncAction second) {
    using namespace asio::experimental::awaitable_operators;
    const int value = co_await (first(asio::use_awaitable) && second(asio::use_awaitable));
    co_return value;
}

asio::awaitable<std::size_t> either(IAsyncOperation<int> first, IAsyncAction second) {
    using namespace asio::experimental::awaitable_operators;
    const auto which = co_await (first(asio::use_awaitable) || second(asio::use_awaitable));
    co_return which.index();
}

asio::awaitable<int> keep_awaiting(IAsyncOperation<int> op, int times) {
    int sum = 0;
    for (int i = 0; i != times; ++i)
        sum += co_await IAsyncOperation<int>(op);
    co_return sum;
}

#if defined(ASYNCINFO_TEST_CO_COMPOSED)
#if defined(__GNUC__) && !defined(__clang__)
// g++ 12 takes the promise's operators new and delete for a mismatched pair.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

/// The sum of what two operations give, as a composed operation of Asio's.
template <typename Token>
auto async_sum(IAsyncOperation<int> a, IAsyncOperation<int> b, Token token) {
    return asio::async_initiate<Token, void(error_code, int)>(
        ASYNCINFO_TEST_CO_COMPOSED<void(error_code, int)>(
            [](auto state, IAsyncOperation<int> first, IAsyncOperation<int> second) -> void {
                try {
                    state.throw_if_cancelled(true);
                    state.reset_cancellation_state(asio::enable_terminal_cancellation());
                    int sum = co_await first;
                    sum += co_await std::move(second);
                    co_return {error_code(), sum};
                } catch (const system_error& e) {
                    co_return {e.code(), 0};
                }
            }),
        token, std::move(a), std::move(b));
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
#endif

#if defined(ASYNCINFO_TEST_COBALT)

// Cobalt's operator new is a template and its operator delete is not, which g++ takes for a
// mismatch.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif
boost::cobalt::task<int> cobalt_task(IAsyncOperation<int> op) {
    const int value = co_await op(boost::cobalt::use_op);
    co_return value + co_await op;
}
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

#endif

} // namespace

BOOST_AUTO_TEST_SUITE(handles_in_asio_coroutines)

BOOST_AUTO_TEST_CASE(awaitable_takes_lvalues_consts_and_rvalues) {
    using coroutine =
        asio::awaitable<int> (*)(IAsyncOperation<int>, IAsyncAction, bool*, asio::io_context*);
    for (const coroutine start : {by_lvalue, by_const, by_rvalue})
        for (const bool late : {false, true}) {
            two t;
            asio::io_context context;
            bool resumed_here = false;
            const auto end = [&] {
                t.first_source.complete({}, 7);
                t.second_source.complete({});
            };
            if (late)
                end();
            auto sum = asio::co_spawn(context, start(t.first, t.second, &resumed_here, &context),
                                      asio::use_future);
            context.poll();
            BOOST_TEST(is_ready(sum) == late);
            if (!late)
                end();
            // Awaits resume on the coroutine's executor, and neither on the operation's nor where
            // it has ended.
            BOOST_TEST(is_ready(sum) == late);
            BOOST_TEST(t.elsewhere.poll() == 0u);
            context.run();
            BOOST_TEST(sum.get() == 14);
            BOOST_TEST(resumed_here);
        }
}

// The error at the call, that is in the coroutine; not in whoever runs the context.
BOOST_AUTO_TEST_CASE(awaitable_throws_for_an_empty_handle) {
    asio::io_context context;
    auto empty = asio::co_spawn(context, refuse(nullptr), asio::use_future);
    BOOST_CHECK_NO_THROW(context.run());
    BOOST_TEST_REQUIRE(is_ready(empty));
    BOOST_TEST((empty.get() == errc::empty_handle));

    two t;
    t.first_source.complete({}, 7);
    t.first.Close();
    auto closed = asio::co_spawn(context, refuse(t.first), asio::use_future);
    context.restart();
    BOOST_CHECK_NO_THROW(context.run());
    BOOST_TEST((closed.get() == errc::illegal_method_call));
}

BOOST_AUTO_TEST_CASE(awaitable_operators_wait_for_both) {
    two t;
    asio::io_context context;
    auto sum = asio::co_spawn(context, both(t.first, t.second), asio::use_future);
    context.poll();
    t.second_source.complete({});
    context.poll();
    BOOST_TEST(!is_ready(sum));
    t.first_source.complete({}, 7);
    context.run();
    BOOST_TEST(sum.get() == 7);

    // A failure of one cancels the wait for the other, and not the other.
    two u;
    auto failed = asio::co_spawn(context, both(u.first, u.second), asio::use_future);
    run_ready(context);
    u.first_source.complete(asio::error::eof, 0);
    context.run();
    BOOST_CHECK_THROW(failed.get(), std::exception);
    BOOST_TEST(u.second.Status() == AsyncStatus::Started);
    BOOST_TEST(!u.second.cancel_requested());
}

BOOST_AUTO_TEST_CASE(awaitable_operators_wait_for_either) {
    for (const bool first : {false, true}) {
        two t;
        asio::io_context context;
        auto index = asio::co_spawn(context, either(t.first, t.second), asio::use_future);
        context.poll();
        if (first)
            t.first_source.complete({}, 7);
        else
            t.second_source.complete({});
        context.run();
        BOOST_TEST(index.get() == (first ? 0u : 1u));
        const IAsyncInfo loser = first ? IAsyncInfo(t.second) : IAsyncInfo(t.first);
        BOOST_TEST(loser.Status() == AsyncStatus::Started);
        BOOST_TEST(!loser.cancel_requested());
    }
}

BOOST_AUTO_TEST_CASE(parallel_group_takes_several) {
    two t;
    using order_type = std::array<std::size_t, 2>;
    int calls = 0;
    asio::experimental::make_parallel_group(t.first, t.second)
        .async_wait(asio::experimental::wait_for_all(),
                    [&](order_type order, error_code e1, int value, error_code e2) {
                        ++calls;
                        BOOST_TEST(t.elsewhere.get_executor().running_in_this_thread());
                        BOOST_TEST((order == order_type{1, 0}));
                        BOOST_TEST(!e1);
                        BOOST_TEST(value == 7);
                        BOOST_TEST((e2 == asio::error::eof));
                    });
    t.second_source.complete(asio::error::eof);
    t.elsewhere.poll();
    BOOST_TEST(calls == 0);
    t.first_source.complete({}, 7);
    t.elsewhere.run();
    BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(parallel_group_cancels_no_more_than_its_waits) {
    two t;
    int calls = 0;
    asio::experimental::make_parallel_group(t.first, t.second)
        .async_wait(asio::experimental::wait_for_one(),
                    [&](std::array<std::size_t, 2> order, error_code e1, int, error_code e2) {
                        ++calls;
                        BOOST_TEST(order[0] == 1u);
                        BOOST_TEST((e1 == asio::error::operation_aborted));
                        BOOST_TEST(!e2);
                    });
    t.second_source.complete({});
    t.elsewhere.run();
    BOOST_TEST(calls == 1);
    BOOST_TEST(t.first.Status() == AsyncStatus::Started);
    BOOST_TEST(!t.first.cancel_requested());
}

BOOST_AUTO_TEST_CASE(parallel_group_takes_a_range) {
    asio::io_context context;
    std::vector<pending<void(error_code, int)>> sources(5);
    std::vector<IAsyncOperation<int>> all;
    for (auto& source : sources)
        all.push_back(source.start_on(context.get_executor(), use_async_info));
    int calls = 0;
    asio::experimental::make_parallel_group(all).async_wait(
        asio::experimental::wait_for_all(),
        [&](std::vector<std::size_t> order, std::vector<error_code> errors,
            std::vector<int> values) {
            ++calls;
            BOOST_TEST(context.get_executor().running_in_this_thread());
            BOOST_TEST(order == (std::vector<std::size_t>{4, 3, 2, 1, 0}), per_element());
            BOOST_TEST(values == (std::vector{0, 10, 20, 30, 40}), per_element());
            for (const auto& error : errors)
                BOOST_TEST(!error);
        });
    for (std::size_t i = sources.size(); i-- != 0;)
        sources[i].complete({}, static_cast<int>(10 * i));
    context.run();
    BOOST_TEST(calls == 1);
    BOOST_TEST(all[1].GetResults() == 10);

    // The group asks each where it completes before it waits: no reason to terminate.
    const auto wait = [](auto... handles) {
        asio::experimental::make_parallel_group(std::vector{handles...})
            .async_wait(asio::experimental::wait_for_all(), [](auto&&...) {});
    };
    BOOST_CHECK_THROW(wait(IAsyncAction()), system_error);
}

// A loop of awaits of what has ended goes through the executor each time, and so needs no stack.
BOOST_AUTO_TEST_CASE(awaitable_keeps_the_stack_flat) {
    two t;
    asio::io_context context;
    t.first_source.complete({}, 1);
    auto sum = asio::co_spawn(context, keep_awaiting(t.first, 100000), asio::use_future);
    context.run();
    BOOST_TEST(sum.get() == 100000);
}

#if defined(ASYNCINFO_TEST_CO_COMPOSED)

BOOST_AUTO_TEST_CASE(co_composed_takes_them) {
    asio::io_context context;
    pending<void(error_code, int)> sources[2];
    const auto start = [&](auto& source) {
        return source.start_on(context.get_executor(), use_async_info);
    };
    const auto first = start(sources[0]), second = start(sources[1]);
    const IAsyncOperation<int> sum = async_sum(first, second, use_async_info);
    const IAsyncOperation<int> cancelled = async_sum(first, second, use_async_info);
    sources[0].complete({}, 3);
    context.poll();
    BOOST_TEST(sum.Status() == AsyncStatus::Started);
    cancelled.Cancel();
    context.poll();
    BOOST_TEST(cancelled.Status() == AsyncStatus::Canceled);
    BOOST_TEST(second.Status() == AsyncStatus::Started);
    sources[1].complete({}, 4);
    run_again(context);
    BOOST_TEST(sum.GetResults() == 7);
}

#endif

#if defined(ASYNCINFO_TEST_COBALT)

BOOST_AUTO_TEST_CASE(cobalt_takes_them) {
    asio::io_context context;
    pending<void(error_code, int)> source;
    const auto op = source.start_on(context.get_executor(), use_async_info);
    auto sum = boost::cobalt::spawn(context, cobalt_task(op), asio::use_future);
    context.poll();
    source.complete({}, 7);
    run_again(context);
    BOOST_TEST(sum.get() == 14);
}

#endif

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::handles_in_asio_coroutines_test
