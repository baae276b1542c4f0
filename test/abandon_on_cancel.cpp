// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::abandon_on_cancel_test {
namespace {

const error_code aborted = asio::error::operation_aborted;

template <typename Handle>
concept accepted = requires(Handle op) { asyncinfo::abandon_on_cancel(op); };

static_assert(accepted<IAsyncAction> && accepted<IAsyncOperation<int>>);
static_assert(!accepted<IAsyncInfo> && !accepted<int>); // of which kind would it be?

struct fixture {
    pending<void(error_code, std::shared_ptr<int>)> source;
    IAsyncOperation<std::shared_ptr<int>> inner = source.start(use_async_info);
    IAsyncOperation<std::shared_ptr<int>> outer = asyncinfo::abandon_on_cancel(inner);
};

template <typename Handle>
void check_canceled(const Handle& op) {
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);
    BOOST_TEST(op.ErrorCode() == aborted);
    BOOST_CHECK_THROW(static_cast<void>(op.GetResults()), system_error);
}

} // namespace

BOOST_AUTO_TEST_SUITE(abandon_on_cancel)

BOOST_FIXTURE_TEST_CASE(it_ends_at_once_on_the_thread_that_cancels, fixture) {
    BOOST_TEST((outer != inner));
    BOOST_TEST(outer.Status() == AsyncStatus::Started);
    std::thread::id called;
    outer.Completed([&](auto& sender, AsyncStatus) {
        called = std::this_thread::get_id();
        check_canceled(sender);
    });
    const auto canceller = on_another_thread([&] {
        outer.Cancel();
        check_canceled(outer); // when Cancel returns
    });
    BOOST_TEST((called == canceller));
    BOOST_TEST(inner.Status() == AsyncStatus::Started);
    source.complete({}, nullptr);
    BOOST_TEST(inner.Status() == AsyncStatus::Completed);
    check_canceled(outer);
}

BOOST_FIXTURE_TEST_CASE(the_request_is_passed_on, fixture) {
    outer.Cancel();
    BOOST_TEST(inner.cancel_requested());

    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    const IAsyncAction stops = timer.async_wait(use_async_info);
    asyncinfo::abandon_on_cancel(stops).Cancel();
    context.run_for(long_enough);
    BOOST_TEST(stops.Status() == AsyncStatus::Canceled);

    // With the types that were asked for.
    auto asked = asio::cancellation_type::none;
    const auto succeed = [&](asio::cancellation_type_t types) {
        asked = types;
        return error_code();
    };
    const IAsyncAction op =
        asyncinfo::abandon_on_cancel(async_until_cancelled(succeed, use_async_info));
    op.Cancel(asio::cancellation_type::partial);
    BOOST_TEST((asked == asio::cancellation_type::partial));
    check_canceled(op); // though the inner one succeeds
}

BOOST_FIXTURE_TEST_CASE(a_late_result_is_dropped, fixture) {
    outer.Cancel();
    const auto result = std::make_shared<int>();
    inner = nullptr;
    source.complete({}, result);
    BOOST_TEST(result.use_count() == 1); // though `outer` is there
    check_canceled(outer);
}

BOOST_FIXTURE_TEST_CASE(the_inner_one_keeps_what_it_owns, fixture) {
    const auto owned = std::make_shared<int>();
    pending<void()> keeping;
    {
        const auto op =
            asyncinfo::abandon_on_cancel(keeping.start(asio::consign(use_async_info, owned)));
        op.Cancel();
        check_canceled(op);
    }
    BOOST_TEST(owned.use_count() == 2);
    keeping.complete();
    BOOST_TEST(owned.use_count() == 1);
}

BOOST_FIXTURE_TEST_CASE(blocked_threads_wake_up, fixture) {
    std::thread waiter([&] { BOOST_TEST(outer.wait() == AsyncStatus::Canceled); });
    outer.Cancel();
    waiter.join();
}

BOOST_FIXTURE_TEST_CASE(its_own_deadline_is_told_apart, fixture) {
    outer.cancel_after(0s);
    BOOST_TEST(outer.Status() == AsyncStatus::Error);
    BOOST_TEST(outer.ErrorCode() == asio::error::timed_out);
    BOOST_TEST(inner.cancel_requested());
    source.complete(aborted, nullptr);
    BOOST_TEST(inner.ErrorCode() == aborted); // it had none
}

BOOST_AUTO_TEST_CASE(its_deadline_in_real_time) {
    asio::io_context context;
    pending<void()> source;
    const auto op =
        asyncinfo::abandon_on_cancel(source.start_on(context.get_executor(), use_async_info));
    op.cancel_after(1ms);
    context.run_for(long_enough);
    BOOST_TEST(op.ErrorCode() == asio::error::timed_out);
    BOOST_TEST(context.stopped());
}

BOOST_AUTO_TEST_CASE(and_not_after_it_has_been_abandoned) {
    asyncinfo::async_source<void, std::shared_ptr<int>> source;
    const auto owned = std::make_shared<int>();
    {
        const auto outer = asyncinfo::abandon_on_cancel(source.operation());
        int calls = 0;
        outer.Progress([&calls, &outer, owned](auto&, auto&) {
            ++calls;
            outer.Cancel(); // ends when this call has returned
            BOOST_TEST(outer.Status() == AsyncStatus::Started);
        });
        source.report(owned);
        check_canceled(outer);
        source.report(owned);
        BOOST_TEST(calls == 1);
        BOOST_TEST(!source.operation().Progress());
    }
    BOOST_TEST(owned.use_count() == 2); // the source's latest
}

BOOST_AUTO_TEST_CASE(bad_handles_are_refused) {
    CHECK_THROWS_CODE(asyncinfo::abandon_on_cancel(IAsyncAction()), errc::empty_handle);
    const IAsyncAction op = pending<void()>::ended(use_async_info);
    op.Close();
    CHECK_THROWS_CODE(asyncinfo::abandon_on_cancel(op), errc::illegal_method_call);
}

BOOST_AUTO_TEST_CASE(dropping_its_handle_cancels_nothing) {
    pending<void()> source;
    const auto inner = source.start(use_async_info);
    AsyncStatus seen{};
    asyncinfo::abandon_on_cancel(inner).Completed([&](auto&, AsyncStatus s) { seen = s; });
    BOOST_TEST(!inner.cancel_requested());
    source.complete();
    BOOST_TEST(seen == AsyncStatus::Completed);
}

// §6, also where the context is the inner one's.
BOOST_AUTO_TEST_CASE(waiting_on_the_inner_ones_thread_is_refused) {
    running_context context;
    asio::steady_timer timer(context, 1h);
    const auto inner = timer.async_wait(use_async_info);
    const auto op = asyncinfo::abandon_on_cancel(inner);
    std::promise<error_code> waited;
    asio::post(context, [&] {
        error_code error;
        op.wait(error);
        waited.set_value(error);
    });
    BOOST_TEST((waited.get_future().get() == errc::would_deadlock));
    op.Cancel();
    inner.wait(); // the timer goes
}

BOOST_AUTO_TEST_CASE(its_executor_is_the_inner_ones) {
    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    const auto strand = asio::make_strand(context);
    for (const bool by_cancel : {false, true}) {
        const auto inner = timer.async_wait(asio::bind_executor(strand, use_async_info));
        const auto op = asyncinfo::abandon_on_cancel(inner);
        BOOST_TEST((op.get_executor() == strand));
        if (by_cancel)
            op.Cancel();
        else
            timer.cancel();
        context.restart();
        context.run_for(long_enough);
        BOOST_TEST((op.get_executor() == context.get_executor())); // it may outlive the strand
    }
}

BOOST_AUTO_TEST_CASE(a_long_chain_overflows_no_stack) {
    constexpr int depth = 10000;
    for (const bool by_cancel : {false, true}) {
        pending<void()> source;
        std::vector<IAsyncAction> chain{source.start(use_async_info)};
        for (int n = 0; n < depth; ++n)
            chain.push_back(asyncinfo::abandon_on_cancel(chain.back()));
        by_cancel ? chain.back().Cancel() : source.complete();
        int others = 0;
        for (int n = 1; n <= depth; ++n)
            others += chain.at(static_cast<std::size_t>(n)).Status() !=
                      (by_cancel ? AsyncStatus::Canceled : AsyncStatus::Completed);
        BOOST_TEST(others == 0);
        BOOST_TEST(chain.front().cancel_requested() == by_cancel);
    }
}

BOOST_AUTO_TEST_CASE(the_end_races_with_cancel) {
    int canceled = 0;
    for (int round = 0; round < race_rounds(3000); ++round) {
        pending<void(error_code, std::unique_ptr<int>)> source;
        const auto op = asyncinfo::abandon_on_cancel(source.start(use_async_info));
        std::atomic<int> calls{0};
        op.Completed([&calls](auto&, AsyncStatus) { ++calls; });
        at_once({[&] { op.wait_for(long_enough); }, [&] { op.Cancel(); },
                 [&] { source.complete({}, std::make_unique<int>(round)); }});
        BOOST_TEST(calls == 1);
        if (op.Status() == AsyncStatus::Completed) {
            BOOST_TEST(*op.GetResults() == round);
        } else {
            ++canceled;
            BOOST_TEST(op.ErrorCode() == aborted);
        }
    }
    BOOST_TEST_MESSAGE(canceled << " canceled");
}

// No name server is asked, and no file of hosts, which a bare machine has not: numeric hosts.
BOOST_AUTO_TEST_CASE(a_name_look_up) {
    using asio::ip::tcp;
    asio::io_context context;
    for (const std::string host : {"127.0.0.1", "127.0.0.2"}) {
        tcp::resolver resolver(context);
        const auto patient =
            asyncinfo::abandon_on_cancel(resolver.async_resolve(host, "80", use_async_info));
        context.restart();
        const auto found = patient.get(context);
        BOOST_REQUIRE(!found.empty());
        BOOST_TEST(found.begin()->endpoint().address().is_loopback());

        const auto impatient =
            asyncinfo::abandon_on_cancel(resolver.async_resolve(host, "80", use_async_info));
        impatient.Cancel();
        check_canceled(impatient);
        context.restart();
        context.run_for(long_enough);
        BOOST_TEST(context.stopped());
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::abandon_on_cancel_test
