// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §2, §4.1: a request reaches what is being awaited, unless that is turned off; the next
/// `co_await` after it throws `operation_canceled` before it starts anything. It is never lost when
/// it races with the start or end of an inner await; nested ten deep it takes no longer; nested 10
/// 000 deep it does not overflow the stack (§5): not on the way down, not when completing up, not
/// when the chain is destroyed, also by a dying context.
namespace asyncinfo_test::cancel_reaches_what_a_coroutine_awaits_test {
namespace {

using types = asio::cancellation_type;

constexpr auto never = asio::steady_timer::time_point::max();

IAsyncAction timer_deferred(asio::io_context& context) {
    asio::steady_timer timer(context, never);
    co_await timer.async_wait(asio::deferred);
}

IAsyncAction timer_handle(asio::io_context& context) {
    asio::steady_timer timer(context, never);
    co_await timer.async_wait(use_async_info);
}

IAsyncAction await_handle(IAsyncAction awaited) { co_await awaited; }

/// An operation that says which requests it has had.
struct listening {
    template <typename Token>
    auto operator()(Token&& token) const {
        return asio::async_initiate<Token, void(error_code)>(
            [l = *this](auto handler) {
                ++*l.started;
                if (auto slot = asio::get_associated_cancellation_slot(handler);
                    slot.is_connected())
                    slot.assign(
                        [had = l.had](asio::cancellation_type_t type) { had->push_back(type); });
                *l.complete = [h = std::make_shared<decltype(handler)>(std::move(handler))] {
                    std::move (*h)(error_code());
                };
            },
            token);
    }

    std::vector<asio::cancellation_type_t>* had;
    std::function<void()>* complete;
    int* started;
};

struct witness {
    std::vector<asio::cancellation_type_t> had{};
    std::function<void()> complete{};
    int started = 0;
    listening operation() { return {&had, &complete, &started}; }
};

IAsyncAction listen(asio::io_context&, witness* w) { co_await w->operation(); }

IAsyncAction listen_and_go_on(asio::io_context&, witness* w, pending<void(error_code)>* next) {
    co_await w->operation();
    co_await next->start(asio::deferred);
}

/// An operation that ends in the call by which it is asked to.
IAsyncAction ends_when_asked() {
    return asio::async_initiate<const asyncinfo::use_async_info_t, void(error_code)>(
        [](auto handler) {
            const auto shared = std::make_shared<decltype(handler)>(std::move(handler));
            asio::get_associated_cancellation_slot(*shared).assign(
                [shared](auto) { std::move (*shared)(asio::error::operation_aborted); });
        },
        use_async_info);
}

IAsyncAction one_after_the_other(std::string* log) {
    co_await asio::this_coro::throw_if_cancelled(false);
    for (int i = 0; i < 3; ++i)
        try {
            co_await ends_when_asked();
        } catch (const system_error&) {
            *log += 'a';
        }
}

// --- The next co_await --------------------------------------------------------------------------

IAsyncAction next_await(IAsyncAction first, witness* w, std::string* log) {
    co_await asio::this_coro::throw_if_cancelled(false);
    BOOST_TEST(!(co_await asio::this_coro::throw_if_cancelled()));
    co_await first;
    co_await asio::this_coro::throw_if_cancelled(true);
    *log += 'a';
    try {
        co_await w->operation();
        *log += '!';
    } catch (const system_error& e) {
        *log += e.code() == asio::error::operation_aborted ? 't' : '?';
    }
    // Each of them, until it says otherwise.
    try {
        co_await first;
        *log += '!';
    } catch (const system_error&) {
        *log += 't';
    }
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await first;
    *log += 'b';
    // An executor, a token are to be had all the same.
    co_await asio::this_coro::throw_if_cancelled(true);
    co_await asio::this_coro::executor;
    BOOST_TEST((co_await asyncinfo::get_cancellation_token()).cancel_requested());
    *log += 'c';
}

/// `propagates`: whether it passes requests on to what it awaits otherwise.
IAsyncAction own_operation(IAsyncAction first, pending<void(error_code)>* source, IAsyncAction* own,
                           bool* local_alive, bool propagates) {
    (co_await asyncinfo::get_cancellation_token()).enable_propagation(propagates);
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await first;
    co_await asio::this_coro::throw_if_cancelled(true);
    struct local {
        bool* alive;
        ~local() { *alive = false; }
    } const l{local_alive};
    co_await (*own = source->start(use_async_info));
}

IAsyncAction own_operation_as_rvalue(IAsyncAction first, pending<void(error_code)>* source,
                                     IAsyncAction* own, bool* local_alive, bool propagates) {
    (co_await asyncinfo::get_cancellation_token()).enable_propagation(propagates);
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await first;
    co_await asio::this_coro::throw_if_cancelled(true);
    struct local {
        bool* alive;
        ~local() { *alive = false; }
    } const l{local_alive};
    auto started = source->start(use_async_info);
    *own = started;
    co_await std::move(started);
}

// --- Propagation --------------------------------------------------------------------------------

IAsyncAction on_and_off(IAsyncAction first, IAsyncAction second, std::string* log) {
    const auto token = co_await asyncinfo::get_cancellation_token();
    co_await asio::this_coro::throw_if_cancelled(false);
    *log += token.enable_propagation(false) ? '1' : '0';
    *log += token.enable_propagation(false) ? '1' : '0';
    co_await first;
    *log += token.cancel_requested() && token() ? 'r' : '-';
    *log += token.enable_propagation() ? '1' : '0';
    *log += token.enable_propagation(true) ? '1' : '0';
    co_await second;
}

/// Of an operation of Asio's that would take it.
IAsyncAction off(witness* w) {
    (co_await asyncinfo::get_cancellation_token()).enable_propagation(false);
    co_await w->operation();
}

// --- Depth --------------------------------------------------------------------------------------

IAsyncAction nest(asio::io_context& context, int depth) {
    if (depth == 1) {
        asio::steady_timer timer(context, never);
        co_await timer.async_wait(asio::deferred);
    } else {
        co_await nest(context, depth - 1);
    }
}

IAsyncAction nest_without(pending<void(error_code)>* source, int depth) {
    if (depth == 1)
        co_await source->start(asio::deferred);
    else
        co_await nest_without(source, depth - 1);
}

std::size_t handlers_to_cancel(int depth) {
    asio::io_context context;
    const auto op = nest(context, depth);
    context.poll();
    op.Cancel();
    context.restart();
    std::size_t handlers = 0;
    while (op.Status() == AsyncStatus::Started && context.run_one() != 0)
        ++handlers;
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);
    return handlers;
}

constexpr int deep = 10'000;

/// Holds what it is given until its own last handle goes.
IAsyncAction chain(IAsyncAction before) {
    if (before)
        co_await before;
}

// --- Races --------------------------------------------------------------------------------------

IAsyncAction inner(asio::thread_pool& pool, int n) {
    if (n % 3 == 0)
        co_await asio::post(pool, asio::deferred);
    else if (n % 3 == 1)
        co_await asio::post(pool, use_async_info);
}

/// Ends only by a request.
IAsyncAction until_cancelled(asio::thread_pool& pool, std::atomic<bool>* begun, unsigned seed) {
    std::minstd_rand random(seed);
    for (int n = 0;; ++n) {
        co_await inner(pool, n);
        *begun = true;
        // Now and then something that only the request ends.
        if (random() % 16 == 0) {
            asio::steady_timer timer(pool, never);
            if (random() % 2)
                co_await timer.async_wait(asio::deferred);
            else
                co_await timer.async_wait(use_async_info);
        }
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(cancel_reaches_what_a_coroutine_awaits)

BOOST_AUTO_TEST_CASE(a_deferred_operation_or_a_handle) {
    asio::io_context context;
    for (const auto start : {timer_deferred, timer_handle}) {
        const auto op = start(context);
        context.poll();
        BOOST_TEST(op.Status() == AsyncStatus::Started);
        op.Cancel();
        run_again(context);
        BOOST_TEST(op.Status() == AsyncStatus::Canceled);
        context.restart();
    }
    pending<void()> source;
    const auto awaited = source.start(use_async_info);
    const auto op = await_handle(awaited);
    op.Cancel();
    BOOST_TEST(awaited.cancel_requested());
    source.complete();
    // What has arrived is not thrown away.
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
}

BOOST_AUTO_TEST_CASE(with_the_types_asked_for) {
    asio::io_context context;
    witness w;
    const auto op = listen(context, &w);
    op.Cancel(types::total);
    context.poll();
    BOOST_TEST((w.had == std::vector{types::total}));
    op.Cancel(types::total);
    context.poll();
    BOOST_TEST(w.had.size() == 1u);
    op.Cancel(types::partial);
    context.poll();
    BOOST_TEST((w.had == std::vector{types::total, types::total | types::partial}));
    w.complete();
    context.poll();
    BOOST_TEST(op.Status() == AsyncStatus::Completed);

    // Through handles, too.
    context.restart();
    witness inner;
    const auto outer = await_handle(await_handle(listen(context, &inner)));
    outer.Cancel(types::partial);
    context.poll();
    BOOST_TEST((inner.had == std::vector{types::partial}));
    outer.Cancel();
    context.poll();
    BOOST_TEST((inner.had == std::vector{types::partial, types::all}));
    inner.complete();
    context.poll();
    BOOST_TEST(outer.Status() == AsyncStatus::Completed);
}

// Few operations clear the slot when they end.
// The body awaits the next operation while the request is being passed on.
BOOST_AUTO_TEST_CASE(and_what_it_awaits_as_soon_as_that_has_ended) {
    std::string log;
    const auto op = one_after_the_other(&log);
    op.Cancel();
    BOOST_TEST(log == "aaa");
    BOOST_TEST((op.Status() == AsyncStatus::Completed));
}

BOOST_AUTO_TEST_CASE(but_not_what_it_has_awaited) {
    asio::io_context context;
    witness w;
    pending<void(error_code)> next;
    const auto op = listen_and_go_on(context, &w, &next);
    w.complete();
    context.poll();
    op.Cancel();
    run_ready(context);
    BOOST_TEST(w.had.empty());
    next.complete({});
    run_ready(context);
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
}

BOOST_AUTO_TEST_CASE(the_next_await_throws_before_it_starts_anything) {
    pending<void()> source;
    witness w;
    std::string log;
    const auto op = next_await(source.start(use_async_info), &w, &log);
    op.Cancel();
    source.complete();
    BOOST_TEST(log == "attbc");
    BOOST_TEST(w.started == 0);
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
}

// What the co_await expression has started is joined first: it uses the coroutine's locals.
BOOST_AUTO_TEST_CASE(unless_that_has_been_started_for_it_alone) {
    for (const auto& [start, propagates] :
         {std::pair(&own_operation, true), std::pair(&own_operation_as_rvalue, true),
          std::pair(&own_operation_as_rvalue, false)}) {
        pending<void()> first;
        pending<void(error_code)> source;
        IAsyncAction own;
        bool local_alive = true;
        const auto op = start(first.start(use_async_info), &source, &own, &local_alive, propagates);
        op.Cancel();
        first.complete();
        if (start == own_operation) {
            // An lvalue is somebody else's as well.
            BOOST_TEST(op.Status() == AsyncStatus::Canceled);
            BOOST_TEST(!own.cancel_requested());
            BOOST_TEST(!local_alive);
            source.complete({});
            continue;
        }
        BOOST_TEST(op.Status() == AsyncStatus::Started);
        BOOST_TEST(own.cancel_requested());
        BOOST_TEST(local_alive);
        source.complete({});
        BOOST_TEST(!local_alive);
        BOOST_TEST(op.Status() == AsyncStatus::Canceled);
    }
}

BOOST_AUTO_TEST_CASE(unless_it_is_turned_off) {
    pending<void()> one, two;
    std::string log;
    const auto first = one.start(use_async_info);
    const auto second = two.start(use_async_info);
    const auto op = on_and_off(first, second, &log);
    op.Cancel();
    BOOST_TEST(!first.cancel_requested());
    one.complete();
    BOOST_TEST(log == "10r01");
    // On again, it is delivered to what is awaited next.
    BOOST_TEST(second.cancel_requested());
    two.complete();
    BOOST_TEST(op.Status() == AsyncStatus::Completed);

    witness w;
    const auto undisturbed = off(&w);
    undisturbed.Cancel();
    BOOST_TEST(w.had.empty());
    w.complete();
}

BOOST_AUTO_TEST_CASE(it_takes_no_longer_ten_deep) {
    BOOST_TEST(handlers_to_cancel(10) == handlers_to_cancel(1));
}

BOOST_AUTO_TEST_CASE(ten_thousand_deep_nothing_overflows) {
    {
        // Down, and up on the executor.
        asio::io_context context;
        const auto op = nest(context, deep);
        context.poll();
        op.Cancel();
        run_again(context);
        BOOST_TEST(op.Status() == AsyncStatus::Canceled);
    }
    for (const bool good : {true, false}) {
        // Without one.
        pending<void(error_code)> source;
        const auto op = nest_without(&source, deep);
        if (!good)
            op.Cancel();
        source.complete(good ? error_code() : asio::error::operation_aborted);
        BOOST_TEST(op.Status() == (good ? AsyncStatus::Completed : AsyncStatus::Canceled));
    }
}

BOOST_AUTO_TEST_CASE(nor_when_the_chain_is_destroyed) {
    {
        // By a dying context.
        auto context = std::make_unique<asio::io_context>();
        const auto op = nest(*context, deep);
        context->poll();
        context.reset();
        BOOST_TEST((op.ErrorCode() == errc::abandoned));
    }
    {
        pending<void(error_code)> source;
        const auto op = nest_without(&source, deep);
        source.drop();
        BOOST_TEST((op.ErrorCode() == errc::abandoned));
    }
    // By its last handle: the parameters of each hold the next.
    IAsyncAction last;
    for (int i = 0; i != deep; ++i)
        last = chain(std::move(last));
    BOOST_TEST(last.Status() == AsyncStatus::Completed);
    last = nullptr;
}

BOOST_AUTO_TEST_CASE(never_lost_in_a_race_with_the_start_or_end_of_an_inner_await) {
    constexpr int coroutines = sanitized ? 5000 : 20'000;
    constexpr std::size_t at_once = 20;
    asio::thread_pool pool(4);
    std::vector<IAsyncAction> all(at_once);
    std::vector<std::unique_ptr<std::atomic<bool>>> begun(at_once);
    std::minstd_rand random;
    bool good = true;
    for (int n = 0; n != coroutines; ++n) {
        const auto i = static_cast<std::size_t>(n) % at_once;
        if (all[i])
            good = good && all[i].wait() == AsyncStatus::Canceled;
        begun[i] = std::make_unique<std::atomic<bool>>(false);
        all[i] = until_cancelled(pool, begun[i].get(), static_cast<unsigned>(n));
        // One that has been running for a while, or this one.
        const auto which = random() % 2 ? i : (i + 1) % at_once;
        if (all[which])
            all[which].Cancel();
        all[i].Cancel(random() % 2 ? types::all : types::terminal);
    }
    for (const auto& op : all)
        good = good && op.wait() == AsyncStatus::Canceled;
    BOOST_TEST(good);
    pool.join();
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::cancel_reaches_what_a_coroutine_awaits_test
