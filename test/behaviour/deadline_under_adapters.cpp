// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// Binders and Asio's adapters around the token keep its deadline, at any depth and in any order,
/// and the token keeps what they bind.
namespace asyncinfo_test::deadline_under_adapters_test {
namespace {

constexpr auto soon = use_async_info.cancel_after(1ms);

struct fixture {
    asio::thread_pool pool{1}; // the context's thread is on its way to it
    running_context context{1};
    asio::steady_timer timer{context, 1h};
    allocations blocks;
    counting_allocator<void> memory{blocks};
    asio::cancellation_signal signal;

    template <typename Token>
    void check(Token&& token) {
        const auto op = timer.async_wait(std::forward<Token>(token));
        BOOST_TEST(op.wait_for(long_enough) == AsyncStatus::Error);
        BOOST_TEST(op.ErrorCode() == asio::error::timed_out);
    }

    /// Of an operation that a deadline does not end soon.
    template <typename Token>
    bool is_bound_to_pool(Token&& token) {
        const auto op = timer.async_wait(std::forward<Token>(token));
        const bool is_bound = op.get_executor() == pool.get_executor();
        op.Cancel();
        BOOST_TEST(op.wait_for(long_enough) == AsyncStatus::Canceled);
        return is_bound;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(deadline_under_adapters)

BOOST_FIXTURE_TEST_CASE(one_adapter, fixture) {
    const auto kept = std::make_shared<int>(1);
    check(asio::as_tuple(soon));
    check(asio::append(soon, 1));
    check(asio::consign(soon, kept));
    check(asio::bind_executor(pool, soon));
    check(asio::bind_allocator(memory, soon));
    check(asio::bind_cancellation_slot(signal.slot(), soon));
    BOOST_TEST(blocks.made.load() >= 1);
    BOOST_TEST(blocks.alive.load() == 0);
    BOOST_TEST(kept.use_count() == 1);
#if defined(ASYNCINFO_HAS_IMMEDIATE_EXECUTOR)
    check(asio::bind_immediate_executor(pool.get_executor(), soon));
#endif
}

BOOST_FIXTURE_TEST_CASE(many_adapters, fixture) {
    const auto kept = std::make_shared<int>(1);
    check(asio::bind_executor(
        pool, asio::append(asio::bind_allocator(memory, asio::as_tuple(asio::bind_cancellation_slot(
                                                            signal.slot(), soon))),
                           1)));
    BOOST_TEST(blocks.made.load() >= 1);
    blocks.made = 0;
    const auto around = [&](auto token) {
        return asio::consign(
            asio::append(asio::bind_allocator(memory, asio::as_tuple(asio::bind_executor(
                                                          pool, asio::consign(token, kept)))),
                         std::string("s")),
            kept);
    };
    check(around(soon));
    BOOST_TEST(blocks.made.load() >= 1);
    BOOST_TEST(is_bound_to_pool(around(use_async_info.cancel_after(1h))));
}

// It hides the error from the status only, wherever it stands.
BOOST_FIXTURE_TEST_CASE(redirect_error_at_any_depth, fixture) {
    const auto kept = std::make_shared<int>(1);
    const auto redirects = [&](auto make) {
        error_code error;
        const auto op = timer.async_wait(make(error));
        BOOST_TEST(op.wait_for(long_enough) == AsyncStatus::Completed);
        BOOST_TEST(error == asio::error::timed_out);
    };
    redirects([](auto& e) { return asio::redirect_error(soon, e); });
    redirects([](auto& e) { return asio::append(asio::redirect_error(soon, e), 7); });
    redirects([](auto& e) { return asio::redirect_error(asio::append(soon, 7), e); });
    redirects([](auto& e) { return asio::redirect_error(asio::prepend(soon, 7), e); });
    redirects([](auto& e) { return asio::redirect_error(asio::as_tuple(soon), e); });
    redirects([&](auto& e) {
        return asio::consign(
            asio::bind_executor(pool, asio::redirect_error(asio::bind_allocator(memory, soon), e)),
            kept);
    });
    BOOST_TEST(blocks.made.load() >= 1);
    error_code outer, inner;
    const auto twice =
        timer.async_wait(asio::redirect_error(asio::redirect_error(soon, inner), outer));
    BOOST_TEST(twice.wait_for(long_enough) == AsyncStatus::Completed);
    BOOST_TEST(outer == asio::error::timed_out);
    BOOST_TEST(!inner);
}

// Behind a value it is a value, and as delivered (§1).
BOOST_FIXTURE_TEST_CASE(an_error_that_is_not_the_first_value, fixture) {
    const auto prepended = timer.async_wait(asio::prepend(soon, 1));
    BOOST_TEST(prepended.wait_for(long_enough) == AsyncStatus::Completed);
    BOOST_TEST(std::get<1>(prepended.GetResults()) == asio::error::operation_aborted);
    error_code untouched;
    const auto passed_over =
        timer.async_wait(asio::prepend(asio::redirect_error(soon, untouched), 1));
    BOOST_TEST(passed_over.wait_for(long_enough) == AsyncStatus::Completed);
    BOOST_TEST(!untouched);
}

// A binder is taken off, applied to the token, and need not come before or after the deadline.
BOOST_FIXTURE_TEST_CASE(a_token_that_has_something_bound_gets_a_deadline, fixture) {
    const auto inner = asyncinfo::detail::rebind_outermost(
        asio::bind_executor(pool, asio::bind_allocator(memory, use_async_info)));
    check(inner.cancel_after(1ms));
    BOOST_TEST(is_bound_to_pool(inner.cancel_after(1h)));
    BOOST_TEST(blocks.made.load() >= 1);
}

// The time is counted from the start of the operation, not from when the token was made.
BOOST_FIXTURE_TEST_CASE(started_later, fixture) {
    const auto deferred = timer.async_wait(asio::deferred);
    const auto op = deferred(asio::as_tuple(soon));
    BOOST_TEST(op.wait_for(long_enough) == AsyncStatus::Error);
    const auto begin = std::chrono::steady_clock::now();
    const auto later = timer.async_wait(asio::as_tuple(use_async_info.cancel_after(20ms)));
    BOOST_TEST(later.wait_for(long_enough) == AsyncStatus::Error);
    BOOST_TEST((std::chrono::steady_clock::now() - begin >= 20ms));
}

#if defined(ASYNCINFO_HAS_CANCEL_AFTER)

// §3: "An abort by asio::cancel_after cannot be told from others": Canceled.
BOOST_FIXTURE_TEST_CASE(asio_cancel_after_is_another_thing, fixture) {
    check(asio::cancel_after(1h, soon));
    const auto op = timer.async_wait(asio::cancel_after(1ms, use_async_info.cancel_after(1h)));
    BOOST_TEST(op.wait_for(long_enough) == AsyncStatus::Canceled);
    BOOST_TEST(op.ErrorCode() == asio::error::operation_aborted);
    error_code error;
    const auto redirected =
        timer.async_wait(asio::cancel_after(1h, asio::redirect_error(soon, error)));
    BOOST_TEST(redirected.wait_for(long_enough) == AsyncStatus::Completed);
    BOOST_TEST(error == asio::error::timed_out);
}

#endif

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::deadline_under_adapters_test
