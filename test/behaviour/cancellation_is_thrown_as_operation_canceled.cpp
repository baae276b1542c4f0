// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// The clause that catches `operation_canceled` stands before the one of other errors, as ported
/// code has it; and what is not Canceled does not get there.
namespace asyncinfo_test::cancellation_is_thrown_as_operation_canceled_test {
namespace {

namespace errc = boost::system::errc;
using asyncinfo::operation_canceled;

static_assert(std::is_base_of_v<system_error, operation_canceled>);

enum class caught { nothing, canceled, error };

template <typename Call>
caught what_is_caught(Call call) {
    try {
        call();
    } catch (const operation_canceled&) {
        return caught::canceled;
    } catch (const system_error&) {
        return caught::error;
    }
    return caught::nothing;
}

IAsyncAction await(IAsyncOperation<int> op, caught& seen) {
    try {
        co_await op;
    } catch (const operation_canceled&) {
        seen = caught::canceled;
    } catch (const system_error&) {
        seen = caught::error;
    }
}

IAsyncAction sleep(asio::io_context& context, std::chrono::milliseconds duration) {
    asio::steady_timer timer(context, duration);
    co_await timer.async_wait(asio::deferred);
}

} // namespace

BOOST_AUTO_TEST_SUITE(cancellation_is_thrown_as_operation_canceled)

BOOST_AUTO_TEST_CASE(by_every_member_that_gives_a_result) {
    struct {
        error_code code;
        caught expected;
    } const rows[] = {
        {asio::error::operation_aborted, caught::canceled},
        {make_error_code(errc::operation_canceled), caught::canceled},
        {asio::error::timed_out, caught::error},
        {asio::error::connection_refused, caught::error},
        {asyncinfo::errc::abandoned, caught::error},
    };
    for (const auto& [code, expected] : rows) {
        const async_source<int> source;
        const auto op = source.operation();
        source.set_error(code);
        BOOST_TEST((what_is_caught([&] { (void)op.GetResults(); }) == expected), code.message());
        BOOST_TEST((what_is_caught([&] { (void)op.get(); }) == expected));
        BOOST_TEST((what_is_caught([&] { (void)op.try_get(); }) == expected));
        caught seen = caught::nothing;
        await(op, seen).get();
        BOOST_TEST((seen == expected));

        const async_source<> other;
        const auto action = other.operation();
        other.set_error(code);
        BOOST_TEST((what_is_caught([&] { action.GetResults(); }) == expected));
        BOOST_TEST((what_is_caught([&] { action.get(); }) == expected));
        BOOST_TEST((what_is_caught([&] { (void)action.try_get(); }) == expected));
    }
}

BOOST_AUTO_TEST_CASE(with_the_code_that_was_delivered) {
    const async_source<int> source;
    source.set_error(make_error_code(errc::operation_canceled));
    try {
        (void)source.operation().get();
    } catch (const operation_canceled& e) {
        BOOST_TEST(e.code() == make_error_code(errc::operation_canceled));
        return;
    }
    BOOST_ERROR("no operation_canceled");
}

BOOST_AUTO_TEST_CASE(by_a_coroutine_that_awaits_what_is_cancelled) {
    asio::io_context context;
    const auto asleep = sleep(context, 1h);
    asleep.Cancel();
    BOOST_TEST((what_is_caught([&] { asleep.get(context); }) == caught::canceled));
    BOOST_TEST((asleep.Status() == AsyncStatus::Canceled));
}

BOOST_AUTO_TEST_CASE(by_a_coroutine_that_awaits_after_a_request) {
    const async_source<> gate;
    asio::io_context context;
    const auto action = [](const async_source<>& g, asio::io_context& c) -> IAsyncAction {
        auto token = co_await asyncinfo::get_cancellation_token();
        token.enable_propagation(false);
        co_await g.operation();
        co_await sleep(c, {});
    }(gate, context);
    action.Cancel();
    gate.set_value();
    BOOST_TEST((what_is_caught([&] { action.get(context); }) == caught::canceled));
}

BOOST_AUTO_TEST_CASE(not_by_the_deadline) {
    asio::io_context context;
    const auto asleep = sleep(context, 1h);
    asleep.cancel_after(1ms);
    BOOST_TEST((what_is_caught([&] { asleep.get(context); }) == caught::error));
    BOOST_TEST(asleep.ErrorCode() == asio::error::timed_out);
}

BOOST_AUTO_TEST_CASE(an_exception_is_rethrown_as_it_was) {
    const async_source<int> source;
    source.set_error(std::make_exception_ptr(system_error(asio::error::operation_aborted)));
    const auto op = source.operation();
    BOOST_TEST((op.Status() == AsyncStatus::Canceled));
    BOOST_TEST((what_is_caught([&] { (void)op.get(); }) == caught::error));
}

BOOST_AUTO_TEST_CASE(thrown_by_a_body_it_ends_that_as_canceled) {
    const auto action = []() -> IAsyncAction {
        throw operation_canceled();
        co_return;
    }();
    BOOST_TEST((action.Status() == AsyncStatus::Canceled));
    BOOST_TEST(action.ErrorCode() == asio::error::operation_aborted);
    BOOST_TEST((what_is_caught([&] { action.get(); }) == caught::canceled));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::cancellation_is_thrown_as_operation_canceled_test
