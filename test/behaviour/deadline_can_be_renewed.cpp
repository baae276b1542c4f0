// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// A deadline may be moved as often as something happens, from any thread, beside those that stay
/// where they are; one timer serves them all, and a later time does not touch it.
namespace asyncinfo_test::deadline_can_be_renewed_test {
namespace {

constexpr auto soon = 1ms;
constexpr auto later = 5ms; // the context's timers come in order

struct fixture {
    asio::io_context context;
    asio::steady_timer idle{context, 1h};
    IAsyncAction op = idle.async_wait(use_async_info);

    /// Long enough for what is due soon.
    bool is_asked_soon() {
        asio::steady_timer timer(context, later);
        const IAsyncAction wait = timer.async_wait(use_async_info);
        static_cast<void>(wait.wait_for(context, long_enough));
        context.restart();
        return op.cancel_requested();
    }
};

/// A session that is to end if nothing comes for so long.
IAsyncAction session(asio::io_context& context, std::vector<pending<void(error_code)>>& messages) {
    const auto token = co_await asyncinfo::get_cancellation_token();
    for (auto& message : messages) {
        token.renew_deadline(soon);
        token.renew_deadline(1h);
        co_await message.start_on(context.get_executor(), use_async_info);
    }
    token.renew_deadline(soon);
    asio::steady_timer never(context, 1h);
    co_await never.async_wait(use_async_info);
}

} // namespace

BOOST_AUTO_TEST_SUITE(deadline_can_be_renewed)

BOOST_FIXTURE_TEST_CASE(comes_if_it_is_not, fixture) {
    op.renew_deadline(1h);
    op.renew_deadline(soon);
    context.run_for(long_enough);
    BOOST_TEST(op.Status() == AsyncStatus::Error);
    BOOST_TEST(op.ErrorCode() == asio::error::timed_out);
    BOOST_TEST(context.stopped());
}

BOOST_FIXTURE_TEST_CASE(does_not_come_if_it_is, fixture) {
    op.renew_deadline(soon);
    op.renew_deadline(1h);
    BOOST_TEST(!is_asked_soon());
    // Also when the timer has found out meanwhile.
    op.renew_deadline(soon);
    BOOST_TEST(is_asked_soon());
    static_cast<void>(op.wait_for(context, long_enough));
    BOOST_TEST(op.ErrorCode() == asio::error::timed_out);
}

BOOST_FIXTURE_TEST_CASE(can_be_taken_back, fixture) {
    op.renew_deadline(std::chrono::hours::max()); // there is none yet
    op.renew_deadline(soon);
    op.renew_deadline(std::chrono::duration<double>(std::numeric_limits<double>::infinity()));
    BOOST_TEST(!is_asked_soon());
    op.renew_deadline(soon);
    BOOST_TEST(is_asked_soon());
}

BOOST_FIXTURE_TEST_CASE(moves_no_other_deadline, fixture) {
    op.cancel_after(soon);
    op.renew_deadline(1h);
    op.renew_deadline(2h);
    BOOST_TEST(is_asked_soon());
}

BOOST_FIXTURE_TEST_CASE(at_once_if_the_time_is_over, fixture) {
    op.renew_deadline(1h);
    op.renew_deadline(-1s);
    BOOST_TEST(op.cancel_requested());
    context.run_for(long_enough);
    BOOST_TEST(op.ErrorCode() == asio::error::timed_out);
    op.renew_deadline(0s); // and afterwards nothing
    BOOST_TEST(context.stopped());
}

// The context has nothing to do for it: no timer is set anew, nor cancelled.
BOOST_AUTO_TEST_CASE(a_later_time_costs_the_context_nothing) {
    asio::io_context context;
    pending<void(error_code)> one;
    const IAsyncAction op =
        one.start_on(context.get_executor(), use_async_info.cancel_after(30min));
    for (int n = 0; n < 1000; ++n) {
        op.renew_deadline(1h);
        op.cancel_after(1h);
    }
    BOOST_TEST(context.poll() == 0u);
    op.renew_deadline(10min); // earlier: the timer is set anew, once
    op.renew_deadline(1h);
    BOOST_TEST(context.poll() == 1u);
    BOOST_TEST(context.poll() == 0u);
    one.complete({});
    BOOST_TEST(context.run_one() == 1u);
    BOOST_TEST(context.run() == 0u); // there was one timer
}

BOOST_AUTO_TEST_CASE(by_a_coroutine_for_itself) {
    asio::io_context context;
    std::vector<pending<void(error_code)>> messages(3);
    const IAsyncAction op = session(context, messages);
    for (auto& message : messages) {
        BOOST_TEST(op.Status() == AsyncStatus::Started);
        message.complete({});
        context.poll(); // the timer may have run out first: it finds a later time
    }
    static_cast<void>(op.wait_for(context, long_enough));
    BOOST_TEST(op.ErrorCode() == asio::error::timed_out);
}

BOOST_AUTO_TEST_CASE(an_empty_handle_has_none) {
    error_code error;
    IAsyncAction().renew_deadline(1s, error);
    BOOST_TEST((error == errc::empty_handle));
    BOOST_CHECK_THROW(IAsyncAction().renew_deadline(1s), system_error);
}

// By several threads, to earlier and later times, while the timer runs out and the operation ends.
BOOST_AUTO_TEST_CASE(by_any_thread_at_any_time) {
    constexpr int rounds = sanitized ? 200 : 1000;
    running_context context(2);
    for (int round = 0; round < rounds; ++round) {
        pending<void(error_code)> one;
        const IAsyncAction op = one.start_on(context.get_executor(), use_async_info);
        std::vector<std::thread> threads;
        for (int t = 0; t < 2; ++t)
            threads.emplace_back([&op, t, round] {
                for (int n = 0; n < 20; ++n) {
                    op.renew_deadline(std::chrono::microseconds((n * 7 + t * 31 + round) % 40));
                    if (n % 5 == t)
                        op.cancel_after(std::chrono::hours(20 - n), asio::cancellation_type::total);
                }
            });
        if (round % 2)
            for (auto& thread : threads)
                thread.join();
        one.complete(asio::error::operation_aborted);
        BOOST_TEST(op.wait_for(long_enough) != AsyncStatus::Started);
        // Not the reverse: a deadline may come when the outcome is stored, and the status not out.
        BOOST_TEST((op.cancel_requested() || op.Status() == AsyncStatus::Canceled));
        if (round % 2 == 0)
            for (auto& thread : threads)
                thread.join();
    }
    context.finish(); // no timer is left
}

// Each deadline comes, however often another thread moves the other one.
BOOST_AUTO_TEST_CASE(the_fixed_one_comes_all_the_same) {
    running_context context(2);
    asio::steady_timer timer(context, 1h);
    const IAsyncAction op = timer.async_wait(use_async_info);
    op.cancel_after(20ms);
    while (op.Status() == AsyncStatus::Started)
        op.renew_deadline(10s);
    BOOST_TEST(op.ErrorCode() == asio::error::timed_out);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::deadline_can_be_renewed_test
