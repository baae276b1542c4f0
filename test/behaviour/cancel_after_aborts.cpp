// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

#if defined(ASYNCINFO_HAS_CANCEL_AFTER)
#include <boost/asio/cancel_after.hpp>
#include <boost/asio/cancel_at.hpp>
#endif

/// §3, §7: `asio::cancel_after` around the token aborts the operation when the time is over, which
/// cannot be told from other aborts: Canceled. Cancel from any thread works under it, on a bare
/// pool; binders bind the operation, over and under it.
namespace asyncinfo_test::cancel_after_aborts_test {

BOOST_AUTO_TEST_SUITE(cancel_after_aborts)

#if defined(ASYNCINFO_HAS_CANCEL_AFTER)

BOOST_AUTO_TEST_CASE(when_the_time_is_over) {
    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    asio::steady_timer clock(context);
    const IAsyncAction ops[] = {
        timer.async_wait(asio::cancel_after(5ms, use_async_info)),
        timer.async_wait(asio::cancel_after(clock, 5ms, use_async_info)),
        timer.async_wait(asio::cancel_at(std::chrono::steady_clock::now(), use_async_info)),
    };
    context.run_for(1min);
    for (const auto& op : ops) {
        BOOST_TEST(op.Status() == AsyncStatus::Canceled);
        BOOST_TEST(op.ErrorCode() == asio::error::operation_aborted);
        BOOST_TEST(!op.cancel_requested());
    }
}

BOOST_AUTO_TEST_CASE(not_before) {
    asio::io_context context;
    asio::steady_timer timer(context, 1ms);
    const IAsyncAction op = timer.async_wait(asio::cancel_after(1h, use_async_info));
    context.run_for(1min);
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
    BOOST_TEST(context.stopped()); // its timer is gone, too
}

BOOST_AUTO_TEST_CASE(and_cancel_does_before) {
    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    const IAsyncAction op = timer.async_wait(asio::cancel_after(1h, use_async_info));
    context.poll();
    op.Cancel();
    context.restart();
    context.run_for(1min);
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);
    BOOST_TEST(op.cancel_requested());
    BOOST_TEST(context.stopped());
}

BOOST_FIXTURE_TEST_CASE(and_leaves_partial_results, conversation) {
    std::array<char, 4> bytes{};
    asio::write(far_end, asio::buffer("ab", 2));
    const auto op =
        asio::async_read(near_end, asio::buffer(bytes), asio::cancel_after(5ms, use_async_info));
    context.run_for(1min);
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);
    BOOST_TEST(std::get<1>(op.outcome()).value() == 2u);
}

BOOST_AUTO_TEST_CASE(with_binders_over_and_under) {
    running_context context;
    asio::thread_pool pool(2);
    allocations blocks;
    const counting_allocator<void> memory(blocks);
    const auto check = [&](auto bind) {
        for (const auto time : {1ms, std::chrono::milliseconds(1h)})
            for (const bool by_signal : {false, true}) {
                asio::steady_timer timer(context, 1h);
                asio::cancellation_signal signal;
                const auto op = timer.async_wait(bind(signal.slot(), time));
                BOOST_TEST(blocks.made.load() >= 1);
                if (time > 1s && by_signal)
                    signal.emit(asio::cancellation_type::terminal);
                else if (time > 1s)
                    op.Cancel();
                BOOST_TEST(op.wait() == AsyncStatus::Canceled);
            }
    };
    check([&](auto slot, auto time) {
        return asio::bind_executor(
            pool,
            asio::bind_allocator(memory, asio::bind_cancellation_slot(
                                             slot, asio::cancel_after(time, use_async_info))));
    });
    check([&](auto slot, auto time) {
        return asio::cancel_after(
            time,
            asio::bind_executor(pool, asio::bind_allocator(memory, asio::bind_cancellation_slot(
                                                                       slot, use_async_info))));
    });
    check([&](auto slot, auto time) {
        return asio::bind_cancellation_slot(
            slot, asio::cancel_after(
                      time, asio::bind_allocator(memory, asio::as_tuple(asio::bind_executor(
                                                             pool, use_async_info)))));
    });
    context.finish();
    pool.join();
    BOOST_TEST(blocks.alive.load() == 0);
}

BOOST_AUTO_TEST_CASE(on_a_pool_while_other_threads_cancel) {
    running_context context(4);
    asio::thread_pool cancellers(2);
    for (unsigned round = 0; round < 150; ++round) {
        local::socket near_end(context), far_end(context);
        connect_pair(near_end, far_end);
        std::array<char, 64> bytes{};
        const auto op = asio::async_read(
            near_end, asio::buffer(bytes),
            asio::cancel_after(std::chrono::microseconds(round % 8 * 50), use_async_info));
        asio::post(cancellers, [op, round] {
            for (unsigned delay = 0; delay < round % 16; ++delay)
                std::this_thread::yield();
            op.Cancel();
        });
        for (unsigned n = 0; n < round % 32; ++n)
            asio::write(far_end, asio::buffer("a", 1));
        BOOST_TEST(op.wait() == AsyncStatus::Canceled);
        BOOST_TEST(std::get<1>(op.outcome()).value() + near_end.available() == round % 32);
    }
    cancellers.join();
}

#else

BOOST_AUTO_TEST_CASE(needs_a_newer_boost) { BOOST_TEST(BOOST_VERSION < 108600); }

#endif

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::cancel_after_aborts_test
