// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §3: what ends as an abort after the operation's own deadline has Status Error and the code
/// `timed_out`, everywhere it can be read; partial results are kept.
namespace asyncinfo_test::deadline_ends_as_timed_out_test {
namespace {

using asyncinfo::condition;

const error_code timed_out = asio::error::timed_out;
const error_code aborted = asio::error::operation_aborted;
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
    CHECK_THROWS_CODE(op.GetResults(), timed_out);
    CHECK_THROWS_CODE(op.get(), timed_out);
    CHECK_THROWS_CODE(op.try_get(), timed_out);
    error_code error;
    static_cast<void>(op.GetResults(error));
    BOOST_TEST(error == timed_out);
    static_cast<void>(op.get(error));
    BOOST_TEST(error == timed_out);
    static_cast<void>(op.try_get(error));
    BOOST_TEST(error == timed_out);
}

/// The deadline has expired when the operation starts, and the operation ends as an abort.
constexpr auto expired = use_async_info.cancel_after(0s);
const std::error_code std_aborted = std::make_error_code(std::errc::operation_canceled);
const auto exception = std::make_exception_ptr(system_error(aborted));

error_code code_of(const std::exception_ptr& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (const system_error& e) {
        return e.code();
    }
}

template <typename Token>
void times_out(Token token) {
    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    const IAsyncAction op = timer.async_wait(token);
    context.run_for(long_enough);
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
    context.run_for(long_enough);
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
    context.run_for(long_enough);
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
    context.run_for(long_enough);
    BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(with_a_code_of_any_type) {
    const auto op = pending<void(error_code)>::ended(expired, aborted);
    check_timed_out(op);
    check_throws(op);
    const auto with_value = pending<void(std::error_code, int)>::ended(expired, std_aborted, 3);
    check_timed_out(with_value);
    check_throws(with_value);
    BOOST_TEST(std::get<1>(with_value.outcome()).value() == 3);
    // What channels report.
    struct category final : boost::system::error_category {
        const char* name() const noexcept override { return "asio.channel"; }
        std::string message(int) const override { return "cancelled"; }
    };
    static const category channel;
    check_timed_out(pending<void(error_code)>::ended(expired, error_code(2, channel)));
}

BOOST_AUTO_TEST_CASE(with_an_exception) {
    const auto op = pending<void(std::exception_ptr, int)>::ended(expired, exception, 3);
    check_timed_out(op);
    check_throws(op);
    BOOST_REQUIRE(op.exception());
    BOOST_TEST(code_of(op.exception()) == timed_out);
    BOOST_TEST(std::get<1>(op.outcome()).value() == 3);
}

BOOST_AUTO_TEST_CASE(within_a_tuple) {
    const auto as_tuple = asio::as_tuple(expired);
    const auto op = pending<void(error_code, int)>::ended(as_tuple, aborted, 3);
    check_timed_out(op);
    BOOST_TEST(std::get<0>(op.GetResults()) == timed_out);
    BOOST_TEST(std::get<1>(op.GetResults()) == 3);
    BOOST_TEST(std::get<0>(op.get()) == timed_out);
    BOOST_TEST(std::get<0>(std::get<1>(op.outcome()).value()) == timed_out);

    const auto of_std = pending<void(std::error_code)>::ended(as_tuple, std_aborted);
    check_timed_out(of_std);
    BOOST_TEST((std::get<0>(of_std.GetResults()) == std::errc::timed_out));

    const auto thrown = pending<void(std::exception_ptr, int)>::ended(as_tuple, exception, 3);
    check_timed_out(thrown);
    BOOST_TEST(code_of(std::get<0>(thrown.GetResults())) == timed_out);
    BOOST_TEST(code_of(thrown.exception()) == timed_out);
    BOOST_TEST(std::get<1>(thrown.GetResults()) == 3);
}

BOOST_FIXTURE_TEST_CASE(with_partial_results, conversation) {
    std::array<char, 4> bytes{};
    asio::write(far_end, asio::buffer("ab", 2));
    const auto op =
        asio::async_read(near_end, asio::buffer(bytes), use_async_info.cancel_after(5ms));
    context.run_for(long_enough);
    check_timed_out(op);
    check_throws(op);
    BOOST_TEST(std::get<1>(op.outcome()).value() == 2u);
}

// The variable of redirect_error is told, and the status is not.
BOOST_AUTO_TEST_CASE(in_the_variable_of_redirect_error) {
    error_code error;
    const auto op =
        pending<void(error_code, int)>::ended(asio::redirect_error(expired, error), aborted, 3);
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
    const auto op = pending<void(int)>::ended(asio::redirect_error(expired, error), 3);
    BOOST_TEST(op.GetResults() == 3);
    BOOST_TEST(error == aborted);
    {
        // One that is dropped too: the variable may be gone.
        pending<void(error_code)> dropped;
        auto gone = std::make_unique<error_code>();
        static_cast<void>(dropped.start(asio::redirect_error(expired, *gone)));
        gone.reset();
        dropped.drop();
    }
}

// §3: "nothing that arrived is thrown away".
BOOST_AUTO_TEST_CASE(not_if_it_succeeds_all_the_same) {
    pending<void(error_code, int)> one;
    const auto op = one.start(expired);
    BOOST_TEST(op.cancel_requested());
    one.complete({}, 3);
    BOOST_TEST(op.GetResults() == 3);

    const auto as_tuple = pending<void(error_code, int)>::ended(asio::as_tuple(expired), {}, 3);
    BOOST_TEST(as_tuple.Status() == AsyncStatus::Completed);
    BOOST_TEST(!std::get<0>(as_tuple.GetResults()));
}

BOOST_AUTO_TEST_CASE(nor_if_it_fails_otherwise) {
    const IAsyncAction op = pending<void(error_code)>::ended(expired, asio::error::eof);
    BOOST_TEST(op.ErrorCode() == asio::error::eof);

    const auto tuple = pending<void(error_code)>::ended(asio::as_tuple(expired), asio::error::eof);
    BOOST_TEST(tuple.ErrorCode() == asio::error::eof);
    BOOST_TEST(std::get<0>(tuple.GetResults()) == asio::error::eof);

    pending<void(error_code)> dropped;
    const IAsyncAction abandoned = dropped.start(expired);
    dropped.drop();
    BOOST_TEST((abandoned.ErrorCode() == errc::abandoned));
}

BOOST_AUTO_TEST_CASE(a_token_serves_any_number_of_operations) {
    static constexpr auto patient = use_async_info.cancel_after(2ms);
    for (int n = 0; n < 3; ++n)
        times_out(patient);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::deadline_ends_as_timed_out_test
