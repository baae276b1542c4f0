// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

// §7: "Cancelling such a wait does not cancel the operation; the waiter's slot is touched only in
// the initiating call and on the waiter's executor."

namespace asyncinfo_test::wait_is_cancelled_alone_test {
namespace {

using outcomes = std::vector<std::tuple<error_code, int>>;

/// A pending operation, and a wait for it that can be cancelled.
struct one_wait {
    asio::io_context context;
    asio::cancellation_signal signal;
    pending<void(error_code, int)> source;
    IAsyncOperation<int> op = source.start_on(context.get_executor(), use_async_info);
    outcomes seen;

    void begin() {
        op(asio::bind_cancellation_slot(signal.slot(), [this](error_code error, int value) {
            BOOST_TEST(!signal.slot().has_handler());
            seen.emplace_back(error, value);
        }));
    }

    void run() { run_again(context); }

    static outcomes once(const error_code& error, int value) { return {{error, value}}; }
};

asio::awaitable<void> await_it(IAsyncOperation<int> op) { co_await std::move(op); }

} // namespace

BOOST_AUTO_TEST_SUITE(wait_is_cancelled_alone)

BOOST_AUTO_TEST_CASE(and_the_operation_and_the_other_waits_go_on) {
    one_wait w;
    outcomes others;
    const auto other = [&](error_code error, int value) { others.emplace_back(error, value); };
    w.op(other);
    w.begin();
    w.op(other);
    w.signal.emit(asio::cancellation_type::terminal);
    BOOST_TEST(w.seen.empty()); // not inside the emission
    BOOST_TEST(w.context.poll() == 1u);
    BOOST_TEST((w.seen == one_wait::once(asio::error::operation_aborted, 0)));
    BOOST_TEST(others.empty());
    BOOST_TEST(w.op.Status() == AsyncStatus::Started);
    BOOST_TEST(!w.op.cancel_requested());

    w.source.complete({}, 7);
    w.run();
    BOOST_TEST(w.seen.size() == 1u);
    BOOST_TEST((others == outcomes{{error_code(), 7}, {error_code(), 7}}));
    BOOST_TEST(w.op.GetResults() == 7);
}

BOOST_AUTO_TEST_CASE(by_every_type_of_request_but_none) {
    for (const auto type : {asio::cancellation_type::terminal, asio::cancellation_type::partial,
                            asio::cancellation_type::total, asio::cancellation_type::all}) {
        one_wait w;
        w.begin();
        w.signal.emit(asio::cancellation_type::none);
        BOOST_TEST(w.context.poll() == 0u);
        w.signal.emit(type);
        w.run();
        BOOST_TEST((w.seen == one_wait::once(asio::error::operation_aborted, 0)));
    }
}

BOOST_AUTO_TEST_CASE(once_however_often_it_is_asked) {
    one_wait w;
    w.begin();
    w.signal.emit(asio::cancellation_type::total);
    w.signal.emit(asio::cancellation_type::all);
    w.source.complete({}, 7);
    w.signal.emit(asio::cancellation_type::all);
    w.run();
    BOOST_TEST((w.seen == one_wait::once(asio::error::operation_aborted, 0)));
}

// What has arrived is not thrown away: the end has been submitted when the request comes.
BOOST_AUTO_TEST_CASE(unless_the_operation_has_ended) {
    one_wait early;
    early.begin();
    early.source.complete({}, 7);
    early.signal.emit(asio::cancellation_type::all);
    early.run();
    BOOST_TEST((early.seen == one_wait::once({}, 7)));

    one_wait late;
    late.source.complete({}, 7);
    late.begin();
    late.signal.emit(asio::cancellation_type::all);
    late.run();
    BOOST_TEST((late.seen == one_wait::once({}, 7)));
}

// The slot holds nothing that could be called when the wait is over, however it was.
BOOST_AUTO_TEST_CASE(and_its_slot_is_cleared) {
    for (const bool cancelled : {false, true}) {
        one_wait w;
        w.begin();
        BOOST_TEST(w.signal.slot().has_handler());
        if (cancelled)
            w.signal.emit(asio::cancellation_type::all);
        else
            w.source.complete({}, 7);
        w.run();
        BOOST_TEST(w.seen.size() == 1u);
        BOOST_TEST(!w.signal.slot().has_handler());
        // ... and can be used for the next.
        if (cancelled) {
            w.begin();
            w.source.complete({}, 8);
            w.run();
            BOOST_TEST(w.seen.size() == 2u);
        }
    }
}

// The wait's own executor is what runs it.
BOOST_AUTO_TEST_CASE(on_its_own_executor) {
    one_wait w;
    asio::io_context own;
    w.op(asio::bind_executor(
        own, asio::bind_cancellation_slot(w.signal.slot(), [&](error_code error, int) {
            BOOST_TEST(own.get_executor().running_in_this_thread());
            w.seen.emplace_back(error, 0);
        })));
    asio::post(own, [&] { w.signal.emit(asio::cancellation_type::all); });
    BOOST_TEST(own.run() == 2u);
    BOOST_TEST((w.seen == one_wait::once(asio::error::operation_aborted, 0)));
}

// A handle to the wait is as good as any: Cancel from any thread.
BOOST_AUTO_TEST_CASE(also_by_a_handle_of_its_own) {
    running_context context;
    pending<void(error_code, int)> source;
    const auto op = source.start_on(context.get_executor(), use_async_info);
    const IAsyncOperation<int> first = op(use_async_info);
    const IAsyncOperation<int> second = op(use_async_info);
    const IAsyncAction third = op.async_wait(use_async_info);
    first.Cancel();
    third.Cancel();
    BOOST_TEST(first.wait() == AsyncStatus::Canceled);
    BOOST_TEST(third.wait() == AsyncStatus::Canceled);
    BOOST_TEST(op.Status() == AsyncStatus::Started);
    BOOST_TEST(!op.cancel_requested());
    BOOST_TEST(second.Status() == AsyncStatus::Started);
    source.complete({}, 7);
    BOOST_TEST(second.get() == 7);
}

BOOST_AUTO_TEST_CASE(also_in_a_coroutine_of_asio) {
    one_wait w;
    std::exception_ptr thrown;
    const auto note = [&](std::exception_ptr e) { thrown = e; };
    asio::co_spawn(w.context, await_it(w.op), asio::bind_cancellation_slot(w.signal.slot(), note));
    auto undisturbed = asio::co_spawn(w.context, await_it(w.op), asio::use_future);
    w.context.poll();
    w.signal.emit(asio::cancellation_type::terminal);
    w.context.poll();
    BOOST_TEST((thrown != nullptr));
    CHECK_THROWS_CODE(std::rethrow_exception(thrown), asio::error::operation_aborted);
    BOOST_TEST(w.op.Status() == AsyncStatus::Started);
    w.source.complete({}, 7);
    w.run();
    BOOST_CHECK_NO_THROW(undisturbed.get());
}

// The handler is destroyed uncalled, on the thread that ends the operation: not a place to touch
// the slot. What is left in there does nothing.
BOOST_AUTO_TEST_CASE(a_request_to_a_wait_that_is_gone_does_nothing) {
    one_wait refused;
    asio::cancellation_signal signal;
    refused.op(asio::bind_executor(
        refusing_executor(), asio::bind_cancellation_slot(signal.slot(), [](error_code, int) {})));
    BOOST_CHECK_THROW(refused.source.complete({}, 7), std::bad_alloc);
    signal.emit(asio::cancellation_type::all);
    BOOST_CHECK_THROW(refused.op(asio::bind_executor(
                          refusing_executor(),
                          asio::bind_cancellation_slot(signal.slot(), [](error_code, int) {}))),
                      std::bad_alloc);
    signal.emit(asio::cancellation_type::all);

    auto dies = std::make_unique<asio::io_context>();
    pending<void(error_code)> source;
    const auto op = source.start_on(dies->get_executor(), use_async_info);
    int calls = 0;
    op(asio::bind_cancellation_slot(signal.slot(), [&](error_code) { ++calls; }));
    source.complete({});
    dies.reset();
    signal.emit(asio::cancellation_type::all);
    BOOST_TEST(calls == 0);
}

// A request that cannot be submitted throws where it is made, and the wait is gone.
BOOST_AUTO_TEST_CASE(without_memory_the_emission_throws) {
    one_wait w;
    const auto alive = std::make_shared<int>();
    w.op(asio::bind_executor(
        refusing_executor(),
        asio::bind_cancellation_slot(w.signal.slot(), [alive](error_code, int) {})));
    BOOST_TEST(alive.use_count() == 2);
    BOOST_CHECK_THROW(w.signal.emit(asio::cancellation_type::all), std::bad_alloc);
    BOOST_TEST(alive.use_count() == 1);
    BOOST_TEST(!w.signal.slot().has_handler());
    w.source.complete({}, 7);
    BOOST_TEST(w.op.GetResults() == 7);
}

// Requests race with the end on a pool; each wait has a strand, as Asio asks of who emits.
BOOST_AUTO_TEST_CASE(racing_with_the_end_each_wait_completes_once) {
    const int rounds = race_rounds(2000);
    constexpr std::size_t waits = 3;
    running_context pool(2);
    std::atomic<int> aborted = 0, arrived = 0;
    for (int round = 0; round != rounds; ++round) {
        struct waiter {
            asio::strand<asio::io_context::executor_type> strand;
            asio::cancellation_signal signal{};
            std::atomic<int> calls = 0;
        };
        std::array<waiter, waits> all{waiter{asio::make_strand(pool)},
                                      waiter{asio::make_strand(pool)},
                                      waiter{asio::make_strand(pool)}};
        pending<void(error_code, int)> source;
        const auto op = source.start_on(pool.get_executor(), use_async_info);
        latch done(static_cast<std::ptrdiff_t>(2 * waits + 1));
        for (auto& w : all)
            op(asio::bind_executor(
                w.strand,
                asio::bind_cancellation_slot(w.signal.slot(), [&](error_code error, int value) {
                    if (error == asio::error::operation_aborted && value == 0)
                        ++aborted;
                    else if (!error && value == 7)
                        ++arrived;
                    ++w.calls;
                    done.count_down();
                })));
        for (auto& w : all)
            asio::post(w.strand, [&] {
                w.signal.emit(asio::cancellation_type::all);
                done.count_down();
            });
        asio::post(pool, [&] {
            source.complete({}, 7);
            done.count_down();
        });
        done.wait();
        for (auto& w : all)
            if (w.calls != 1)
                BOOST_ERROR("called " << w.calls << " times");
        BOOST_TEST(op.GetResults() == 7);
    }
    BOOST_TEST(aborted + arrived == rounds * static_cast<int>(waits));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::wait_is_cancelled_alone_test
