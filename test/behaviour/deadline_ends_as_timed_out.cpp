// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/pending.hpp"
#include "support/running_context.hpp"
#include "support/test.hpp"

/// §3: what ends as an abort after the operation's own deadline has Status Error and the code
/// `timed_out`, everywhere it can be read; partial results are kept.
namespace asyncinfo_test::deadline_ends_as_timed_out_test {
namespace {

using asyncinfo::condition;

const error_code timed_out = asio::error::timed_out;
const error_code aborted = asio::error::operation_aborted;
constexpr auto bound = 1min; // only where something hangs
using seconds = std::chrono::duration<double>;
constexpr seconds infinite(std::numeric_limits<double>::infinity());

template <typename Handle>
void check_timed_out(const Handle& op) {
    BOOST_TEST(op.Status() == AsyncStatus::Error);
    BOOST_TEST(op.ErrorCode() == timed_out);
    BOOST_TEST((op.ErrorCode() == condition::deadline_expired));
    BOOST_TEST((op.ErrorCode() == asio::error::timed_out));
    BOOST_TEST(std::get<0>(op.outcome()) == timed_out);
    BOOST_TEST(op.cancel_requested());
}

/// By the throwing members and those that set a code.
template <typename Handle>
void check_throws(const Handle& op) {
    const auto is_timed_out = [](const system_error& e) { return e.code() == timed_out; };
    BOOST_CHECK_EXCEPTION(static_cast<void>(op.GetResults()), system_error, is_timed_out);
    BOOST_CHECK_EXCEPTION(static_cast<void>(op.get()), system_error, is_timed_out);
    BOOST_CHECK_EXCEPTION(static_cast<void>(op.try_get()), system_error, is_timed_out);
    error_code error;
    static_cast<void>(op.GetResults(error));
    BOOST_TEST(error == timed_out);
    static_cast<void>(op.get(error));
    BOOST_TEST(error == timed_out);
    static_cast<void>(op.try_get(error));
    BOOST_TEST(error == timed_out);
}

std::exception_ptr exception_of(const error_code& code) {
    return std::make_exception_ptr(system_error(code));
}

error_code code_of(const std::exception_ptr& exception) {
    try {
        std::rethrow_exception(exception);
    } catch (const system_error& e) {
        return e.code();
    }
}

template <typename Token>
void times_out(Token token) {
    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    const IAsyncAction op = timer.async_wait(token);
    context.run_for(bound);
    check_timed_out(op);
    check_throws(op);
    BOOST_TEST(!op.exception());
}

/// Handles the deadline of a time of some clock as one of a duration.
template <typename Clock>
void times_out_at() {
    times_out(use_async_info.cancel_at(Clock::now() + 3ms));
    times_out(use_async_info.cancel_at(Clock::now() - 1h));
    times_out(use_async_info.cancel_at(Clock::time_point::min()));
    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    const auto begin = Clock::now();
    const IAsyncAction op = timer.async_wait(use_async_info);
    op.cancel_at(begin + 3ms);
    context.run_for(bound);
    check_timed_out(op);
    BOOST_TEST((Clock::now() >= begin + 3ms)); // and not before
}

} // namespace

BOOST_AUTO_TEST_SUITE(deadline_ends_as_timed_out)

BOOST_AUTO_TEST_CASE(by_a_member) {
    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    const auto begin = std::chrono::steady_clock::now();
    const IAsyncAction op = timer.async_wait(use_async_info);
    op.cancel_after(5ms);
    context.poll();
    context.run_for(bound);
    BOOST_TEST((std::chrono::steady_clock::now() - begin >= 5ms));
    check_timed_out(op);
    check_throws(op);
    BOOST_TEST(!op.exception());
}

BOOST_AUTO_TEST_CASE(by_the_token) { times_out(use_async_info.cancel_after(5ms)); }

BOOST_AUTO_TEST_CASE(at_a_time_of_any_clock) {
    times_out_at<std::chrono::steady_clock>();
    times_out_at<std::chrono::system_clock>();
    times_out(use_async_info.cancel_at(
        std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now())));
}

BOOST_AUTO_TEST_CASE(with_a_completed_handler) {
    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    const IAsyncAction op = timer.async_wait(use_async_info.cancel_after(1ms));
    int calls = 0;
    op.Completed([&](const IAsyncAction& sender, AsyncStatus status) {
        ++calls;
        BOOST_TEST(status == AsyncStatus::Error);
        BOOST_TEST(sender.ErrorCode() == timed_out);
    });
    context.run_for(bound);
    BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(with_a_code_of_any_type) {
    {
        pending<void(error_code)> one;
        const IAsyncAction op = one.start(use_async_info.cancel_after(0s));
        one.complete(aborted);
        check_timed_out(op);
        check_throws(op);
    }
    {
        pending<void(std::error_code, int)> one;
        const IAsyncOperation<int> op = one.start(use_async_info.cancel_after(0s));
        one.complete(std::make_error_code(std::errc::operation_canceled), 3);
        check_timed_out(op);
        check_throws(op);
        BOOST_TEST(std::get<1>(op.outcome()).value() == 3);
    }
    {
        // What channels report.
        struct category final : boost::system::error_category {
            const char* name() const noexcept override { return "asio.channel"; }
            std::string message(int) const override { return "cancelled"; }
        };
        static const category channel;
        pending<void(error_code)> one;
        const IAsyncAction op = one.start(use_async_info.cancel_after(0s));
        one.complete(error_code(2, channel));
        check_timed_out(op);
    }
}

BOOST_AUTO_TEST_CASE(with_an_exception) {
    pending<void(std::exception_ptr, int)> one;
    const IAsyncOperation<int> op = one.start(use_async_info.cancel_after(0s));
    one.complete(exception_of(aborted), 3);
    check_timed_out(op);
    check_throws(op);
    BOOST_REQUIRE(op.exception());
    BOOST_TEST(code_of(op.exception()) == timed_out);
    BOOST_TEST(std::get<1>(op.outcome()).value() == 3);
}

BOOST_AUTO_TEST_CASE(within_a_tuple) {
    {
        pending<void(error_code, int)> one;
        const auto op = one.start(asio::as_tuple(use_async_info.cancel_after(0s)));
        one.complete(aborted, 3);
        check_timed_out(op);
        BOOST_TEST(std::get<0>(op.GetResults()) == timed_out);
        BOOST_TEST(std::get<1>(op.GetResults()) == 3);
        BOOST_TEST(std::get<0>(op.get()) == timed_out);
        BOOST_TEST(std::get<0>(std::get<1>(op.outcome()).value()) == timed_out);
    }
    {
        pending<void(std::error_code)> one;
        const auto op = one.start(asio::as_tuple(use_async_info.cancel_after(0s)));
        one.complete(std::make_error_code(std::errc::operation_canceled));
        check_timed_out(op);
        BOOST_TEST((std::get<0>(op.GetResults()) == std::errc::timed_out));
    }
    {
        pending<void(std::exception_ptr, int)> one;
        const auto op = one.start(asio::as_tuple(use_async_info.cancel_after(0s)));
        one.complete(exception_of(aborted), 3);
        check_timed_out(op);
        BOOST_TEST(code_of(std::get<0>(op.GetResults())) == timed_out);
        BOOST_TEST(code_of(op.exception()) == timed_out);
        BOOST_TEST(std::get<1>(op.GetResults()) == 3);
    }
}

BOOST_AUTO_TEST_CASE(with_partial_results) {
    asio::io_context context;
    local::socket near(context), far(context);
    asio::local::connect_pair(near, far);
    std::array<char, 4> bytes{};
    asio::write(far, asio::buffer("ab", 2));
    const auto op = asio::async_read(near, asio::buffer(bytes), use_async_info.cancel_after(5ms));
    context.run_for(bound);
    check_timed_out(op);
    check_throws(op);
    BOOST_TEST(std::get<1>(op.outcome()).value() == 2u);
}

// The variable of redirect_error is told, and the status is not.
BOOST_AUTO_TEST_CASE(in_the_variable_of_redirect_error) {
    error_code error;
    pending<void(error_code, int)> one;
    const auto op = one.start(asio::redirect_error(use_async_info.cancel_after(0s), error));
    one.complete(aborted, 3);
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
    BOOST_TEST(op.GetResults() == 3);
    BOOST_TEST(error == timed_out);
    BOOST_TEST((error == condition::deadline_expired));
}

// What has come before the deadline, another error, or another operation's stays as it was.
BOOST_AUTO_TEST_CASE(and_there_nothing_else_is_changed) {
    const auto left_by_redirect = [](error_code delivered, error_code before, auto start) {
        error_code error = before;
        pending<void(error_code)> one;
        const IAsyncAction op = start(one, error);
        op.cancel_after(0s);
        one.complete(delivered);
        return error;
    };
    const auto plain = [](auto& one, auto& error) {
        return one.start(asio::redirect_error(use_async_info, error));
    };
    BOOST_TEST(left_by_redirect(aborted, {}, plain) == timed_out);
    BOOST_TEST(!left_by_redirect({}, aborted, plain));
    BOOST_TEST(left_by_redirect(asio::error::eof, {}, plain) == asio::error::eof);
    const auto cancelled_first = [&](auto& one, auto& error) {
        const IAsyncAction op = plain(one, error);
        op.Cancel();
        return op;
    };
    BOOST_TEST(left_by_redirect(aborted, {}, cancelled_first) == aborted);

    // An operation without an error leaves the variable alone.
    error_code error = aborted;
    pending<void(int)> without;
    const auto op = without.start(asio::redirect_error(use_async_info.cancel_after(0s), error));
    without.complete(3);
    BOOST_TEST(op.GetResults() == 3);
    BOOST_TEST(error == aborted);
    {
        // One that is dropped too: the variable may be gone.
        pending<void(error_code)> dropped;
        auto gone = std::make_unique<error_code>();
        static_cast<void>(
            dropped.start(asio::redirect_error(use_async_info.cancel_after(0s), *gone)));
        gone.reset();
        dropped.drop();
    }
}

// §3: "nothing that arrived is thrown away".
BOOST_AUTO_TEST_CASE(not_if_it_succeeds_all_the_same) {
    pending<void(error_code, int)> one;
    const auto op = one.start(use_async_info.cancel_after(0s));
    BOOST_TEST(op.cancel_requested());
    one.complete({}, 3);
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
    BOOST_TEST(op.GetResults() == 3);

    pending<void(error_code, int)> tuple;
    const auto as_tuple = tuple.start(asio::as_tuple(use_async_info.cancel_after(0s)));
    tuple.complete({}, 3);
    BOOST_TEST(as_tuple.Status() == AsyncStatus::Completed);
    BOOST_TEST(!std::get<0>(as_tuple.GetResults()));
}

BOOST_AUTO_TEST_CASE(nor_if_it_fails_otherwise) {
    pending<void(error_code)> one;
    const IAsyncAction op = one.start(use_async_info.cancel_after(0s));
    one.complete(asio::error::eof);
    BOOST_TEST(op.ErrorCode() == asio::error::eof);

    pending<void(error_code)> two;
    const auto tuple = two.start(asio::as_tuple(use_async_info.cancel_after(0s)));
    two.complete(asio::error::eof);
    BOOST_TEST(tuple.ErrorCode() == asio::error::eof);
    BOOST_TEST(std::get<0>(tuple.GetResults()) == asio::error::eof);

    pending<void(error_code)> dropped;
    const IAsyncAction abandoned = dropped.start(use_async_info.cancel_after(0s));
    dropped.drop();
    BOOST_TEST((abandoned.ErrorCode() == errc::abandoned));
}

BOOST_AUTO_TEST_CASE(at_once_if_the_time_is_over_already) {
    for (const auto time : {0ns, -1ns, std::chrono::nanoseconds::min()}) {
        pending<void(error_code)> one, two;
        const IAsyncAction by_token = one.start(use_async_info.cancel_after(time));
        BOOST_TEST(by_token.cancel_requested());
        const IAsyncAction by_member = two.start(use_async_info);
        BOOST_TEST(!by_member.cancel_requested());
        by_member.cancel_after(time);
        BOOST_TEST(by_member.cancel_requested());
        one.complete(aborted);
        two.complete(aborted);
        check_timed_out(by_token);
        check_timed_out(by_member);
    }
    // No timer is made: a context that nobody runs shows none, and is not needed.
    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    const IAsyncAction op = timer.async_wait(use_async_info);
    op.cancel_at(std::chrono::steady_clock::now());
    BOOST_TEST(op.cancel_requested());
    context.run_for(bound);
    check_timed_out(op);
    pending<void(error_code)> endless;
    const IAsyncAction before = endless.start(use_async_info);
    before.cancel_after(-infinite);
    endless.complete(aborted);
    check_timed_out(before);
}

BOOST_AUTO_TEST_CASE(an_error_if_it_is_no_time) {
    const seconds nan(std::numeric_limits<double>::quiet_NaN());
    const std::chrono::time_point<std::chrono::system_clock, seconds> nowhere(nan);
    const auto is_invalid = [](const system_error& e) {
        return e.code() == asio::error::invalid_argument;
    };
    // The token refuses it at once.
    BOOST_CHECK_EXCEPTION(use_async_info.cancel_after(nan), system_error, is_invalid);
    BOOST_CHECK_EXCEPTION(use_async_info.cancel_at(nowhere), system_error, is_invalid);
    pending<void(error_code)> one;
    const IAsyncAction op = one.start(use_async_info);
    BOOST_CHECK_EXCEPTION(op.cancel_after(nan), system_error, is_invalid);
    BOOST_CHECK_EXCEPTION(op.cancel_at(nowhere), system_error, is_invalid);
    BOOST_CHECK_EXCEPTION(op.renew_deadline(nan), system_error, is_invalid);
    error_code error;
    op.cancel_after(nan, error);
    BOOST_TEST(error == asio::error::invalid_argument);
    op.cancel_at(nowhere, asio::cancellation_type::total, error = {});
    BOOST_TEST(error == asio::error::invalid_argument);
    op.renew_deadline(nan, error = {});
    BOOST_TEST(error == asio::error::invalid_argument);
    op.cancel_after(infinite, error);
    BOOST_TEST(!error);
    IAsyncAction().cancel_after(nan, error);
    BOOST_TEST((error == errc::empty_handle));
    BOOST_TEST(!op.cancel_requested());
    one.complete({});
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
}

BOOST_AUTO_TEST_CASE(never_if_the_time_is_out_of_reach) {
    using years = std::chrono::duration<long long, std::ratio<31556952>>;
    asio::io_context context;
    asio::steady_timer timer(context, 1ms);
    const auto token = use_async_info.cancel_after(years::max())
                           .cancel_at(std::chrono::steady_clock::time_point::max())
                           .cancel_at(std::chrono::system_clock::time_point::max())
                           .cancel_after(seconds(1e300))
                           .cancel_after(infinite);
    const IAsyncAction op = timer.async_wait(token);
    op.cancel_after(years::max());
    op.cancel_after(std::chrono::hours::max());
    op.cancel_after(infinite);
    op.renew_deadline(infinite);
    op.cancel_at(std::chrono::steady_clock::time_point::max());
    op.cancel_at(std::chrono::time_point<std::chrono::system_clock, std::chrono::hours>::max());
    BOOST_TEST(!op.cancel_requested());
    context.run_for(bound);
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
    BOOST_TEST(context.stopped());
}

BOOST_AUTO_TEST_CASE(the_earliest_of_several_wins) {
    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    const IAsyncAction ops[] = {
        timer.async_wait(use_async_info.cancel_after(1h).cancel_after(1ms)),
        timer.async_wait(use_async_info.cancel_after(1ms).cancel_after(1h)),
        timer.async_wait(
            use_async_info.cancel_after(1h).cancel_at(std::chrono::steady_clock::now() + 1ms)),
        timer.async_wait(
            use_async_info.cancel_at(std::chrono::system_clock::now() + 1h).cancel_after(1ms)),
        timer.async_wait(use_async_info.cancel_after(1ms)),
        timer.async_wait(use_async_info.cancel_after(1h)),
    };
    ops[4].cancel_after(1h);
    ops[5].cancel_after(2h);
    ops[5].cancel_after(1ms);
    ops[5].cancel_after(3h);
    context.run_for(bound);
    for (const auto& op : ops)
        check_timed_out(op);
    BOOST_TEST(context.stopped()); // the others are gone, too
}

BOOST_AUTO_TEST_CASE(a_token_serves_any_number_of_operations) {
    static constexpr auto patient = use_async_info.cancel_after(2ms);
    for (int n = 0; n < 3; ++n)
        times_out(patient);
}

BOOST_AUTO_TEST_CASE(on_any_executor) {
    asio::thread_pool pool(2); // the context's thread is on its way to it
    running_context context;
    asio::steady_timer timer(context, 1h);
    asio::any_io_executor any = asio::make_strand(pool);
    const IAsyncAction ops[] = {
        timer.async_wait(use_async_info.cancel_after(1ms)),
        timer.async_wait(asio::bind_executor(pool, use_async_info.cancel_after(1ms))),
        timer.async_wait(
            asio::bind_executor(asio::make_strand(pool), use_async_info.cancel_after(1ms))),
        timer.async_wait(asio::bind_executor(any, use_async_info.cancel_after(1ms))),
        timer.async_wait(
            asio::bind_executor(asio::make_strand(context), use_async_info.cancel_after(1ms))),
    };
    for (const auto& op : ops) {
        BOOST_TEST(op.wait_for(bound) == AsyncStatus::Error);
        check_timed_out(op);
    }
    std::vector<IAsyncAction> late;
    late.push_back(timer.async_wait(use_async_info));
    late.push_back(timer.async_wait(asio::bind_executor(any, use_async_info)));
    late.push_back(timer.async_wait(asio::bind_executor(pool, use_async_info)));
    for (const auto& op : late) {
        op.cancel_after(1ms);
        BOOST_TEST(op.wait_for(bound) == AsyncStatus::Error);
        check_timed_out(op);
    }
}

// Its initiation publishes no executor: the timer is one of the system_context.
BOOST_AUTO_TEST_CASE(without_an_executor) {
    const auto start = [&](auto token) {
        return asio::async_initiate<decltype(token), void(error_code)>(
            [&](auto handler) {
                auto slot = asio::get_associated_cancellation_slot(handler);
                auto held = std::make_shared<decltype(handler)>(std::move(handler));
                slot.assign([held](asio::cancellation_type_t) mutable {
                    std::move (*std::exchange(held, nullptr))(aborted);
                });
            },
            token);
    };
    const IAsyncAction by_token = start(use_async_info.cancel_after(1ms));
    BOOST_TEST(by_token.wait_for(bound) == AsyncStatus::Error);
    check_timed_out(by_token);
    const IAsyncAction by_member = start(use_async_info);
    by_member.cancel_after(1ms);
    BOOST_TEST(by_member.wait_for(bound) == AsyncStatus::Error);
    check_timed_out(by_member);
}

BOOST_AUTO_TEST_CASE(refused_on_an_empty_handle_only) {
    const IAsyncAction empty;
    const auto is_empty = [](const system_error& e) { return e.code() == errc::empty_handle; };
    BOOST_CHECK_EXCEPTION(empty.cancel_after(1s), system_error, is_empty);
    BOOST_CHECK_EXCEPTION(empty.cancel_at(std::chrono::steady_clock::now()), system_error,
                          is_empty);
    error_code error;
    empty.cancel_after(1s, error);
    BOOST_TEST((error == errc::empty_handle));
    error.clear();
    empty.cancel_at(std::chrono::system_clock::now(), error);
    BOOST_TEST((error == errc::empty_handle));

    pending<void()> one;
    const IAsyncAction op = one.start(use_async_info);
    one.complete();
    for (int closed = 0; closed < 2; ++closed) {
        op.cancel_after(0s);
        op.cancel_after(1h, error);
        BOOST_TEST(!error);
        op.cancel_at(std::chrono::steady_clock::now() + 1h, error);
        BOOST_TEST(!error);
        if (!closed) {
            BOOST_TEST(op.Status() == AsyncStatus::Completed);
            BOOST_TEST(!op.cancel_requested());
        }
        op.Close();
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::deadline_ends_as_timed_out_test
