// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// `op.get(queue)`, `op.wait_for(queue, d)` and `group.shutdown(queue, d)` run the queue on the
/// thread that waits: a loop's own thread may wait for what is bound to its queue.
namespace asyncinfo_test::get_drives_a_queue_test {
namespace {

IAsyncOperation<int> on_the_queue(completion_queue&, IAsyncAction awaited) {
    co_await awaited;
    co_return 7;
}

} // namespace

BOOST_AUTO_TEST_SUITE(get_drives_a_queue)

BOOST_AUTO_TEST_CASE(on_this_thread) {
    completion_queue queue;
    asio::post(queue, use_async_info).get(queue);
    const auto op = asio::post(queue, use_async_info);
    BOOST_TEST((op.wait_for(queue, 24h) == AsyncStatus::Completed));
    BOOST_TEST((op.wait_for(queue, 24h) == AsyncStatus::Completed));
    error_code error = asio::error::fault;
    asio::post(queue, use_async_info).get(queue, error);
    BOOST_TEST(!error);

    pending<void(error_code)> source;
    const auto failing = source.start(use_async_info);
    asio::post(queue, [&] { source.complete(asio::error::eof); });
    CHECK_THROWS_CODE(failing.get(queue), asio::error::eof);
}

BOOST_AUTO_TEST_CASE(only_until_the_operation_ends) {
    completion_queue queue;
    int runs = 0;
    for (const auto duration : {24h, 0h}) {
        const auto op = asio::post(queue, use_async_info);
        asio::post(queue, [&] { ++runs; });
        BOOST_TEST((op.wait_for(queue, duration) == AsyncStatus::Completed));
        BOOST_TEST(runs == 0);
        BOOST_TEST(queue.poll() == 1u);
        runs = 0;
    }
}

// A coroutine of the queue's, which waits for what ends on another thread.
BOOST_AUTO_TEST_CASE(while_what_it_waits_for_ends_elsewhere) {
    completion_queue queue;
    asio::thread_pool pool(1);
    BOOST_TEST(on_the_queue(queue, asio::post(pool, use_async_info)).get(queue) == 7);
}

// Nothing of it comes to the queue: the end itself wakes the thread.
BOOST_AUTO_TEST_CASE(while_the_operation_ends_on_another_thread) {
    completion_queue queue;
    asio::thread_pool pool(2);
    for (int i = 0; i != 5000; ++i) {
        const auto op = asio::post(pool, use_async_info);
        if (i % 2)
            asio::post(pool, [&] { asio::post(queue, [] {}); });
        op.get(queue);
    }
    pool.join();
    queue.poll();
}

BOOST_AUTO_TEST_CASE(no_longer_than_it_may) {
    completion_queue queue;
    pending<void()> source;
    const auto op = source.start(use_async_info);
    int runs = 0;
    asio::post(queue, [&] { ++runs; });
    BOOST_TEST((op.wait_for(queue, -1s) == AsyncStatus::Started)); // polls
    BOOST_TEST(runs == 1);
    const auto before = std::chrono::steady_clock::now();
    BOOST_TEST((op.wait_for(queue, 20ms) == AsyncStatus::Started));
    BOOST_TEST((std::chrono::steady_clock::now() - before >= 20ms));
    source.complete();
    BOOST_TEST((op.Status() == AsyncStatus::Completed));
}

BOOST_AUTO_TEST_CASE(whose_handlers_throw) {
    completion_queue queue;
    pending<void()> source;
    const auto op = source.start(use_async_info);
    asio::post(queue, [] { throw 1; });
    asio::post(queue, [&] { source.complete(); });
    BOOST_CHECK_THROW(op.get(queue), int);
    op.get(queue);
}

BOOST_AUTO_TEST_CASE(from_within) {
    completion_queue queue;
    bool ended = false;
    asio::post(queue, [&] {
        asio::post(queue, use_async_info).get(queue);
        ended = true;
    });
    queue.poll();
    BOOST_TEST(ended);
}

// What needs this thread for another context cannot come meanwhile.
BOOST_AUTO_TEST_CASE(but_not_where_another_context_is_needed) {
    completion_queue queue;
    asio::io_context context;
    asio::post(context, [&] {
        const auto op = asio::post(context, use_async_info);
        error_code error;
        op.wait_for(queue, 24h, error);
        BOOST_TEST((error == errc::would_deadlock));
        operation_group<> group;
        group.add(op);
        CHECK_THROWS_CODE(group.shutdown(queue, 24h), errc::would_deadlock);
        BOOST_TEST(!op.cancel_requested());
    });
    context.run();
}

BOOST_AUTO_TEST_CASE(that_is_destroyed_meanwhile) {
    std::optional<completion_queue> queue(std::in_place);
    asio::thread_pool pool(1);
    pending<void()> source;
    const auto op = source.start(use_async_info);
    asio::post(*queue, [&] {
        queue.reset();
        asio::post(pool, [&] { source.complete(); });
    });
    op.get(*queue);
    BOOST_TEST(!queue);
    pool.join();
}

// The trap that it is for: `shutdown(d)` would wait in vain, since nobody polls the queue.
BOOST_AUTO_TEST_CASE(so_does_the_shutdown_of_a_group) {
    completion_queue queue;
    asio::thread_pool pool(1);
    operation_group<> group;
    std::deque<asio::steady_timer> timers;
    for (int i = 0; i != 100; ++i) {
        timers.emplace_back(pool, 24h);
        group.add(timers.back().async_wait(asio::bind_executor(queue, use_async_info)));
    }
    BOOST_TEST(group.shutdown(queue, 24h).empty());
    BOOST_TEST(group.counts().canceled == 100u);

    // One that does not stop, and the budget of those that wait no longer.
    for (const auto duration : {20ms, 0ms}) {
        operation_group<> other;
        pending<void()> deaf;
        other.add(deaf.start(use_async_info.named("deaf")));
        const auto left = other.shutdown(queue, duration);
        BOOST_REQUIRE(left.size() == 1u);
        BOOST_TEST(left.front().name() == "deaf");
        deaf.complete();
    }
}

BOOST_AUTO_TEST_CASE(and_a_shutdown_may_drive_an_io_context) {
    asio::io_context context;
    asio::steady_timer timer(context, 24h);
    operation_group<> group;
    group.add(timer.async_wait(use_async_info));
    BOOST_TEST(group.shutdown(context, 24h).empty());
    BOOST_TEST(group.counts().canceled == 1u);
    BOOST_CHECK_THROW(([&] {
                          operation_group<> other;
                          pending<void()> deaf;
                          other.add(deaf.start(use_async_info));
                          asio::post(context, [] { throw 1; });
                          other.shutdown(context, 24h);
                      }()),
                      int);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::get_drives_a_queue_test
