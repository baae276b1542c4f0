// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::get_drives_a_context_test {
namespace {

using action = pending<void()>;

/// A thread that calls `get(context)`; the destructor sees to it that it comes back.
class driver {
public:
    driver(const IAsyncAction& op, asio::io_context& context)
        : context_(context), got_(std::async(std::launch::async, [&, op] { op.get(context); })) {}

    ~driver() {
        while (got_.valid() && got_.wait_for(1ms) != std::future_status::ready)
            asio::post(context_, [] {});
    }

    /// Has it come back? The bound is reached by a failure only.
    bool came_back() { return got_.wait_for(30s) == std::future_status::ready; }

private:
    asio::io_context& context_;
    std::future<void> got_;
};

/// Posts itself again, for ever.
void keep_busy(asio::io_context& context) {
    asio::post(context, [&] { keep_busy(context); });
}

} // namespace

BOOST_AUTO_TEST_SUITE(get_drives_a_context)

// §6: "get(ctx) and wait_for(ctx, d) drive an io_context from the calling thread until the
// operation ends".
BOOST_AUTO_TEST_CASE(on_this_thread) {
    asio::io_context context;
    asio::steady_timer timer(context, 1ms);
    timer.async_wait(use_async_info).get(context);
    BOOST_TEST((timer.async_wait(use_async_info).wait_for(context, 24h) == AsyncStatus::Completed));
    BOOST_TEST(
        (asio::post(context, use_async_info).wait_for(context, 0s) == AsyncStatus::Completed));
    error_code error = asio::error::fault;
    timer.async_wait(use_async_info).get(context, error);
    BOOST_TEST(error == error_code());

    timer.expires_at(asio::steady_timer::time_point::max());
    const auto canceled = timer.async_wait(use_async_info);
    canceled.Cancel();
    CHECK_THROWS_CODE(canceled.get(context), asio::error::operation_aborted);
    BOOST_TEST((canceled.wait_for(context, 24h, error) == AsyncStatus::Canceled));
    BOOST_TEST(error == error_code());
    const auto as_tuple = timer.async_wait(asio::as_tuple(use_async_info));
    as_tuple.Cancel();
    BOOST_TEST(std::get<0>(as_tuple.get(context)) == error_code(asio::error::operation_aborted));
}

BOOST_AUTO_TEST_CASE(only_until_the_operation_ends) {
    asio::io_context context;
    const auto op = asio::post(context, use_async_info);
    int runs = 0;
    asio::post(context, [&] { ++runs; });
    op.get(context);
    BOOST_TEST(runs == 0);
    // Ended already.
    op.get(context);
    op.wait_for(context, 24h);
    op.wait_for(context, 0s);
    BOOST_TEST(runs == 0);
    context.run();
    BOOST_TEST(runs == 1);
}

// "... on whatever thread it ends": elsewhere, and this context has nothing to do but to wait.
BOOST_AUTO_TEST_CASE(while_the_operation_ends_on_another_thread) {
    for (const bool has_work : {false, true}) {
        asio::io_context context;
        auto work = asio::make_work_guard(context);
        if (!has_work)
            work.reset();
        action a;
        const auto op = a.start(use_async_info);
        driver d(op, context);
        waiter::until_there_is_one(op);
        a.complete();
        BOOST_TEST(d.came_back());

        pending<void(error_code, int)> b;
        const auto value = b.start(use_async_info);
        auto got = std::async(std::launch::async, [&] { return value.get(context); });
        waiter::until_there_is_one(value);
        b.complete({}, 7);
        BOOST_TEST(got.get() == 7);
    }
}

BOOST_AUTO_TEST_CASE(while_the_operation_ends_on_another_context) {
    asio::io_context driven, other;
    const auto work = asio::make_work_guard(driven);
    const auto op = asio::post(other, use_async_info);
    driver d(op, driven);
    waiter::until_there_is_one(op);
    joining_thread([&] { other.run(); }).join();
    BOOST_TEST(d.came_back());
}

// A race of the two, many times.
BOOST_AUTO_TEST_CASE(while_the_operation_ends_at_any_time) {
    asio::io_context context;
    const auto work = asio::make_work_guard(context);
    for (int round = 0; round != 200; ++round) {
        action a;
        const auto op = a.start(use_async_info);
        const auto drive = [&] {
            if (round % 2)
                return op.get(context);
            while (op.wait_for(context, std::chrono::nanoseconds(round * 100)) ==
                   AsyncStatus::Started) {
            }
        };
        at_once({drive, [&] { a.complete(); }});
    }
    run_ready(context);
}

// The driving thread comes back though others run the same context, and take what they find there.
BOOST_AUTO_TEST_CASE(beside_a_thread_that_runs_it) {
    asio::io_context context;
    auto work = asio::make_work_guard(context);
    joining_thread running([&] { context.run(); });
    const auto other = running.get_id();
    bool came_back = true;
    for (int round = 0; round != 200 && came_back; ++round) {
        action a;
        const auto op = a.start(use_async_info);
        driver d(op, context);
        waiter::until_there_is_one(op);
        // Ends the operation on the other thread, which then looks for the next thing to run.
        std::function<void()> end = [&] {
            if (std::this_thread::get_id() == other)
                a.complete();
            else
                asio::post(context, end);
        };
        asio::post(context, end);
        came_back = d.came_back();
    }
    work.reset();
    BOOST_TEST(came_back);
}

BOOST_AUTO_TEST_CASE(beside_a_thread_that_drives_it_for_another_operation) {
    asio::io_context context;
    const auto work = asio::make_work_guard(context);
    bool came_back = true;
    for (int round = 0; round != 100 && came_back; ++round) {
        action a, b;
        const auto first = a.start(use_async_info);
        const auto second = b.start(use_async_info);
        driver drives_first(first, context), drives_second(second, context);
        waiter::until_there_is_one(first);
        waiter::until_there_is_one(second);
        a.complete();
        came_back = drives_first.came_back();
        b.complete();
        came_back &= drives_second.came_back();
    }
    BOOST_TEST(came_back);
}

// "They restart a stopped context".
BOOST_AUTO_TEST_CASE(that_was_stopped) {
    asio::io_context context;
    context.stop();
    asio::post(context, use_async_info).get(context);
    context.run(); // out of work: stopped
    BOOST_TEST(context.stopped());
    BOOST_TEST(
        (asio::post(context, use_async_info).wait_for(context, 24h) == AsyncStatus::Completed));
    context.stop();
    BOOST_TEST(
        (asio::post(context, use_async_info).wait_for(context, 0s) == AsyncStatus::Completed));
}

// ... also one that somebody stops again and again: there is work, so there is driving.
BOOST_AUTO_TEST_CASE(that_is_stopped_meanwhile) {
    asio::io_context context;
    const auto work = asio::make_work_guard(context);
    action a;
    const auto op = a.start(use_async_info);
    driver d(op, context);
    waiter::until_there_is_one(op);
    for (int i = 0; i != 20000; ++i) {
        context.stop();
        if (i % 16 == 0)
            std::this_thread::yield();
    }
    asio::post(context, [&] { a.complete(); });
    BOOST_TEST(d.came_back());
    if (op.Status() == AsyncStatus::Started) {
        run_ready(context);
    }
}

// "... and wait like get() when it has no work left."
BOOST_AUTO_TEST_CASE(that_has_no_work_left) {
    asio::io_context context;
    action a;
    const auto op = a.start(use_async_info);
    int runs = 0;
    asio::post(context, [&] { ++runs; });
    do // again if this thread was kept from it until the time was over
        BOOST_TEST((op.wait_for(context, 5ms) == AsyncStatus::Started));
    while (runs == 0);
    BOOST_TEST(runs == 1);
    BOOST_TEST(!op.cancel_requested());
    driver d(op, context);
    waiter::until_there_is_one(op);
    // It waits: the context does not stop again and again, to be restarted.
    latch restarted(1);
    asio::post(context, [&] { restarted.count_down(); });
    restarted.wait();
    bool stopped = false;
    for (int n = 0; n != 1000; ++n)
        stopped |= context.stopped();
    BOOST_TEST(!stopped);
    a.complete();
    BOOST_TEST(d.came_back());
}

// A time-out, d ≤ 0 included, is kept though the context always has something to run.
BOOST_AUTO_TEST_CASE(that_is_always_busy) {
    asio::io_context context;
    action a;
    const auto op = a.start(use_async_info);
    keep_busy(context);
    BOOST_TEST((op.wait_for(context, 1ms) == AsyncStatus::Started));
    asio::post(context, [&] { a.complete(); });
    op.get(context);
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
}

// What the context's handlers throw is the caller's; the operation goes on.
BOOST_AUTO_TEST_CASE(whose_handlers_throw) {
    asio::io_context context;
    action a;
    const auto op = a.start(use_async_info);
    const auto throws = [] { throw std::runtime_error("a handler's"); };
    const auto is_it = [](auto& e) { return e.what() == std::string("a handler's"); };
    asio::post(context, throws);
    BOOST_CHECK_EXCEPTION(op.get(context), std::runtime_error, is_it);
    asio::post(context, throws);
    BOOST_CHECK_EXCEPTION(op.wait_for(context, 24h), std::runtime_error, is_it);
    asio::post(context, throws);
    BOOST_CHECK_EXCEPTION(op.wait_for(context, 0s), std::runtime_error, is_it);
    asio::post(context, throws);
    error_code error;
    BOOST_CHECK_EXCEPTION(op.get(context, error), std::runtime_error, is_it);
    asio::post(context, [&] { a.complete(); });
    op.get(context);
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
}

// From one of its own handlers: a thread that may run the context may wait in there.
BOOST_AUTO_TEST_CASE(from_within) {
    asio::io_context context;
    asio::steady_timer timer(context, 1ms);
    const auto op = timer.async_wait(use_async_info);
    AsyncStatus ended = AsyncStatus::Started;
    asio::post(context, [&] { ended = op.wait_for(context, 24h); });
    context.run();
    BOOST_TEST(ended == AsyncStatus::Completed);
}

// "d ≤ 0 polls": what is ready runs, and nothing is waited for.
BOOST_AUTO_TEST_CASE(without_waiting_for_it) {
    asio::io_context context;
    const auto work = asio::make_work_guard(context);
    action a;
    const auto op = a.start(use_async_info);
    int runs = 0;
    for (const auto d : {0ns, -1ns, std::chrono::nanoseconds::min()}) {
        asio::post(context, [&] { ++runs; });
        asio::post(context, [&] { ++runs; });
        BOOST_TEST((op.wait_for(context, d) == AsyncStatus::Started));
    }
    BOOST_TEST(runs == 6);
    a.complete();
}

// What is ready is more than what was posted: a timer that has expired, as for `context.poll()`.
BOOST_AUTO_TEST_CASE(without_waiting_what_is_ready_is_found) {
    asio::io_context context;
    asio::steady_timer timer(context, asio::steady_timer::time_point::min());
    const auto op = timer.async_wait(use_async_info);
#if defined(_WIN32) // a thread of Asio's looks at the clock there: a poll finds it a moment later
    while (op.wait_for(context, 0s) == AsyncStatus::Started)
        std::this_thread::yield();
#endif
    BOOST_TEST((op.wait_for(context, 0s) == AsyncStatus::Completed));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::get_drives_a_context_test
