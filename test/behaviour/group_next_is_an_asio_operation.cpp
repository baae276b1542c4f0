// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// `async_next` waits for the next operation of a group with any completion token, any number of
/// times, cancellable one by one.
namespace asyncinfo_test::group_next_is_an_asio_operation_test {
namespace {

using group_type = operation_group<int>;
using entry = group_type::entry;

/// What a wait has delivered: nothing yet, the tag, or the error.
struct wait_result {
    int calls = 0;
    error_code error;
    int tag = 0;

    auto handler() {
        return [this](error_code e, std::optional<entry> next) {
            ++calls;
            error = e;
            BOOST_TEST(next.has_value() == !e);
            if (next)
                tag = next->tag;
        };
    }
};

struct fixture {
    asio::io_context context;
    group_type group;
    async_source<> a, b, c;

    fixture() {
        group.add(a.operation(), 1);
        group.add(b.operation(), 2);
        group.add(c.operation(), 3);
    }

    auto on_context(auto token) { return asio::bind_executor(context, std::move(token)); }
    void poll() { run_ready(context); }
};

} // namespace

BOOST_AUTO_TEST_SUITE(group_next_is_an_asio_operation)

BOOST_FIXTURE_TEST_CASE(it_completes_when_one_ends, fixture) {
    wait_result result;
    group.async_next(on_context(result.handler()));
    poll();
    BOOST_TEST(result.calls == 0);
    b.set_value();
    BOOST_TEST(result.calls == 0); // not where it ended
    BOOST_TEST(!group.try_next()); // it has been given away
    poll();
    BOOST_TEST(result.calls == 1);
    BOOST_TEST(result.tag == 2);
    BOOST_TEST(group.size() == 2u);
}

BOOST_FIXTURE_TEST_CASE(at_once_if_one_is_ready_but_not_within_the_call, fixture) {
    wait_result result;
    b.set_value();
    a.set_value();
    bool returned = false;
    asio::post(context, [&] {
        group.async_next(on_context(result.handler()));
        returned = true;
        BOOST_TEST(result.calls == 0);
    });
    poll();
    BOOST_TEST(returned);
    BOOST_TEST(result.tag == 2);
    BOOST_TEST(group.try_next()->tag == 1);
}

BOOST_FIXTURE_TEST_CASE(it_keeps_its_context_at_work, fixture) {
    wait_result result;
    group.async_next(on_context(result.handler()));
    BOOST_TEST(context.poll() == 0u);
    BOOST_TEST(!context.stopped());
    a.set_value();
    context.run();
    BOOST_TEST(result.tag == 1);
}

BOOST_FIXTURE_TEST_CASE(several_are_served_in_order, fixture) {
    wait_result first, second, third;
    group.async_next(on_context(first.handler()));
    group.async_next(on_context(second.handler()));
    group.async_next(on_context(third.handler()));
    c.set_value();
    a.set_value();
    poll();
    BOOST_TEST(first.tag == 3);
    BOOST_TEST(second.tag == 1);
    BOOST_TEST(third.calls == 0);
    b.set_value();
    poll();
    BOOST_TEST(third.tag == 2);
    BOOST_TEST(group.empty());
}

BOOST_AUTO_TEST_CASE(an_empty_group_is_waited_for_as_well) {
    asio::io_context context;
    group_type group;
    wait_result result;
    group.async_next(asio::bind_executor(context, result.handler()));
    async_source<> a;
    a.set_value();
    group.add(a.operation(), 5);
    context.run();
    BOOST_TEST(result.tag == 5);
}

BOOST_FIXTURE_TEST_CASE(cancelling_it_cancels_nothing_else, fixture) {
    wait_result first, second;
    asio::cancellation_signal signal;
    group.async_next(on_context(asio::bind_cancellation_slot(signal.slot(), first.handler())));
    group.async_next(on_context(second.handler()));
    signal.emit(asio::cancellation_type::none);
    poll();
    BOOST_TEST(first.calls == 0);
    signal.emit(asio::cancellation_type::partial);
    BOOST_TEST(first.calls == 0);
    poll();
    BOOST_TEST(first.calls == 1);
    BOOST_TEST(first.error == asio::error::operation_aborted);
    BOOST_TEST(!a.operation().cancel_requested());
    a.set_value();
    signal.emit(asio::cancellation_type::all); // the slot is empty again
    poll();
    BOOST_TEST(second.tag == 1);
    BOOST_TEST(first.calls == 1);
}

BOOST_FIXTURE_TEST_CASE(a_request_that_comes_too_late_takes_nothing_back, fixture) {
    wait_result result;
    asio::cancellation_signal signal;
    group.async_next(on_context(asio::bind_cancellation_slot(signal.slot(), result.handler())));
    a.set_value();
    signal.emit(asio::cancellation_type::all);
    poll();
    BOOST_TEST(result.calls == 1);
    BOOST_TEST(result.tag == 1);
}

BOOST_FIXTURE_TEST_CASE(a_request_after_a_lost_wait_meets_nobody, fixture) {
    wait_result lost, kept;
    asio::cancellation_signal signal;
    {
        asio::io_context other;
        group.async_next(asio::bind_executor(
            other, asio::bind_cancellation_slot(signal.slot(), lost.handler())));
        a.set_value();
    }
    BOOST_TEST(group.try_next()->tag == 1);
    group.async_next(on_context(kept.handler())); // in the same memory, maybe
    signal.emit(asio::cancellation_type::all);
    poll();
    BOOST_TEST(kept.calls == 0);
    b.set_value();
    poll();
    BOOST_TEST(kept.tag == 2);
    BOOST_TEST(lost.calls == 0);
}

BOOST_FIXTURE_TEST_CASE(a_handler_destroyed_uncalled_takes_nothing, fixture) {
    wait_result lost;
    {
        asio::io_context other;
        group.async_next(asio::bind_executor(other, lost.handler()));
        a.set_value();
        b.set_error(asio::error::eof);
        BOOST_TEST(group.size() == 3u);
        BOOST_TEST(group.counts().completed == 1u);
        BOOST_TEST(!group.add(a.operation())); // on its way, and so in there
    }
    BOOST_TEST(group.try_next()->tag == 1); // first, as it was
    BOOST_TEST(group.try_next()->tag == 2);
    BOOST_TEST(group.counts().completed == 0u);
    BOOST_TEST(group.add(a.operation(), 4));
}

BOOST_FIXTURE_TEST_CASE(the_next_in_the_line_has_it_then, fixture) {
    wait_result lost, next;
    {
        asio::io_context other;
        group.async_next(asio::bind_executor(other, lost.handler()));
        group.async_next(on_context(next.handler()));
        a.set_value();
        poll();
        BOOST_TEST(next.calls == 0);
    }
    poll();
    BOOST_TEST(next.tag == 1);
    BOOST_TEST(lost.calls == 0);
}

BOOST_FIXTURE_TEST_CASE(with_a_coroutine, fixture) {
    std::vector<int> tags;
    error_code end;
    asio::co_spawn(
        context,
        [](group_type& g, std::vector<int>& seen, error_code& last) -> asio::awaitable<void> {
            for (;;) {
                auto [error, next] = co_await g.async_next(asio::as_tuple(asio::use_awaitable));
                last = error;
                if (error)
                    co_return;
                seen.push_back(next->tag);
            }
        }(group, tags, end),
        asio::detached);
    poll();
    b.set_value();
    poll();
    c.set_value();
    a.set_value();
    poll();
    BOOST_TEST((tags == std::vector{2, 3, 1}));
    group.shutdown(0s);
    poll();
    BOOST_TEST((end == errc::group_shut_down));
}

BOOST_FIXTURE_TEST_CASE(with_a_future_and_without_an_executor, fixture) {
    auto future = group.async_next(asio::use_future);
    a.set_value();
    BOOST_REQUIRE((future.wait_for(long_enough) == std::future_status::ready));
    BOOST_TEST(future.get()->tag == 1);
}

BOOST_FIXTURE_TEST_CASE(with_our_own_token, fixture) {
    const auto next = group.async_next(on_context(use_async_info));
    const auto cancelled = group.async_next(on_context(use_async_info));
    const auto anywhere = group.async_next(use_async_info);
    cancelled.Cancel();
    a.set_value();
    poll();
    BOOST_TEST(next.GetResults()->tag == 1);
    BOOST_TEST(cancelled.Status() == AsyncStatus::Canceled);
    b.set_value();
    BOOST_TEST(anywhere.wait_for(long_enough) == AsyncStatus::Completed);
    BOOST_TEST(anywhere.get()->tag == 2);
}

BOOST_FIXTURE_TEST_CASE(cancelled_from_another_thread_at_any_time, fixture) {
    asio::thread_pool pool(2);
    for (int i = 0; i != 200; ++i) {
        async_source<> source;
        group.add(source.operation(), 7);
        const auto next = group.async_next(asio::bind_executor(pool, use_async_info));
        asio::post(pool, [next] { next.Cancel(); });
        source.set_value();
        const auto status = next.wait_for(long_enough);
        if (status == AsyncStatus::Canceled)
            BOOST_TEST(group.try_next()->tag == 7);
        else
            BOOST_TEST(next.get()->tag == 7);
    }
}

BOOST_FIXTURE_TEST_CASE(deferred_it_starts_later, fixture) {
    wait_result result;
    auto next = group.async_next(asio::deferred);
    a.set_value();
    BOOST_TEST(group.try_next()->tag == 1);
    std::move(next)(on_context(result.handler()));
    b.set_value();
    poll();
    BOOST_TEST(result.tag == 2);
}

BOOST_AUTO_TEST_CASE(deferred_it_may_outlive_the_group) {
    asio::io_context context;
    std::optional<group_type> group(std::in_place);
    auto next = group->async_next(asio::deferred);
    group.reset();
    wait_result result;
    std::move(next)(asio::bind_executor(context, result.handler()));
    context.run();
    BOOST_TEST(result.error == asio::error::operation_aborted);
}

BOOST_FIXTURE_TEST_CASE(after_the_shutdown_it_gives_what_is_left_and_then_ends, fixture) {
    wait_result first, second, third, fourth;
    group.async_next(on_context(first.handler()));
    group.async_next(on_context(second.handler()));
    a.set_value();
    BOOST_TEST(group.shutdown(0s).size() == 2u);
    group.async_next(on_context(third.handler()));
    group.async_next(on_context(fourth.handler()));
    poll();
    BOOST_TEST(first.tag == 1);
    BOOST_TEST(second.calls == 0);
    b.set_value();
    c.set_value();
    BOOST_TEST(fourth.calls == 0);
    poll(); // what is on its way may still come back
    BOOST_TEST(second.tag == 2);
    BOOST_TEST(third.tag == 3);
    poll();
    BOOST_TEST((fourth.error == errc::group_shut_down));
    wait_result fifth;
    group.async_next(on_context(fifth.handler()));
    poll();
    BOOST_TEST((fifth.error == errc::group_shut_down));
}

BOOST_AUTO_TEST_CASE(the_shutdown_of_an_empty_group_ends_it) {
    asio::io_context context;
    group_type group;
    wait_result first, second;
    group.async_next(asio::bind_executor(context, first.handler()));
    group.async_next(asio::bind_executor(context, second.handler()));
    BOOST_TEST(group.shutdown(0s).empty());
    BOOST_TEST(first.calls == 0);
    context.run();
    BOOST_TEST((first.error == errc::group_shut_down));
    BOOST_TEST((second.error == errc::group_shut_down));
}

BOOST_FIXTURE_TEST_CASE(it_allocates_from_the_handler, fixture) {
    allocations blocks;
    const counting_allocator<void> memory(blocks);
    wait_result result;
    group.async_next(on_context(asio::bind_allocator(memory, result.handler())));
    BOOST_TEST(blocks.alive.load() == 1);
    a.set_value();
    poll();
    BOOST_TEST(result.tag == 1);
    BOOST_TEST(blocks.alive.load() == 0);

    blocks.budget = 0;
    b.set_value();
    BOOST_CHECK_THROW(group.async_next(on_context(asio::bind_allocator(memory, result.handler()))),
                      std::bad_alloc);
    blocks.budget = 1; // for the wait, and none to submit it
    BOOST_CHECK_THROW(group.async_next(on_context(asio::bind_allocator(memory, result.handler()))),
                      std::bad_alloc);
    poll();
    BOOST_TEST(result.calls == 1);
    BOOST_TEST(group.try_next()->tag == 2);
    BOOST_TEST(blocks.alive.load() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::group_next_is_an_asio_operation_test
