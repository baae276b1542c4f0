// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §7: a wait for a handle completes on its token's executor, else on that of the operation, which
/// it keeps at work; never in the caller.
namespace asyncinfo_test::waits_complete_on_an_executor_test {

BOOST_AUTO_TEST_SUITE(waits_complete_on_an_executor)

// "It runs on the token's associated executor, else on op.get_executor()".
BOOST_AUTO_TEST_CASE(runs_on_the_tokens_executor_or_else_on_that_of_the_operation) {
    for (const bool late : {false, true}) {
        asio::io_context of_token, of_operation, of_object;
        const auto here = [](asio::io_context& context) {
            return context.get_executor().running_in_this_thread();
        };
        int calls = 0;

        pending<void(error_code)> bound;
        const auto bound_op = bound.start_on(of_object.get_executor(),
                                             asio::bind_executor(of_operation, use_async_info));
        pending<void(error_code)> published;
        const auto published_op =
            published.start_on(asio::any_io_executor(of_object.get_executor()), use_async_info);
        if (late) {
            bound.complete({});
            published.complete({});
        }
        bound_op(asio::bind_executor(of_token, [&](error_code) { calls += here(of_token); }));
        bound_op([&](error_code) { calls += here(of_operation); });
        published_op(asio::bind_executor(of_token, [&](error_code) { calls += here(of_token); }));
        published_op([&](error_code) { calls += here(of_object); });
        if (!late) {
            bound.complete({});
            published.complete({});
        }
        BOOST_TEST(of_token.run() == 2u);
        BOOST_TEST(of_operation.run() == 1u);
        BOOST_TEST(of_object.run() == 1u);
        BOOST_TEST(calls == 4);
    }
}

// "the handler's associated executor, else the one the initiation published, else system_executor".
BOOST_AUTO_TEST_CASE(get_executor_tells_which) {
    asio::io_context context, other;
    const asio::any_io_executor expected = context.get_executor();
    const asio::any_io_executor system = asio::system_executor();
    const auto check = [&](auto start, const asio::any_io_executor& during,
                           const asio::any_io_executor& after) {
        pending<void(error_code)> source;
        const IAsyncAction op = start(source);
        BOOST_TEST((op.get_executor() == during));
        source.complete({});
        BOOST_TEST((op.get_executor() == after));
    };
    const auto on = [](auto executor) {
        return [=](auto& p) { return p.start_on(executor, use_async_info); };
    };
    const auto bound_to = [](auto executor) {
        return [=](auto& p) { return p.start(asio::bind_executor(executor, use_async_info)); };
    };
    const auto both = [&](auto& p) {
        return p.start_on(other.get_executor(), asio::bind_executor(context, use_async_info));
    };
    check(on(context.get_executor()), expected, expected);
    check(on(expected), expected, expected);
    check(bound_to(context.get_executor()), expected, expected);
    check(both, expected, expected);
    check([](auto& p) { return p.start(use_async_info); }, system, system);

    // A strand is given back at the end, since a handle may outlive its context.
    asio::thread_pool pool(1);
    const auto check_strand = [&](auto strand, const asio::any_io_executor& inner) {
        check(on(strand), strand, inner);
        check(bound_to(strand), strand, inner);
        const asio::any_io_executor any = strand;
        check(on(any), any, inner);
        check(bound_to(any), any, inner); // whatever the I/O object's own is
    };
    check_strand(asio::make_strand(context), expected);
    check_strand(asio::make_strand(expected), expected);
    check_strand(asio::make_strand(pool), pool.get_executor());
    const asio::any_io_executor of_pool = pool.get_executor();
    check(on(of_pool), of_pool, of_pool);
    check(bound_to(of_pool), of_pool, of_pool);
    check(bound_to(expected), expected, expected);
    check(bound_to(system), system, system);

    // Also if it is an I/O object that publishes it.
    asio::steady_timer timer(context);
    const auto op = timer.async_wait(use_async_info);
    BOOST_TEST((op.get_executor() == expected));

    CHECK_THROWS_CODE(IAsyncAction().get_executor(), errc::empty_handle);
}

// With nothing but system_executor it is a thread of Asio's, and not the caller's.
BOOST_AUTO_TEST_CASE(never_runs_in_the_caller_even_on_system_executor) {
    for (const bool late : {false, true}) {
        pending<void(error_code, int)> source;
        const auto op = source.start(use_async_info);
        if (late)
            source.complete({}, 7);
        std::promise<std::thread::id> called;
        op([&](error_code, int) { called.set_value(std::this_thread::get_id()); });
        if (!late)
            source.complete({}, 7);
        BOOST_TEST((called.get_future().get() != std::this_thread::get_id()));
    }
}

// ... nor where the caller is a thread of that executor, on which a dispatch would run it at once.
BOOST_AUTO_TEST_CASE(never_runs_in_the_caller_on_a_thread_of_its_executor) {
    asio::io_context context;
    std::vector<std::string> events;
    pending<void(error_code, int)> source;
    const auto op = source.start_on(context.get_executor(), use_async_info);
    asio::post(context, [&] {
        op([&](error_code, int) { events.push_back("early"); });
        source.complete({}, 7);
        events.push_back("ended");
        op([&](error_code, int) { events.push_back("late"); });
        events.push_back("left");
    });
    context.run();
    BOOST_TEST(events == (std::vector<std::string>{"ended", "left", "early", "late"}));
}

// A wait is work of the context that it is to complete on, as any operation of Asio's is, though
// the operation be another context's; until its handler has returned.
BOOST_AUTO_TEST_CASE(a_wait_keeps_its_context_running) {
    asio::io_context context, other;
    pending<void(error_code)> source;
    const auto op = source.start_on(other.get_executor(), use_async_info);
    bool stopped_during_the_call = false;
    op(asio::bind_executor(context,
                           [&](error_code) { stopped_during_the_call = context.stopped(); }));
    BOOST_TEST(context.poll() == 0u);
    BOOST_TEST(!context.stopped()); // run() would not have returned
    // The operation itself is none of the other's work.
    BOOST_TEST(other.poll() == 0u);
    BOOST_TEST(other.stopped());
    other.restart();

    source.complete({});
    BOOST_TEST(context.poll() == 1u);
    BOOST_TEST(!stopped_during_the_call);
    BOOST_TEST(context.stopped());

    // Likewise without an executor of its own, on the operation's.
    const auto again = source.start_on(other.get_executor(), use_async_info);
    again([](error_code) {});
    BOOST_TEST(other.poll() == 0u);
    BOOST_TEST(!other.stopped());
    source.complete({});
    BOOST_TEST(other.poll() == 1u);
    BOOST_TEST(other.stopped());
}

// The node comes from the handler's allocator, and is given back before the handler is called.
BOOST_AUTO_TEST_CASE(a_wait_uses_the_handlers_allocator) {
    allocations counted;
    int alive_during_the_call = -1;
    auto context = std::make_unique<asio::io_context>();
    pending<void(error_code, int)> source;
    const auto op = source.start_on(context->get_executor(), use_async_info);
    const auto observe = [&] {
        op(asio::bind_executor(
            *context, asio::bind_allocator(counting_allocator<char>(counted), [&](error_code, int) {
                alive_during_the_call = counted.alive;
            })));
    };
    observe();
    BOOST_TEST(counted.made == 1);
    source.complete({}, 7);
    BOOST_TEST(counted.made == 2); // what is posted to the executor
    context->run();
    BOOST_TEST(alive_during_the_call == 0);

    // Without memory there is no wait, and the exception is the caller's.
    counted.budget = 0;
    BOOST_CHECK_THROW(observe(), std::bad_alloc);
    BOOST_TEST(counted.alive == 0);
    counted.budget = 1;
    BOOST_CHECK_THROW(observe(), std::bad_alloc);
    BOOST_TEST(counted.alive == 0);

    // Nor is it lost if the handler is destroyed uncalled.
    counted.budget = 2;
    observe();
    BOOST_TEST(counted.alive == 2);
    context.reset();
    BOOST_TEST(counted.alive == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::waits_complete_on_an_executor_test
