// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §4: a deadline is any time, of any clock: one that is over already asks at once, one out of reach
/// never does. It is set on any executor, or on none.
namespace asyncinfo_test::deadline_is_any_time_test {
namespace {

const error_code aborted = asio::error::operation_aborted;
using seconds = std::chrono::duration<double>;
constexpr seconds infinite(std::numeric_limits<double>::infinity());

void check_timed_out(const IAsyncAction& op) {
    BOOST_TEST(op.Status() == AsyncStatus::Error);
    BOOST_TEST(op.ErrorCode() == asio::error::timed_out);
    BOOST_TEST(op.cancel_requested());
}

} // namespace

BOOST_AUTO_TEST_SUITE(deadline_is_any_time)

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
    context.run_for(long_enough);
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
    // The token refuses it at once.
    CHECK_THROWS_CODE(use_async_info.cancel_after(nan), asio::error::invalid_argument);
    CHECK_THROWS_CODE(use_async_info.cancel_at(nowhere), asio::error::invalid_argument);
    pending<void(error_code)> one;
    const IAsyncAction op = one.start(use_async_info);
    CHECK_THROWS_CODE(op.cancel_after(nan), asio::error::invalid_argument);
    CHECK_THROWS_CODE(op.cancel_at(nowhere), asio::error::invalid_argument);
    CHECK_THROWS_CODE(op.renew_deadline(nan), asio::error::invalid_argument);
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
    context.run_for(long_enough);
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
    context.run_for(long_enough);
    for (const auto& op : ops)
        check_timed_out(op);
    BOOST_TEST(context.stopped()); // the others are gone, too
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
        BOOST_TEST(op.wait_for(long_enough) == AsyncStatus::Error);
        check_timed_out(op);
    }
    std::vector<IAsyncAction> late;
    late.push_back(timer.async_wait(use_async_info));
    late.push_back(timer.async_wait(asio::bind_executor(any, use_async_info)));
    late.push_back(timer.async_wait(asio::bind_executor(pool, use_async_info)));
    for (const auto& op : late) {
        op.cancel_after(1ms);
        BOOST_TEST(op.wait_for(long_enough) == AsyncStatus::Error);
        check_timed_out(op);
    }
}

// Its initiation publishes no executor: the timer is one of the system_context.
BOOST_AUTO_TEST_CASE(without_an_executor) {
    const auto abort = [](asio::cancellation_type_t) { return aborted; };
    const IAsyncAction by_token = async_until_cancelled(abort, use_async_info.cancel_after(1ms));
    BOOST_TEST(by_token.wait_for(long_enough) == AsyncStatus::Error);
    check_timed_out(by_token);
    const IAsyncAction by_member = async_until_cancelled(abort, use_async_info);
    by_member.cancel_after(1ms);
    BOOST_TEST(by_member.wait_for(long_enough) == AsyncStatus::Error);
    check_timed_out(by_member);
}

BOOST_AUTO_TEST_CASE(refused_on_an_empty_handle_only) {
    const IAsyncAction empty;
    CHECK_THROWS_CODE(empty.cancel_after(1s), errc::empty_handle);
    CHECK_THROWS_CODE(empty.cancel_at(std::chrono::steady_clock::now()), errc::empty_handle);
    error_code error;
    empty.cancel_after(1s, error);
    BOOST_TEST((error == errc::empty_handle));
    error.clear();
    empty.cancel_at(std::chrono::system_clock::now(), error);
    BOOST_TEST((error == errc::empty_handle));

    const IAsyncAction op = pending<void()>::ended(use_async_info);
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

} // namespace asyncinfo_test::deadline_is_any_time_test
