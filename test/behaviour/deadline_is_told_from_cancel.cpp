// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §3: the deadline's end is told apart from a user's Cancel: whichever came first decides.
namespace asyncinfo_test::deadline_is_told_from_cancel_test {
namespace {

const error_code timed_out = asio::error::timed_out;
const error_code aborted = asio::error::operation_aborted;

/// What an operation that remembers its requests was asked for.
struct remembering {
    std::vector<asio::cancellation_type_t> requests;

    template <typename Token>
    auto start(Token token) {
        return asio::async_initiate<Token, void(error_code)>(
            [this](auto handler) {
                auto slot = asio::get_associated_cancellation_slot(handler);
                auto held = std::make_shared<decltype(handler)>(std::move(handler));
                complete = [held](error_code error) { std::move (*held)(error); };
                slot.assign([this](asio::cancellation_type_t t) { requests.push_back(t); });
            },
            token);
    }

    std::function<void(error_code)> complete;
};

} // namespace

BOOST_AUTO_TEST_SUITE(deadline_is_told_from_cancel)

BOOST_AUTO_TEST_CASE(the_deadline_first) {
    pending<void(error_code)> one;
    const IAsyncAction op = one.start(use_async_info);
    op.cancel_after(0s);
    op.Cancel();
    op.Cancel(asio::cancellation_type::terminal);
    one.complete(aborted);
    BOOST_TEST(op.Status() == AsyncStatus::Error);
    BOOST_TEST(op.ErrorCode() == timed_out);
}

BOOST_AUTO_TEST_CASE(cancel_first) {
    pending<void(error_code)> one;
    const IAsyncAction op = one.start(use_async_info);
    op.Cancel();
    op.cancel_after(0s);
    one.complete(aborted);
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);
    BOOST_TEST(op.ErrorCode() == aborted);
}

BOOST_AUTO_TEST_CASE(a_bound_slot_is_a_cancel) {
    asio::cancellation_signal signal;
    for (const bool deadline_first : {false, true}) {
        pending<void(error_code)> one;
        const IAsyncAction op =
            one.start(asio::bind_cancellation_slot(signal.slot(), use_async_info));
        if (deadline_first)
            op.cancel_after(0s);
        signal.emit(asio::cancellation_type::all);
        op.cancel_after(0s);
        one.complete(aborted);
        BOOST_TEST(op.ErrorCode() == (deadline_first ? timed_out : aborted));
    }
}

// The socket may be closed at any time; but the deadline had come.
BOOST_AUTO_TEST_CASE(an_abort_by_others_counts_as_the_deadlines_only_after_it) {
    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    const IAsyncAction before = timer.async_wait(use_async_info.cancel_after(1h));
    timer.cancel();
    context.run_for(long_enough);
    BOOST_TEST(before.Status() == AsyncStatus::Canceled);
    BOOST_TEST(before.ErrorCode() == aborted);
}

// A deadline bounds the operation even where an earlier Cancel asked for too little; and the end is
// still the Cancel's.
BOOST_AUTO_TEST_CASE(a_deadline_after_a_weaker_cancel_asks_for_more) {
    remembering subject;
    const IAsyncAction op = subject.start(use_async_info);
    op.Cancel(asio::cancellation_type::total);
    op.cancel_after(0s);
    BOOST_TEST(
        (subject.requests == std::vector<asio::cancellation_type_t>{asio::cancellation_type::total,
                                                                    asio::cancellation_type::all}));
    subject.complete(aborted);
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);
}

BOOST_AUTO_TEST_CASE(the_deadline_asks_once_for_all_types) {
    remembering subject;
    const IAsyncAction op = subject.start(use_async_info.cancel_after(0s));
    op.cancel_after(0s);
    BOOST_TEST(
        (subject.requests == std::vector<asio::cancellation_type_t>{asio::cancellation_type::all}));
    op.Cancel();
    BOOST_TEST(subject.requests.size() == 1u);
    subject.complete(aborted);
    BOOST_TEST(op.ErrorCode() == timed_out);
}

// Neither is lost and there is one answer for all who ask.
BOOST_AUTO_TEST_CASE(in_a_race_one_of_them_decides) {
    running_context context(2);
    for (int round = 0; round < 300; ++round) {
        asio::steady_timer timer(context, 1h);
        const IAsyncAction op = timer.async_wait(use_async_info);
        at_once({[&] { op.cancel_after(0s); }, [&] { op.Cancel(); }});
        const auto status = op.wait_for(long_enough);
        BOOST_TEST((status == AsyncStatus::Error || status == AsyncStatus::Canceled));
        BOOST_TEST(op.ErrorCode() == (status == AsyncStatus::Error ? timed_out : aborted));
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::deadline_is_told_from_cancel_test
