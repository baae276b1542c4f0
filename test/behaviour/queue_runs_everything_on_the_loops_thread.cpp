// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::queue_runs_everything_on_the_loops_thread_test {
namespace {

/// Counts what runs on the thread that made it, and complains about others.
class loop_thread {
public:
    void here() {
        BOOST_TEST((std::this_thread::get_id() == thread_));
        ++calls;
    }
    int calls = 0;

private:
    const std::thread::id thread_ = std::this_thread::get_id();
};

void poll_until(completion_queue& queue, loop_thread& loop, int calls) {
    while (loop.calls != calls) {
        BOOST_TEST_REQUIRE(queue.wait_for(1min));
        queue.poll();
    }
}

IAsyncOperation<int> on_the_queue(completion_queue::executor_type, asio::io_context& network,
                                  IAsyncAction elsewhere, loop_thread& loop) {
    loop.here();
    co_await elsewhere; // a handle
    loop.here();
    asio::steady_timer timer(network, 1ms);
    co_await timer.async_wait(asio::deferred); // an operation of Asio's
    loop.here();
    co_return 7;
}

IAsyncAction by_reference(completion_queue& queue, asio::io_context& network, loop_thread& loop) {
    co_await asyncinfo::resume_on(network.get_executor());
    co_await asyncinfo::resume_on(queue);
    loop.here();
}

} // namespace

BOOST_AUTO_TEST_SUITE(queue_runs_everything_on_the_loops_thread)

BOOST_AUTO_TEST_CASE(completed_handlers) {
    completion_queue queue;
    loop_thread loop;
    running_context network(2);
    asio::steady_timer timer(network, 1ms);
    const auto early = timer.async_wait(use_async_info);
    const auto handler = [&](const IAsyncAction&, AsyncStatus status) {
        BOOST_TEST((status == AsyncStatus::Completed));
        loop.here();
    };
    early.Completed(asio::bind_executor(queue, handler));
    poll_until(queue, loop, 1);
    const auto late = asio::post(network, use_async_info);
    late.wait();
    late.Completed(asio::bind_executor(asio::any_io_executor(queue.get_executor()), handler));
    BOOST_TEST(loop.calls == 1);
    poll_until(queue, loop, 2);
}

BOOST_AUTO_TEST_CASE(progress_handlers) {
    completion_queue queue;
    loop_thread loop;
    const async_source<void, int> source;
    const auto op = source.operation();
    op.Progress(asio::bind_executor(queue, [&](auto&, int) { loop.here(); }));
    joining_thread([&] { source.report(1); });
    poll_until(queue, loop, 1);
    source.set_value();
}

BOOST_AUTO_TEST_CASE(waits_with_a_bound_executor) {
    completion_queue queue;
    loop_thread loop;
    running_context network(2);
    asio::steady_timer timer(network, 1ms);
    const auto op = timer.async_wait(use_async_info);
    const auto handler = [&](error_code error) {
        BOOST_TEST(!error);
        loop.here();
    };
    op(asio::bind_executor(queue, handler));
    op.async_wait(asio::bind_executor(asio::make_strand(queue), handler));
    // These are work: it ends when both have come.
    while (queue.wait())
        queue.poll();
    BOOST_TEST(loop.calls == 2);
    op(asio::bind_executor(queue, handler)); // it has ended
    BOOST_TEST(loop.calls == 2);
    poll_until(queue, loop, 3);
}

BOOST_AUTO_TEST_CASE(coroutines) {
    completion_queue queue;
    loop_thread loop;
    async_source<> elsewhere;
    running_context network(2);
    const auto op = on_the_queue(queue.get_executor(), network, elsewhere.operation(), loop);
    BOOST_TEST(loop.calls == 1); // starts at once
    asio::post(network, [&] { elsewhere.set_value(); });
    while (queue.wait())
        queue.poll();
    BOOST_TEST(loop.calls == 3);
    BOOST_TEST(op.get() == 7);
    const auto other = by_reference(queue, network, loop);
    poll_until(queue, loop, 4);
    other.get();
}

// Steps, cancellation and deadlines of an operation whose executor is the queue.
BOOST_AUTO_TEST_CASE(operations_of_its_own) {
    completion_queue queue;
    loop_thread loop;
    running_context network;
    asio::steady_timer timer(network, asio::steady_timer::time_point::max());
    const auto cancelled = timer.async_wait(asio::bind_executor(queue, use_async_info));
    cancelled.Completed([&](auto&, auto) { loop.here(); });
    joining_thread([&] { cancelled.Cancel(); });
    BOOST_TEST((cancelled.Status() == AsyncStatus::Started));
    poll_until(queue, loop, 1);
    BOOST_TEST((cancelled.Status() == AsyncStatus::Canceled));

    const auto late =
        timer.async_wait(asio::bind_executor(queue, use_async_info.cancel_after(1ms)));
    late.Completed([&](auto&, auto) { loop.here(); });
    poll_until(queue, loop, 2);
    BOOST_TEST(late.ErrorCode() == asio::error::timed_out);

    asio::steady_timer own(queue, asio::steady_timer::time_point::max());
    const auto of_the_queue = own.async_wait(use_async_info.cancel_after(1ms));
    of_the_queue.Completed([&](auto&, auto) { loop.here(); });
    poll_until(queue, loop, 3);
    BOOST_TEST(of_the_queue.ErrorCode() == asio::error::timed_out);
}

// Where a wait says no executor, it runs on the operation's own, also when that has ended.
BOOST_AUTO_TEST_CASE(waits_that_name_no_executor) {
    completion_queue queue;
    loop_thread loop;
    running_context network;
    const auto handler = [&](error_code, auto...) { loop.here(); };
    int calls = 0;
    const auto check = [&](const auto& op) {
        op(handler);
        poll_until(queue, loop, ++calls);
        BOOST_TEST_REQUIRE((op.Status() == AsyncStatus::Completed));
        op(handler);
        poll_until(queue, loop, ++calls);
    };
    check(asio::post(network, asio::bind_executor(queue, use_async_info)));
    check(asio::post(queue, use_async_info));
    check(asio::post(asio::any_io_executor(queue.get_executor()), use_async_info));
    // A strand is given back, and what is under it remains.
    check(asio::post(asio::make_strand(queue), use_async_info));
    check(asio::post(asio::any_io_executor(asio::make_strand(queue)), use_async_info));
    check(
        asio::post(asio::make_strand(asio::any_io_executor(queue.get_executor())), use_async_info));
    loop_thread body;
    check(on_the_queue(queue.get_executor(), network, asio::post(network, use_async_info), body));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::queue_runs_everything_on_the_loops_thread_test
