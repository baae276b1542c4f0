// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::stop_on_test {
BOOST_AUTO_TEST_SUITE(stop_on)

static_assert(
    std::is_same_v<decltype(asyncinfo::stop_on(IAsyncAction(), std::stop_token())), IAsyncAction>);

IAsyncAction start_obedient() {
    const auto abort = [](asio::cancellation_type_t types) {
        BOOST_TEST((types == asio::cancellation_type::all));
        return asio::error::operation_aborted;
    };
    return async_until_cancelled(abort, use_async_info);
}

BOOST_AUTO_TEST_CASE(a_stop_request_cancels) {
    std::stop_source stop;
    pending<void()> source;
    const auto op = source.start(use_async_info);
    BOOST_TEST((asyncinfo::stop_on(op, stop.get_token()) == op));
    BOOST_TEST(!op.cancel_requested());
    stop.request_stop();
    BOOST_TEST(op.cancel_requested());
    source.complete();
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
}

BOOST_AUTO_TEST_CASE(and_the_operation_may_end_in_there) {
    std::stop_source stop;
    const auto op = asyncinfo::stop_on(start_obedient(), stop.get_token());
    const IAsyncInfo any = asyncinfo::stop_on(IAsyncInfo(op), stop.get_token());
    stop.request_stop();
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);
    BOOST_TEST((any == op));
}

BOOST_AUTO_TEST_CASE(a_token_that_is_stopped_already_cancels_at_once) {
    std::stop_source stop;
    stop.request_stop();
    const auto op = asyncinfo::stop_on(start_obedient(), stop.get_token());
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);
}

BOOST_AUTO_TEST_CASE(any_of_several_tokens_cancels) {
    std::stop_source one, two;
    pending<void()> source;
    const auto op = source.start(use_async_info);
    asyncinfo::stop_on(asyncinfo::stop_on(op, one.get_token()), two.get_token())
        .Completed([](auto&, AsyncStatus) {});
    two.request_stop();
    BOOST_TEST(op.cancel_requested());
    source.complete();
    one.request_stop();
}

BOOST_AUTO_TEST_CASE(from_a_jthread) {
    running_context context;
    asio::steady_timer timer(context, 1h);
    std::promise<AsyncStatus> ended;
    std::promise<void> started;
    std::jthread worker([&](std::stop_token stop) {
        const auto op = asyncinfo::stop_on(timer.async_wait(use_async_info), stop);
        started.set_value();
        ended.set_value(op.wait());
    });
    started.get_future().wait();
    worker.request_stop();
    BOOST_TEST(ended.get_future().get() == AsyncStatus::Canceled);
}

BOOST_AUTO_TEST_CASE(nothing_is_kept_after_the_end) {
    std::stop_source stop;
    allocations blocks;
    const auto owned = std::make_shared<int>();
    pending<void()> source;
    auto op =
        asyncinfo::stop_on(source.start(asio::bind_allocator(counting_allocator<void>(blocks),
                                                             asio::consign(use_async_info, owned))),
                           stop.get_token());
    source.complete();
    BOOST_TEST(!op.cancel_requested());
    BOOST_TEST(owned.use_count() == 1);
    op = nullptr;
    BOOST_TEST(blocks.alive.load() == 0);
    stop.request_stop();
}

BOOST_AUTO_TEST_CASE(a_token_that_cannot_be_stopped_costs_nothing) {
    pending<void()> source;
    auto op = asyncinfo::stop_on(source.start(use_async_info), std::stop_token());
    std::stop_token orphan;
    {
        const std::stop_source gone;
        orphan = gone.get_token();
    }
    op = asyncinfo::stop_on(op, orphan);
    // Nobody is to be told when it ends.
    const auto& block = *asyncinfo::detail::handle_access::operation(op);
    BOOST_TEST((block.load() & asyncinfo::detail::lifecycle::observed) == 0u);
    source.complete();
}

BOOST_AUTO_TEST_CASE(after_the_end_it_does_nothing) {
    std::stop_source stop;
    allocations blocks;
    auto op = pending<void()>::ended(
        asio::bind_allocator(counting_allocator<void>(blocks), use_async_info));
    BOOST_TEST((asyncinfo::stop_on(op, stop.get_token()) == op));
    op.Close();
    BOOST_TEST((asyncinfo::stop_on(op, stop.get_token()) == op));
    op = nullptr;
    BOOST_TEST(blocks.alive.load() == 0);
    stop.request_stop();
}

BOOST_AUTO_TEST_CASE(an_empty_handle_is_refused) {
    const std::stop_source stop;
    CHECK_THROWS_CODE(asyncinfo::stop_on(IAsyncAction(), stop.get_token()), errc::empty_handle);
    CHECK_THROWS_CODE(asyncinfo::stop_on(IAsyncAction(), std::stop_token()), errc::empty_handle);
}

// A stop request, the end, and the making of the link, on three threads.
BOOST_AUTO_TEST_CASE(all_at_once) {
    int canceled = 0;
    for (int round = 0; round < race_rounds(3000); ++round) {
        pending<void(error_code)> source;
        const auto op = source.start(use_async_info);
        std::stop_source stop;
        at_once({[&] { static_cast<void>(asyncinfo::stop_on(op, stop.get_token())); },
                 [&] { source.complete({}); }, [&] { stop.request_stop(); }});
        BOOST_TEST(op.Status() == AsyncStatus::Completed);
        canceled += op.cancel_requested();
    }
    BOOST_TEST_MESSAGE(canceled << " canceled in time");
}

BOOST_AUTO_TEST_CASE(all_at_once_where_the_request_ends_it) {
    running_context context(2);
    for (int round = 0; round < race_rounds(1000); ++round) {
        asio::steady_timer timer(context, std::chrono::microseconds(round % 32));
        std::stop_source stop;
        std::jthread stopper([&] { stop.request_stop(); });
        const auto op = asyncinfo::stop_on(timer.async_wait(use_async_info), stop.get_token());
        const auto status = op.wait_for(long_enough);
        BOOST_TEST((status == AsyncStatus::Completed || status == AsyncStatus::Canceled));
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::stop_on_test
