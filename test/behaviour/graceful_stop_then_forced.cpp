// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

// A request of some types may be followed by one of more, everywhere: whoever is asked to stop
// learns how, and learns again when more is asked.

namespace asyncinfo_test::graceful_stop_then_forced_test {
namespace {

using types = asio::cancellation_type_t;
using all_types = std::vector<types>;

constexpr types all = types::all;
constexpr types total = types::total;
constexpr types partial = types::partial;
constexpr types terminal = types::terminal;

/// Something that says what it has been asked for, and ends by force only.
struct stubborn {
    async_source<> source;
    IAsyncAction op = source.operation();
    all_types asked;

    stubborn() {
        source.on_cancel([this](types t) {
            asked.push_back(t);
            if ((t & terminal) != types::none)
                source.set_canceled();
        });
    }
};

IAsyncAction tell(asio::io_context&, IAsyncAction awaited, all_types& seen, all_types& told) {
    co_await asio::this_coro::throw_if_cancelled(false);
    const auto token = co_await asyncinfo::get_cancellation_token();
    BOOST_TEST((token.cancelled() == types::none));
    token.callback([&, token] { told.push_back(token.cancelled()); });
    try {
        co_await awaited;
    } catch (const system_error&) {
    }
    seen.push_back(token.cancelled());
}

IAsyncAction replace_callback(async_source<>& source, all_types& first, all_types& second) {
    co_await asio::this_coro::throw_if_cancelled(false);
    const auto token = co_await asyncinfo::get_cancellation_token();
    token.enable_propagation(false);
    token.callback([&, token] {
        first.push_back(token.cancelled());
        token.callback([&, token] {
            second.push_back(token.cancelled());
            if (second.size() == 2)
                token.callback(nullptr);
        });
    });
    co_await source.operation();
}

/// What is asked of an operation that is started when the request is there.
IAsyncAction start_late(asio::io_context& context, stubborn& late) {
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await asio::post(context, asio::deferred);
    co_await asio::this_coro::throw_if_cancelled(true);
    const auto start = [&] { return late.op; };
    co_await start();
}

} // namespace

BOOST_AUTO_TEST_SUITE(graceful_stop_then_forced)

BOOST_AUTO_TEST_CASE(of_a_group) {
    stubborn one, other;
    operation_group<> group;
    group.add(one.op);
    group.add(other.op);
    group.cancel_all(partial);
    BOOST_TEST(group.shutdown(0s, total).size() == 2u);
    BOOST_TEST((one.op.Status() == AsyncStatus::Started));
    BOOST_TEST(group.shutdown(1min).empty());
    BOOST_TEST((one.asked == all_types{partial, partial | total, all}));
    BOOST_TEST((other.asked == one.asked));
    BOOST_TEST((other.op.Status() == AsyncStatus::Canceled));
}

BOOST_AUTO_TEST_CASE(of_a_group_whose_loop_is_driven) {
    asio::io_context context;
    completion_queue queue;
    for (const bool with_queue : {false, true}) {
        stubborn one;
        operation_group<> group;
        group.add(one.op);
        const auto shutdown = [&](auto time, types t) {
            return with_queue ? group.shutdown(queue, time, t) : group.shutdown(context, time, t);
        };
        BOOST_TEST(shutdown(1ms, total).size() == 1u);
        BOOST_TEST(shutdown(1min, terminal).empty());
        BOOST_TEST((one.asked == all_types{total, total | terminal}));
    }
}

BOOST_AUTO_TEST_CASE(of_a_coroutine) {
    asio::io_context context;
    stubborn awaited;
    all_types seen, told;
    const auto op = tell(context, awaited.op, seen, told);
    op.Cancel(total);
    context.poll();
    BOOST_TEST((told == all_types{total}));
    op.Cancel(total); // adds nothing
    run_ready(context);
    op.Cancel(terminal);
    run_again(context);
    BOOST_TEST((told == all_types{total, total | terminal}));
    BOOST_TEST((seen == all_types{total | terminal}));
    BOOST_TEST((op.Status() == AsyncStatus::Completed));
}

BOOST_AUTO_TEST_CASE(is_passed_on_to_what_a_coroutine_awaits) {
    asio::io_context context;
    stubborn late;
    const auto op = start_late(context, late);
    op.Cancel(total);
    context.poll();
    BOOST_TEST((late.asked == all_types{total}));
    BOOST_TEST((op.Status() == AsyncStatus::Started));
    op.Cancel(terminal);
    run_again(context);
    BOOST_TEST((late.asked == all_types{total, total | terminal}));
    BOOST_TEST((op.Status() == AsyncStatus::Canceled));
}

// A callback that is set when there is a request already is told of more, too; and one that is set
// in its place, or null, takes its place.
BOOST_AUTO_TEST_CASE(of_a_callback_that_is_replaced) {
    all_types first, second;
    async_source<> source;
    const auto op = replace_callback(source, first, second);
    op.Cancel(partial);
    BOOST_TEST((first == all_types{partial}));
    BOOST_TEST((second == all_types{partial})); // at once: the request was there
    op.Cancel(total);
    op.Cancel(terminal);
    BOOST_TEST((first == all_types{partial}));
    BOOST_TEST((second == all_types{partial, partial | total}));
    source.set_value();
    BOOST_TEST((op.Status() == AsyncStatus::Completed));
}

#if defined(ASYNCINFO_HAS_STOP_TOKEN)

BOOST_AUTO_TEST_CASE(of_the_scoped_owner_and_a_stop_token) {
    stubborn one;
    std::stop_source stop;
    const auto op = asyncinfo::stop_on(one.op, stop.get_token(), partial);
    stop.request_stop();
    {
        asyncinfo::cancel_on_destroy owner(one.op, total);
        asyncinfo::cancel_on_destroy moved(std::move(owner));
    }
    {
        const asyncinfo::cancel_on_destroy owner(one.op);
    }
    BOOST_TEST((one.asked == all_types{partial, partial | total, all}));
    BOOST_TEST((op.Status() == AsyncStatus::Canceled));
}

#endif

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::graceful_stop_then_forced_test
