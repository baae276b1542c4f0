// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include <asyncinfo/abandon_on_cancel.hpp>

#include "support/pending.hpp"
#include "support/running_context.hpp"
#include "support/test.hpp"
#include "support/types.hpp"

namespace abandon_on_cancel_test {
namespace {

namespace asio = boost::asio;
using asyncinfo::AsyncStatus;
using asyncinfo::errc;
using asyncinfo::IAsyncAction;
using asyncinfo::IAsyncInfo;
using asyncinfo::IAsyncOperation;
using asyncinfo::use_async_info;
using asyncinfo_test::pending;
using boost::system::error_code;
using boost::system::system_error;
using namespace std::chrono_literals;

const error_code aborted = asio::error::operation_aborted;
constexpr auto bound = 1min; // only where something hangs

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
    std::thread::id canceller;
    std::thread([&] {
        canceller = std::this_thread::get_id();
        outer.Cancel();
        check_canceled(outer); // when Cancel returns
    }).join();
    BOOST_TEST((called == canceller));
    BOOST_TEST(inner.Status() == AsyncStatus::Started);
    source.complete({}, nullptr);
    BOOST_TEST(inner.Status() == AsyncStatus::Completed);
    check_canceled(outer);
}

BOOST_FIXTURE_TEST_CASE(whatever_type_is_asked_for, fixture) {
    outer.Cancel(asio::cancellation_type::total);
    check_canceled(outer);
}

BOOST_FIXTURE_TEST_CASE(the_request_is_passed_on, fixture) {
    outer.Cancel();
    BOOST_TEST(inner.cancel_requested());

    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    const IAsyncAction stops = timer.async_wait(use_async_info);
    asyncinfo::abandon_on_cancel(stops).Cancel();
    context.run_for(bound);
    BOOST_TEST(stops.Status() == AsyncStatus::Canceled);

    // With the types that were asked for.
    auto asked = asio::cancellation_type::none;
    const auto start = [&](auto token) {
        return asio::async_initiate<decltype(token), void()>(
            [&](auto handler) {
                auto slot = asio::get_associated_cancellation_slot(handler);
                auto held = std::make_shared<decltype(handler)>(std::move(handler));
                slot.assign([&asked, held](asio::cancellation_type_t types) mutable {
                    asked = types;
                    std::move (*std::exchange(held, nullptr))();
                });
            },
            token);
    };
    const IAsyncAction op = asyncinfo::abandon_on_cancel(start(use_async_info));
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
    context.run_for(bound);
    BOOST_TEST(op.ErrorCode() == asio::error::timed_out);
    BOOST_TEST(context.stopped());
}

// --- The inner one ends first -------------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(a_success_is_taken_over, fixture) {
    const auto result = std::make_shared<int>();
    int calls = 0;
    outer.Completed([&](auto&, AsyncStatus status) {
        ++calls;
        BOOST_TEST(status == AsyncStatus::Completed);
    });
    source.complete({}, result);
    BOOST_TEST(calls == 1);
    BOOST_TEST(outer.Status() == AsyncStatus::Completed);
    BOOST_TEST((outer.GetResults() == result));
    BOOST_TEST((inner.GetResults() == result));
    outer.Cancel();
    BOOST_TEST(outer.Status() == AsyncStatus::Completed);
    BOOST_TEST(!inner.cancel_requested());
    outer = nullptr;
    inner.Close();
    BOOST_TEST(result.use_count() == 1);
}

BOOST_FIXTURE_TEST_CASE(an_error_is_taken_over_with_its_partial_result, fixture) {
    const auto result = std::make_shared<int>();
    source.complete(asio::error::eof, result);
    BOOST_TEST(outer.Status() == AsyncStatus::Error);
    BOOST_TEST(outer.ErrorCode() == asio::error::eof);
    BOOST_TEST((std::get<1>(outer.outcome()) == result));
}

BOOST_FIXTURE_TEST_CASE(an_abort_is_taken_over, fixture) {
    source.complete(aborted, std::make_shared<int>());
    check_canceled(outer);
    BOOST_TEST((std::get<1>(outer.outcome()).value() != nullptr));
}

BOOST_AUTO_TEST_CASE(an_inner_deadline_is_taken_over) {
    pending<void(error_code)> source;
    const auto op = asyncinfo::abandon_on_cancel(source.start(use_async_info.cancel_after(0s)));
    source.complete(aborted);
    BOOST_TEST(op.Status() == AsyncStatus::Error);
    BOOST_TEST(op.ErrorCode() == asio::error::timed_out);
}

BOOST_FIXTURE_TEST_CASE(an_abandoned_one_is_taken_over, fixture) {
    source.drop();
    BOOST_TEST(outer.Status() == AsyncStatus::Error);
    BOOST_TEST((outer.ErrorCode() == errc::abandoned));
}

BOOST_AUTO_TEST_CASE(an_exception_is_taken_over_as_it_was) {
    pending<void(std::exception_ptr, int)> source;
    const auto op = asyncinfo::abandon_on_cancel(source.start(use_async_info));
    const auto exception = std::make_exception_ptr(std::range_error("r"));
    source.complete(exception, 3);
    BOOST_TEST((op.ErrorCode() == errc::unhandled_exception));
    BOOST_TEST((op.exception() == exception));
    BOOST_CHECK_THROW(static_cast<void>(op.GetResults()), std::range_error);
    BOOST_TEST(std::get<1>(op.outcome()).value() == 3);
}

BOOST_AUTO_TEST_CASE(a_tuple_is_taken_over) {
    pending<void(error_code, int)> failing, succeeding, abandoned;
    const auto failed = asyncinfo::abandon_on_cancel(failing.start(asio::as_tuple(use_async_info)));
    failing.complete(asio::error::eof, 3);
    BOOST_TEST(failed.Status() == AsyncStatus::Error);
    BOOST_TEST(failed.ErrorCode() == asio::error::eof);
    BOOST_TEST(std::get<0>(failed.GetResults()) == asio::error::eof); // does not throw
    BOOST_TEST(std::get<1>(failed.GetResults()) == 3);
    const auto succeeded =
        asyncinfo::abandon_on_cancel(succeeding.start(asio::as_tuple(use_async_info)));
    succeeding.complete({}, 4);
    BOOST_TEST(succeeded.Status() == AsyncStatus::Completed);
    BOOST_TEST(std::get<1>(succeeded.GetResults()) == 4);
    // There is no tuple to be given.
    const auto canceled =
        asyncinfo::abandon_on_cancel(abandoned.start(asio::as_tuple(use_async_info)));
    canceled.Cancel();
    check_canceled(canceled);
}

BOOST_AUTO_TEST_CASE(a_move_only_result_is_claimed) {
    pending<void(std::unique_ptr<int>)> source;
    const auto inner = source.start(use_async_info);
    const auto outer = asyncinfo::abandon_on_cancel(inner);
    source.complete(std::make_unique<int>(3));
    error_code error;
    BOOST_TEST(!inner.GetResults(error));
    BOOST_TEST((error == errc::illegal_method_call));
    BOOST_TEST(*outer.GetResults() == 3);
}

BOOST_AUTO_TEST_CASE(a_result_that_somebody_else_has_taken_is_none) {
    pending<void(std::unique_ptr<int>)> source;
    const auto inner = source.start(use_async_info);
    source.complete(std::make_unique<int>(3));
    BOOST_TEST(*inner.GetResults() == 3);
    const auto outer = asyncinfo::abandon_on_cancel(inner);
    BOOST_TEST(outer.Status() == AsyncStatus::Error);
    BOOST_TEST((outer.ErrorCode() == errc::illegal_method_call));
}

BOOST_AUTO_TEST_CASE(a_result_whose_copy_throws_is_an_error) {
    pending<void(asyncinfo_test::throws_when_copied)> source;
    const auto outer = asyncinfo::abandon_on_cancel(source.start(use_async_info));
    source.complete({});
    BOOST_TEST(outer.Status() == AsyncStatus::Error);
    BOOST_CHECK_THROW(std::rethrow_exception(outer.exception()), std::range_error);
}

// Cancelled in the middle of being taken over: the result has come first.
BOOST_AUTO_TEST_CASE(a_request_that_comes_in_the_middle_is_too_late) {
    struct cancelling {
        explicit cancelling(IAsyncInfo& o) : op(&o) {}
        cancelling(cancelling&&) = default;
        cancelling(const cancelling& other) : op(other.op) { op->Cancel(); }
        IAsyncInfo* op;
    };
    IAsyncInfo cancelled;
    pending<void(cancelling)> source;
    const auto outer = asyncinfo::abandon_on_cancel(source.start(use_async_info));
    cancelled = outer;
    int calls = 0;
    outer.Completed([&](auto&, AsyncStatus) { ++calls; });
    source.complete(cancelling(cancelled));
    BOOST_TEST(outer.cancel_requested());
    BOOST_TEST(outer.Status() == AsyncStatus::Completed);
    BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(one_that_has_ended_already_is_taken_over_at_once) {
    pending<void(error_code, int)> source;
    const auto inner = source.start(use_async_info);
    source.complete(asio::error::eof, 3);
    const auto outer = asyncinfo::abandon_on_cancel(inner);
    BOOST_TEST(outer.ErrorCode() == asio::error::eof);
    BOOST_TEST(std::get<1>(outer.outcome()).value() == 3);
    BOOST_TEST((outer.try_as<IAsyncOperation<int>>() == outer));
}

BOOST_AUTO_TEST_CASE(what_completed_throws_goes_to_who_ends_the_inner_one) {
    pending<void()> source;
    const auto outer = asyncinfo::abandon_on_cancel(source.start(use_async_info));
    outer.Completed([](auto&, AsyncStatus) { throw std::range_error("c"); });
    BOOST_CHECK_THROW(source.complete(), std::range_error);
    BOOST_TEST(outer.Status() == AsyncStatus::Completed);
}

// --- With progress ------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(progress_is_passed_on) {
    asyncinfo::async_source<int, double> source;
    BOOST_TEST(source.report(0.25));
    const auto inner = source.operation();
    const asyncinfo::IAsyncOperationWithProgress<int, double> outer =
        asyncinfo::abandon_on_cancel(inner);
    BOOST_TEST(outer.progress().value() == 0.25);
    std::vector<double> seen;
    outer.Progress([&](const auto& sender, double value) {
        BOOST_TEST((sender == outer));
        seen.push_back(value);
    });
    source.report(0.5);
    source.report(0.75);
    source.set_value(3);
    BOOST_TEST((seen == std::vector<double>{0.5, 0.75}));
    BOOST_TEST(outer.progress().value() == 0.75);
    BOOST_TEST(outer.GetResults() == 3);
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

// --- Else ---------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(bad_handles_are_refused) {
    const auto throws = [](errc code) {
        return [code](const system_error& e) { return e.code() == code; };
    };
    BOOST_CHECK_EXCEPTION(static_cast<void>(asyncinfo::abandon_on_cancel(IAsyncAction())),
                          system_error, throws(errc::empty_handle));
    pending<void()> source;
    const IAsyncAction op = source.start(use_async_info);
    source.complete();
    op.Close();
    BOOST_CHECK_EXCEPTION(static_cast<void>(asyncinfo::abandon_on_cancel(op)), system_error,
                          throws(errc::illegal_method_call));
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
    asyncinfo_test::running_context context;
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
        context.run_for(bound);
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
    asio::thread_pool pool(2);
    int canceled = 0;
    for (int round = 0; round < 3000; ++round) {
        pending<void(error_code, std::unique_ptr<int>)> source;
        const auto op = asyncinfo::abandon_on_cancel(source.start(use_async_info));
        std::atomic<int> ready{0};
        std::atomic<int> calls{0};
        op.Completed([&calls](auto&, AsyncStatus) { ++calls; });
        const auto meet = [&ready] {
            for (++ready; ready < 3;)
                std::this_thread::yield();
        };
        std::promise<void> one, two;
        asio::post(pool, [&] {
            meet();
            source.complete({}, std::make_unique<int>(round));
            one.set_value();
        });
        asio::post(pool, [&] {
            meet();
            op.Cancel();
            two.set_value();
        });
        meet();
        const auto status = op.wait_for(bound);
        one.get_future().wait();
        two.get_future().wait();
        BOOST_TEST(calls == 1);
        if (status == AsyncStatus::Completed) {
            BOOST_TEST(*op.GetResults() == round);
        } else {
            ++canceled;
            BOOST_TEST(op.ErrorCode() == aborted);
        }
    }
    BOOST_TEST_MESSAGE(canceled << " canceled");
    pool.join();
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
        context.run_for(bound);
        BOOST_TEST(context.stopped());
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace abandon_on_cancel_test
