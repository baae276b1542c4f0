// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §4.2, §4.5: what `token.callback(f)` is given runs on the coroutine's executor, never
/// concurrently with the body (so it may call `socket.cancel()`), also while the body is suspended
/// in something that cannot be cancelled; set after the request it runs inside that call; without
/// an executor it runs on the cancelling thread while the body is suspended, else at its next
/// suspension; never after the end. Setting another one replaces it, null removes it.
namespace asyncinfo_test::cancellation_callback_never_meets_the_body_test {
namespace {

/// What cannot be cancelled and knows nothing of executors.
struct uncancellable {
    std::coroutine_handle<>* waiting;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> coroutine) const noexcept { *waiting = coroutine; }
    void await_resume() const noexcept {}
};

struct call {
    int count = 0;
    std::thread::id thread{};
    void operator()() {
        ++count;
        thread = std::this_thread::get_id();
    }
};

/// Awaits it, with a callback. In the second form on the context's executor.
template <typename Callback, typename Awaited>
IAsyncAction hear(Callback callback, Awaited awaited) {
    const auto token = co_await asyncinfo::get_cancellation_token();
    token.callback(std::move(callback));
    co_await awaited;
}
template <typename Callback, typename Awaited>
IAsyncAction hear(asio::io_context&, Callback callback, Awaited awaited) {
    const auto token = co_await asyncinfo::get_cancellation_token();
    token.callback(std::move(callback));
    co_await awaited;
}

/// The body is cancelled while it runs.
IAsyncAction while_it_runs(asio::io_context&, IAsyncAction* self, IAsyncAction awaited,
                           std::coroutine_handle<>* waiting, std::string* log) {
    co_await awaited;
    const auto token = co_await asyncinfo::get_cancellation_token();
    token.callback([log] { *log += 'c'; });
    self->Cancel();
    *log += 'b';
    co_await asio::this_coro::throw_if_cancelled(false);
    *log += 'b';
    (co_await asyncinfo::get_cancellation_token()).enable_propagation(false);
    co_await awaited; // has ended: does not suspend
    *log += 'b';
    co_await uncancellable{waiting};
}

// --- Registration -------------------------------------------------------------------------------

IAsyncAction register_late(IAsyncAction awaited, std::string* log) {
    const auto token = co_await asyncinfo::get_cancellation_token();
    token.enable_propagation(false);
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await awaited;
    BOOST_TEST(token.cancel_requested());
    *log += '<';
    token.callback([log] { *log += 'c'; });
    *log += '>';
    token.callback(nullptr);
    *log += '<';
    token.callback([log, token] {
        *log += 'd';
        token.callback([log] { *log += 'e'; });
    });
    *log += '>';
}

/// Between a request that leaves others possible and its delivery.
IAsyncAction register_before_delivery(asio::io_context&, IAsyncAction* self, IAsyncAction awaited,
                                      std::coroutine_handle<>* waiting, call* c) {
    co_await awaited;
    const auto token = co_await asyncinfo::get_cancellation_token();
    co_await asio::this_coro::throw_if_cancelled(false);
    self->Cancel(asio::cancellation_type::partial);
    token.callback([c] { (*c)(); });
    BOOST_TEST(c->count == 1);
    co_await uncancellable{waiting};
}

IAsyncAction register_again(IAsyncAction awaited, std::string* log, bool remove) {
    const auto token = co_await asyncinfo::get_cancellation_token();
    token.callback([log] { *log += 'a'; });
    if (remove)
        token.callback(nullptr);
    else
        token.callback([log] { *log += 'b'; });
    co_await awaited;
}

IAsyncAction register_throwing(IAsyncAction awaited, bool* thrown) {
    const auto token = co_await asyncinfo::get_cancellation_token();
    co_await asio::this_coro::throw_if_cancelled(false);
    token.enable_propagation(false);
    co_await awaited;
    try {
        token.callback([] { throw 1; });
    } catch (int) {
        *thrown = true;
    }
}

// --- Without an executor ------------------------------------------------------------------------

IAsyncAction after_a_context(asio::io_context* first, IAsyncAction second, call* c) {
    const auto token = co_await asyncinfo::get_cancellation_token();
    token.callback([c] { (*c)(); });
    co_await asio::post(*first, asio::deferred);
    co_await second;
}

IAsyncAction running_without(IAsyncAction awaited, latch* runs, latch* asked, call* c,
                             std::thread::id* body, std::coroutine_handle<>* waiting) {
    const auto token = co_await asyncinfo::get_cancellation_token();
    token.callback([c] { (*c)(); });
    co_await awaited;
    *body = std::this_thread::get_id();
    runs->count_down();
    asked->wait();
    BOOST_TEST(c->count == 0);
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await uncancellable{waiting};
}

// --- On one thread, one in the other ------------------------------------------------------------

/// The callback ends what the body awaits, and uses the body's locals afterwards.
IAsyncAction ended_by_callback(pending<void()>* source, bool with_handle, bool drop,
                               std::string* log) {
    const auto local = std::make_shared<std::string>("local");
    const auto token = co_await asyncinfo::get_cancellation_token();
    const auto* borrowed = &local;
    token.callback([source, drop, log, borrowed] {
        *log += 'c';
        drop ? source->drop() : source->complete();
        *log += (*borrowed)->substr(0, 1);
    });
    try {
        if (with_handle)
            co_await source->start(use_async_info);
        else
            co_await source->start(asio::deferred);
    } catch (const system_error&) {
        *log += 'x';
    }
    *log += 'b';
}

// --- On a pool ----------------------------------------------------------------------------------

/// Who is inside; `unguarded` is for the thread sanitizer.
struct witness {
    std::atomic<int> inside{0};
    std::atomic<bool> met{false};
    int unguarded = 0;
    int called = 0;

    void enter() {
        if (inside.fetch_add(1) != 0)
            met = true;
        ++unguarded;
    }
    void leave() {
        ++unguarded;
        inside.fetch_sub(1);
    }
};

IAsyncAction one_of_many(asio::thread_pool& pool, witness* w, int way) {
    const auto token = co_await asyncinfo::get_cancellation_token();
    // Otherwise the next co_await would throw, as a rule before the callback's turn has come.
    co_await asio::this_coro::throw_if_cancelled(false);
    asio::steady_timer timer(pool);
    w->enter();
    token.callback([w, &timer] {
        w->enter();
        ++w->called;
        timer.cancel();
        w->leave();
    });
    for (int i = 0; i != 8; i += token.cancel_requested()) {
        w->leave();
        if (way == 0) {
            co_await asio::post(pool, asio::deferred);
        } else if (way == 1) {
            co_await asio::post(pool, use_async_info);
        } else {
            timer.expires_after(std::chrono::microseconds(i));
            co_await timer.async_wait(asio::as_tuple(asio::deferred));
        }
        w->enter();
    }
    // An await of what has ended does not suspend; this one does.
    w->leave();
    co_await asio::post(pool, asio::deferred);
    w->enter();
    w->leave();
}

} // namespace

BOOST_AUTO_TEST_SUITE(cancellation_callback_never_meets_the_body)

BOOST_AUTO_TEST_CASE(it_runs_in_the_executor_whatever_is_awaited) {
    {
        asio::io_context context;
        std::coroutine_handle<> waiting;
        call c;
        const auto op = hear(context, std::ref(c), uncancellable{&waiting});
        op.Cancel();
        op.Cancel();
        BOOST_TEST(c.count == 0);
        context.poll();
        BOOST_TEST(c.count == 1);
        BOOST_TEST(op.Status() == AsyncStatus::Started);
        op.Cancel(asio::cancellation_type::partial);
        context.poll();
        waiting.resume();
        context.run();
        BOOST_TEST(c.count == 1);
        BOOST_TEST(op.Status() == AsyncStatus::Completed);
    }
    running_context context;
    pending<void()> source;
    call of_handle, of_deferred;
    const auto first = hear(context, std::ref(of_handle), source.start(use_async_info));
    const auto second = hear(context, std::ref(of_deferred),
                             async_wait_for_ever(context.get_executor(), asio::deferred));
    first.Cancel();
    second.Cancel();
    second.wait();
    source.complete();
    first.wait();
    BOOST_TEST(second.Status() == AsyncStatus::Canceled);
    BOOST_TEST(first.Status() == AsyncStatus::Completed);
    for (const call& c : {of_handle, of_deferred}) {
        BOOST_TEST(c.count == 1);
        BOOST_TEST(context.runs_on(c.thread));
    }
}

BOOST_AUTO_TEST_CASE(while_the_body_runs_it_waits_for_the_suspension) {
    asio::io_context context;
    std::string log;
    pending<void()> source;
    IAsyncAction op;
    std::coroutine_handle<> waiting;
    op = while_it_runs(context, &op, source.start(use_async_info), &waiting, &log);
    source.complete();
    context.poll();
    BOOST_TEST(log == "bbbc");
    BOOST_TEST(op.Status() == AsyncStatus::Started);
    waiting.resume();
    context.run();
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
}

BOOST_AUTO_TEST_CASE(registered_after_the_request_it_runs_inside_the_registration) {
    pending<void()> source;
    std::string log;
    const auto op = register_late(source.start(use_async_info), &log);
    op.Cancel();
    source.complete();
    BOOST_TEST(log == "<c><de>");
    BOOST_TEST(op.Status() == AsyncStatus::Completed);

    bool thrown = false;
    const auto other = register_throwing(source.start(use_async_info), &thrown);
    other.Cancel();
    source.complete();
    BOOST_TEST(thrown);
    BOOST_TEST(other.Status() == AsyncStatus::Completed);
}

BOOST_AUTO_TEST_CASE(and_not_again_when_that_request_is_delivered) {
    asio::io_context context;
    pending<void()> source;
    IAsyncAction op;
    std::coroutine_handle<> waiting;
    call c;
    op = register_before_delivery(context, &op, source.start(use_async_info), &waiting, &c);
    source.complete();
    context.poll();
    BOOST_TEST(c.count == 1);
    // It is there for more.
    op.Cancel();
    context.poll();
    BOOST_TEST(c.count == 2);
    waiting.resume();
    context.run();
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
}

BOOST_AUTO_TEST_CASE(registering_again_replaces_and_null_removes) {
    for (const bool remove : {false, true}) {
        pending<void()> source;
        std::string log;
        const auto op = register_again(source.start(use_async_info), &log, remove);
        op.Cancel();
        BOOST_TEST(log == (remove ? "" : "b"));
        source.complete();
    }
}

BOOST_AUTO_TEST_CASE(what_it_throws_goes_to_whoever_runs_the_executor) {
    asio::io_context context;
    const auto op =
        hear(context, [] { throw 1; }, async_wait_for_ever(context.get_executor(), asio::deferred));
    op.Cancel();
    BOOST_CHECK_THROW(context.run(), int);
    // The request has gone to the timer all the same.
    context.run();
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);

    // ... without one, to nobody.
    pending<void()> source;
    const auto awaited = source.start(use_async_info);
    const auto without = hear([] { throw 1; }, awaited);
    without.Cancel();
    BOOST_TEST(awaited.cancel_requested());
    source.complete();
    BOOST_TEST(without.Status() == AsyncStatus::Completed);
}

BOOST_AUTO_TEST_CASE(it_is_never_called_after_the_end_and_let_go) {
    pending<void()> source;
    int calls = 0;
    auto kept = std::make_shared<int>();
    const std::weak_ptr<int> alive = kept;
    const auto count = [&calls](std::shared_ptr<int> owned) {
        return [&calls, owned = std::move(owned)] { ++calls; };
    };
    const auto op = hear(count(std::move(kept)), source.start(use_async_info));
    BOOST_TEST(!alive.expired());
    bool gone = false;
    op.Completed([&](auto& sender, auto) {
        gone = alive.expired();
        sender.Cancel();
    });
    source.complete();
    op.Cancel();
    BOOST_TEST(gone);
    BOOST_TEST(calls == 0);

    kept = std::make_shared<int>();
    const std::weak_ptr<int> second = kept;
    const auto asked = hear(count(std::move(kept)), source.start(use_async_info));
    asked.Cancel();
    BOOST_TEST(calls == 1);
    BOOST_TEST(second.expired());
    source.complete();
}

BOOST_AUTO_TEST_CASE(without_an_executor_it_runs_on_the_cancelling_thread) {
    const auto on_a_thread = [](const IAsyncAction& op) {
        return on_another_thread([&] { op.Cancel(); });
    };
    {
        // Whatever the executor of what is awaited, which gets the request there.
        running_context context;
        call c;
        const auto op =
            hear(std::ref(c), async_wait_for_ever(context.get_executor(), asio::deferred));
        const auto thread = on_a_thread(op);
        BOOST_TEST(c.count == 1);
        BOOST_TEST((c.thread == thread));
        BOOST_TEST(op.wait() == AsyncStatus::Canceled);
    }
    {
        // An executor of something that was awaited before is nothing any more.
        auto first = std::make_unique<asio::io_context>();
        pending<void()> source;
        call c;
        const auto op = after_a_context(first.get(), source.start(use_async_info), &c);
        first->run();
        first.reset();
        const auto thread = on_a_thread(op);
        BOOST_TEST((c.thread == thread));
        source.complete();
        BOOST_TEST(op.Status() == AsyncStatus::Completed);
    }
    {
        pending<void()> source;
        call c;
        const auto op = hear(std::ref(c), source.start(asio::deferred));
        const auto thread = on_a_thread(op);
        BOOST_TEST((c.thread == thread));
        source.complete();
    }
    std::coroutine_handle<> waiting;
    call c;
    const auto op = hear(std::ref(c), uncancellable{&waiting});
    const auto thread = on_a_thread(op);
    BOOST_TEST((c.thread == thread));
    waiting.resume();
    BOOST_TEST(c.count == 1);
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
}

BOOST_AUTO_TEST_CASE(or_at_the_next_suspension_of_a_body_that_runs) {
    pending<void()> source;
    latch runs(1), asked(1);
    call c;
    std::thread::id body;
    std::coroutine_handle<> waiting;
    const auto op =
        running_without(source.start(use_async_info), &runs, &asked, &c, &body, &waiting);
    std::thread runner([&] { source.complete(); });
    runs.wait();
    op.Cancel();
    asked.count_down();
    runner.join();
    BOOST_TEST(c.count == 1);
    BOOST_TEST((c.thread == body));
    waiting.resume();
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
}

// Not on one thread either: a body that the callback lets go on does so when it has returned.
BOOST_AUTO_TEST_CASE(the_body_goes_on_after_the_callback_not_inside) {
    for (const bool with_handle : {true, false}) {
        pending<void()> source;
        std::string log;
        const auto op = ended_by_callback(&source, with_handle, false, &log);
        // Awaiting the deferred operation brings in the system's executor, for the slot only.
        op.Cancel();
        BOOST_TEST(log == "clb");
        BOOST_TEST(op.Status() == AsyncStatus::Completed);
    }
    pending<void()> source;
    std::string log;
    const auto given_up = ended_by_callback(&source, true, true, &log);
    given_up.Cancel();
    BOOST_TEST(log == "clxb");
    // Thrown away, the deferred operation takes the frame with it.
    log.clear();
    const auto destroyed = ended_by_callback(&source, false, true, &log);
    destroyed.Cancel();
    BOOST_TEST(log == "cl");
    BOOST_TEST((destroyed.ErrorCode() == errc::abandoned));
}

BOOST_AUTO_TEST_CASE(on_a_pool_without_a_strand) {
    const int coroutines = race_rounds(3000);
    constexpr std::size_t at_once = 100;
    asio::thread_pool pool(4);
    asio::thread_pool cancellers(2);
    std::minstd_rand random;
    std::vector<std::unique_ptr<witness>> witnesses(at_once);
    std::vector<IAsyncAction> all(at_once);
    bool met = false;
    int not_once = 0;
    const auto finish = [&](std::size_t i) {
        if (!all[i])
            return;
        BOOST_TEST_REQUIRE((all[i].wait() == AsyncStatus::Completed));
        met = met || witnesses[i]->met;
        not_once += witnesses[i]->called != 1;
    };
    for (int n = 0; n != coroutines; ++n) {
        const auto i = static_cast<std::size_t>(n) % at_once;
        finish(i);
        witnesses[i] = std::make_unique<witness>();
        all[i] = one_of_many(pool, witnesses[i].get(), n % 3);
        for (int times = 0; times != 2; ++times)
            asio::post(cancellers, [op = all[i], delay = random() % 8] {
                for (unsigned d = 0; d < delay; ++d)
                    std::this_thread::yield();
                op.Cancel();
            });
    }
    for (std::size_t i = 0; i != at_once; ++i)
        finish(i);
    cancellers.join();
    pool.join();
    BOOST_TEST(!met);
    BOOST_TEST(not_once == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::cancellation_callback_never_meets_the_body_test
