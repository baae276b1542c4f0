// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §9: the body begins on the caller's thread, before the call returns, and runs there until it
/// suspends. The call gives a handle to an operation like any other.
namespace asyncinfo_test::coroutines_start_at_once_test {
namespace {

// Coroutines are functions here, which refer to what they are given by pointer: with g++ 12 the
// temporaries of a coroutine's lambda go twice at times.

IAsyncAction note_steps(pending<void()>* source, std::string* log) {
    *log += 'a';
    co_await source->start(asio::deferred);
    *log += 'b';
}

IAsyncAction on_a_context(asio::io_context&, std::thread::id* thread) {
    *thread = std::this_thread::get_id();
    co_return;
}

IAsyncOperation<int> give(int value) { co_return value; }

IAsyncAction fail_at_once() {
    throw std::runtime_error("at once");
    co_return;
}

asyncinfo::fire_and_forget forget(std::string* log) {
    *log += 'a';
    co_return;
}

/// So deep that the innermost do not start before the outer ones suspend.
IAsyncOperation<int> count_down(int depth) {
    if (depth == 0)
        co_return 0;
    co_return co_await count_down(depth - 1) + 1;
}

IAsyncOperation<int> count_down_blocking(int depth) {
    if (depth == 0)
        co_return 0;
    co_return count_down_blocking(depth - 1).get() + 1;
}

/// The innermost waits for what comes with another run of the context.
IAsyncOperation<int> count_down_driving(asio::io_context& context, int depth) {
    if (depth == 0) {
        co_await asio::post(context, asio::deferred);
        co_return 0;
    }
    co_return count_down_driving(context, depth - 1).get(context) + 1;
}

IAsyncAction wait_for_itself(pending<void()>* source, IAsyncAction* self, error_code* error) {
    co_await source->start(asio::deferred);
    self->wait(*error);
}

} // namespace

BOOST_AUTO_TEST_SUITE(coroutines_start_at_once)

BOOST_AUTO_TEST_CASE(up_to_their_first_suspension) {
    pending<void()> source;
    std::string log;
    const auto op = note_steps(&source, &log);
    BOOST_TEST(log == "a");
    BOOST_TEST(op.Status() == AsyncStatus::Started);
    source.complete();
    BOOST_TEST(log == "ab");
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
}

// An executor is where it goes on, not where it starts.
BOOST_AUTO_TEST_CASE(on_the_thread_of_the_caller_whatever_their_executor) {
    asio::io_context context;
    std::thread::id thread;
    const auto op = on_a_context(context, &thread);
    BOOST_TEST((thread == std::this_thread::get_id()));
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
}

BOOST_AUTO_TEST_CASE(and_may_have_ended_when_the_call_returns) {
    BOOST_TEST(give(7).GetResults() == 7);
    const auto failed = fail_at_once();
    BOOST_TEST(failed.Status() == AsyncStatus::Error);
    BOOST_CHECK_THROW(failed.GetResults(), std::runtime_error);
    std::string log;
    forget(&log);
    BOOST_TEST(log == "a");
}

// A coroutine's handle is a handle: identity, kind, Completed, Close.
BOOST_AUTO_TEST_CASE(their_handles_are_like_any_other) {
    pending<void()> source;
    std::string log;
    const auto op = note_steps(&source, &log);
    const IAsyncInfo info = op;
    BOOST_TEST(info.Id() != 0u);
    BOOST_TEST((info.try_as<IAsyncAction>() == op));
    BOOST_TEST(!info.try_as<IAsyncOperation<int>>());
    BOOST_CHECK_THROW(op.Close(), system_error);
    int calls = 0;
    op.Completed([&](const IAsyncAction& sender, AsyncStatus status) {
        calls += sender == op && status == AsyncStatus::Completed && sender.Status() == status;
    });
    source.complete();
    BOOST_TEST(calls == 1);
    op.Close();
    BOOST_CHECK_THROW(op.Status(), system_error);
}

// Where calls nest too deep, the innermost begin when the outer ones suspend, and not never.
BOOST_AUTO_TEST_CASE(or_a_little_later_where_calls_are_nested_deep) {
    BOOST_TEST(count_down(1000).get() == 1000);
}

// ... nor after somebody has blocked the thread for them.
BOOST_AUTO_TEST_CASE(or_when_the_thread_waits_for_them, *boost::unit_test::timeout(60)) {
    BOOST_TEST(count_down_blocking(100).get() == 100);
    asio::io_context context;
    BOOST_TEST(count_down_driving(context, 100).get(context) == 100);
}

// §6: waiting for what needs this very thread is refused; whoever waits for itself needs it most.
BOOST_AUTO_TEST_CASE(and_may_not_wait_for_themselves, *boost::unit_test::timeout(60)) {
    pending<void()> source;
    IAsyncAction op;
    error_code error;
    op = wait_for_itself(&source, &op, &error);
    source.complete();
    BOOST_TEST((error == errc::would_deadlock));
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::coroutines_start_at_once_test
