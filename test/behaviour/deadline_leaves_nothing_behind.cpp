// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// An operation that has ended keeps no timer, and no timer keeps it: run() returns, the block is
/// freed, the result goes to who has the only handle. A context that dies takes the timer with it.
namespace asyncinfo_test::deadline_leaves_nothing_behind_test {
namespace {

const error_code aborted = asio::error::operation_aborted;

struct throwing {
    using executor_type = asio::io_context::executor_type;
    executor_type get_executor() const noexcept { return executor; }
    template <typename Handler>
    void operator()(Handler) const {
        throw std::runtime_error("no");
    }
    executor_type executor;
};

} // namespace

BOOST_AUTO_TEST_SUITE(deadline_leaves_nothing_behind)

BOOST_AUTO_TEST_CASE(run_returns_when_the_operation_has_ended) {
    for (const auto late : {1h, std::chrono::hours(24 * 365)}) {
        asio::io_context context;
        asio::steady_timer timer(context, 1ms);
        const IAsyncAction op = timer.async_wait(use_async_info.cancel_after(late));
        op.cancel_after(late);
        op.cancel_at(std::chrono::system_clock::now() + late);
        context.run_for(long_enough);
        BOOST_TEST(op.Status() == AsyncStatus::Completed);
        BOOST_TEST(context.stopped());
    }
}

BOOST_AUTO_TEST_CASE(run_returns_when_cancel_has_ended_it) {
    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    const IAsyncAction op = timer.async_wait(use_async_info.cancel_after(1h));
    context.poll();
    op.Cancel();
    context.restart();
    context.run_for(long_enough);
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);
    BOOST_TEST(op.ErrorCode() == aborted); // and not the deadline's
    BOOST_TEST(context.stopped());
}

// Ended on a thread that has nothing to do with the context.
BOOST_AUTO_TEST_CASE(run_returns_when_another_thread_has_ended_it) {
    asio::io_context context;
    pending<void(error_code)> one;
    const IAsyncAction op = one.start_on(context.get_executor(), use_async_info.cancel_after(1h));
    std::thread([&] { one.complete({}); }).join();
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
    context.run_for(long_enough);
    BOOST_TEST(context.stopped());
}

BOOST_AUTO_TEST_CASE(the_block_is_freed_before_the_context_runs_again) {
    allocations blocks;
    asio::io_context context;
    pending<void(error_code)> one;
    const auto kept = std::make_shared<int>();
    IAsyncAction op =
        one.start_on(context.get_executor(),
                     asio::bind_allocator(counting_allocator<void>(blocks),
                                          asio::consign(use_async_info.cancel_after(1h), kept)));
    op.cancel_after(2h);
    BOOST_TEST(kept.use_count() == 2);
    one.complete({});
    BOOST_TEST(kept.use_count() == 1);
    op = nullptr;
    BOOST_TEST(blocks.alive.load() == 0);
}

// §2: "the rvalue form moves only when this handle is the sole reference".
BOOST_AUTO_TEST_CASE(the_only_handle_takes_the_result_out) {
    asio::io_context context;
    pending<void(error_code, std::shared_ptr<int>)> one;
    auto op = one.start_on(context.get_executor(), use_async_info.cancel_after(1h));
    const auto result = std::make_shared<int>();
    one.complete({}, result);
    const auto taken = std::move(op).GetResults();
    BOOST_TEST(result.use_count() == 2);
}

BOOST_AUTO_TEST_CASE(dropping_every_handle_leaves_the_deadline_in_force) {
    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    AsyncStatus seen{};
    error_code code;
    timer.async_wait(use_async_info.cancel_after(1ms))
        .Completed([&](const IAsyncAction& op, AsyncStatus status) {
            seen = status;
            code = op.ErrorCode();
        });
    context.run_for(long_enough);
    BOOST_TEST(seen == AsyncStatus::Error);
    BOOST_TEST(code == asio::error::timed_out);
    BOOST_TEST(context.stopped());
}

BOOST_AUTO_TEST_CASE(a_dying_context_takes_the_timer_along) {
    IAsyncAction op, bound_to_strand, on_pool;
    std::optional<asio::steady_timer> timer;
    {
        asio::io_context context;
        timer.emplace(context, 1h);
        op = timer->async_wait(use_async_info.cancel_after(1h));
        bound_to_strand = timer->async_wait(
            asio::bind_executor(asio::make_strand(context), use_async_info.cancel_after(1h)));
        op.cancel_after(2h);
        asio::thread_pool pool(1);
        asio::steady_timer other(pool, 1h);
        on_pool = other.async_wait(use_async_info.cancel_after(1h));
        pool.stop();
        pool.join();
        timer.reset();
        BOOST_TEST(context.poll() != 0u);
        BOOST_TEST(op.Status() == AsyncStatus::Canceled);
        op = nullptr;
        timer.emplace(context, 1h);
        op = timer->async_wait(use_async_info.cancel_after(1h));
        timer.reset(); // its aborted handler is in the queue of the dying context
    }
    BOOST_TEST((op.ErrorCode() == errc::abandoned));
    BOOST_TEST((on_pool.ErrorCode() == errc::abandoned));
    BOOST_TEST(bound_to_strand.ErrorCode() == aborted);
}

// The timer is the context's, the operation is not: it goes on without a deadline.
BOOST_AUTO_TEST_CASE(an_operation_may_outlive_the_context_of_its_deadline) {
    pending<void(error_code, int)> one;
    IAsyncOperation<int> op;
    {
        asio::io_context context;
        op = one.start_on(context.get_executor(), use_async_info.cancel_after(1h));
        op.cancel_after(1ns); // has come, and nobody runs it
    }
    BOOST_TEST(op.Status() == AsyncStatus::Started);
    BOOST_TEST(!op.cancel_requested());
    one.complete({}, 3);
    BOOST_TEST(op.GetResults() == 3);
}

// The context is destroyed as soon as it has nothing to do, or before: also while the thread that
// ended the operation is still on its way out of the deadline's timer.
BOOST_AUTO_TEST_CASE(the_context_may_go_as_soon_as_run_returns_or_before) {
    for (int round = 0; round < 1000; ++round) {
        pending<void(error_code)> one;
        auto context = std::make_unique<asio::io_context>();
        const IAsyncAction op =
            one.start_on(context->get_executor(), use_async_info.cancel_after(1h));
        std::thread elsewhere([&] { one.complete({}); });
        if (round % 2)
            context->run();
        context.reset();
        elsewhere.join();
        BOOST_TEST(op.Status() == AsyncStatus::Completed);
    }
}

// §1: "If starting fails the exception reaches the caller and there is no operation."
BOOST_AUTO_TEST_CASE(an_initiation_that_throws_takes_the_deadline_back) {
    asio::io_context context;
    const auto token = use_async_info.cancel_after(1h);
    BOOST_CHECK_THROW(static_cast<void>(asio::async_initiate<decltype(token), void(error_code)>(
                          throwing{context.get_executor()}, token)),
                      std::runtime_error);
    context.run_for(long_enough);
    BOOST_TEST(context.stopped());
}

// What keeps the deadline must not wait for a user's code on the thread that ends the operation:
// here it waits in turn for the thread that the deadline comes on, and for longer than it lasts.
BOOST_AUTO_TEST_CASE(an_observer_may_wait_for_the_context) {
    running_context context(1);
    pending<void()> one;
    const IAsyncAction op = one.start_on(context.get_executor(), use_async_info);
    const IAsyncAction observer = asyncinfo::abandon_on_cancel(op);
    // The deadline does not come before the observer is called, which is on this thread therefore.
    latch called(1);
    asio::post(context, [&] { called.wait(); });
    op.cancel_after(1ms);
    std::promise<void> passed;
    asio::steady_timer later(context);
    observer.Completed([&](auto&, AsyncStatus) {
        called.count_down();
        later.expires_after(5ms);
        later.async_wait([&](error_code) { passed.set_value(); });
        BOOST_TEST((passed.get_future().wait_for(long_enough) == std::future_status::ready));
    });
    one.complete();
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::deadline_leaves_nothing_behind_test
