// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// Contract §9: a coroutine whose executor's context is destroyed is destroyed with it, whatever it
/// awaits: it ends as abandoned, its locals gone. What it awaits finds nobody later, and nothing
/// that a handle offers touches the context.
namespace asyncinfo_test::coroutines_end_with_their_context_test {
namespace {

using executor = asio::any_io_executor;
using alive = std::shared_ptr<int>;

/// Resumed, or let go of, by hand; forgets its coroutine when that goes.
struct gong {
    std::coroutine_handle<> waiting;
    void strike() {
        if (waiting)
            std::exchange(waiting, nullptr).resume();
    }

    auto operator co_await() {
        struct awaiter {
            gong& self;
            bool await_ready() const noexcept { return false; }
            void await_suspend(std::coroutine_handle<> c) const noexcept { self.waiting = c; }
            void await_resume() const noexcept {}
        };
        return awaiter{*this};
    }
};

/// What is awaited, none of which is of the coroutine's context.
struct elsewhere : conversation {
    async_source<> source;
    pending<void(error_code)> operation;
    gong foreign;
    asio::steady_timer timer{context, asio::steady_timer::time_point::max()};
    std::array<char, 4> data{};
};

IAsyncAction source(executor, elsewhere& e, alive) { co_await e.source.operation(); }
IAsyncAction operation(executor, elsewhere& e, alive) {
    co_await e.operation.start(asio::deferred);
}
IAsyncAction foreign(executor, elsewhere& e, alive) { co_await e.foreign; }
IAsyncAction read(executor, elsewhere& e, alive kept) {
    const alive local = kept;
    co_await asio::async_read(e.near_end, asio::buffer(e.data), asio::deferred);
}
IAsyncAction timer(executor, elsewhere& e, alive) { co_await e.timer.async_wait(asio::deferred); }
IAsyncAction handle(executor, elsewhere& e, alive) { co_await e.timer.async_wait(use_async_info); }
IAsyncAction all(executor, elsewhere& e, alive) {
    co_await when_all(e.source.operation(), e.timer.async_wait(use_async_info));
}
IAsyncAction any(executor, elsewhere& e, alive) {
    co_await when_any(e.source.operation(), e.timer.async_wait(use_async_info));
}
IAsyncAction abandonable(executor, elsewhere& e, alive) {
    co_await asyncinfo::abandon_on_cancel(e.source.operation());
}
IAsyncAction nested(executor on, elsewhere& e, alive kept) {
    co_await source(on, e, std::move(kept));
}
IAsyncAction moved(executor on, elsewhere& e, alive) {
    co_await asyncinfo::resume_on(e.context);
    co_await asyncinfo::resume_on(on);
    co_await e.source.operation();
}

using function = IAsyncAction (*)(executor, elsewhere&, alive);
constexpr std::pair<std::string_view, function> coroutines[] = {{"source", source},
                                                                {"operation", operation},
                                                                {"foreign", foreign},
                                                                {"read", read},
                                                                {"timer", timer},
                                                                {"handle", handle},
                                                                {"all", all},
                                                                {"any", any},
                                                                {"abandonable", abandonable},
                                                                {"nested", nested},
                                                                {"moved", moved}};

/// What may be done with a handle when the context is gone.
const std::pair<std::string_view, std::function<void(const IAsyncAction&, elsewhere&)>> later[] = {
    {"nothing", [](auto&, auto&) {}},
    {"Cancel", [](auto& op, auto&) { op.Cancel(); }},
    {"wait_for", [](auto& op, auto&) { op.wait_for(1ms); }},
    {"get", [](auto& op, auto&) { BOOST_CHECK_THROW(op.get(), system_error); }},
    {"op(token)",
     [](auto& op, auto&) {
         std::promise<error_code> called;
         op([&](error_code code) { called.set_value(code); });
         BOOST_TEST((called.get_future().get() == errc::abandoned));
     }},
    {"get_executor",
     [](auto& op, auto&) { BOOST_TEST((op.get_executor() == asio::system_executor())); }},
    {"co_await",
     [](auto& op, elsewhere& e) {
         const auto waits = [](asio::io_context&, IAsyncAction first) -> IAsyncAction {
             co_await first;
         };
         const auto second = waits(e.context, op);
         e.context.poll();
         BOOST_TEST((second.ErrorCode() == errc::abandoned));
     }},
    {"set_value", [](auto&, elsewhere& e) { e.source.set_value(); }},
    {"complete",
     [](auto&, elsewhere& e) {
         if (e.foreign.waiting)
             e.foreign.strike();
         else
             e.source.set_error(asio::error::eof);
     }},
    {"all that was awaited ends",
     [](auto&, elsewhere& e) {
         e.timer.cancel();
         e.near_end.cancel();
         run_ready(e.context);
     }},
};

template <typename Context, typename Start>
void destroy_under(Start start) {
    for (const auto& [name, coroutine] : coroutines)
        for (const auto& [what, act] : later)
            BOOST_TEST_CONTEXT(name << ", then " << what) {
                elsewhere e;
                alive kept = std::make_shared<int>();
                const std::weak_ptr<int> locals = kept;
                auto context = std::make_unique<Context>();
                auto op = coroutine(start(*context), e, std::move(kept));
                for (int i = 0; i != 4; ++i) {
                    run_ready(e.context);
                    if constexpr (requires { context->poll(); }) {
                        if constexpr (requires { context->restart(); })
                            context->restart();
                        context->poll();
                    }
                }
                std::promise<bool> completed;
                op.Completed([&](auto&, AsyncStatus) { completed.set_value(locals.expired()); });
                context.reset();
                BOOST_TEST(completed.get_future().get()); // the locals have gone before
                BOOST_TEST((op.ErrorCode() == errc::abandoned));
                act(op, e);
                op = nullptr;
                if (e.foreign.waiting)
                    e.foreign.strike();
            }
}

} // namespace

BOOST_AUTO_TEST_SUITE(coroutines_end_with_their_context)

BOOST_AUTO_TEST_CASE(whatever_they_await) {
    destroy_under<asio::io_context>([](auto& c) { return c.get_executor(); });
}

BOOST_AUTO_TEST_CASE(on_a_strand) {
    destroy_under<asio::io_context>([](auto& c) { return asio::make_strand(c); });
}

BOOST_AUTO_TEST_CASE(on_a_strand_of_an_erased_executor) {
    destroy_under<asio::io_context>(
        [](auto& c) { return asio::make_strand(executor(c.get_executor())); });
}

// A queue's executor stays: what is submitted to it is destroyed.
BOOST_AUTO_TEST_CASE(on_a_queue) {
    for (const auto coroutine : {source, operation, foreign, read, handle, all, nested}) {
        elsewhere e;
        auto queue = std::make_unique<completion_queue>();
        auto op = coroutine(queue->get_executor(), e, nullptr);
        queue->poll();
        queue.reset();
        BOOST_TEST((op.ErrorCode() == errc::abandoned));
        e.source.set_value();
        e.foreign.strike();
        op([](error_code) { BOOST_ERROR("called"); });
        BOOST_TEST((op.get_executor().target<asyncinfo::completion_queue::executor_type>()));
    }
}

// In either order, with the other context's threads at work.
BOOST_AUTO_TEST_CASE(while_what_they_await_ends_on_another_thread) {
    for (int round = 0; round != 400; ++round) {
        elsewhere e;
        const alive kept = std::make_shared<int>();
        std::optional<asio::thread_pool> pool(std::in_place, 1);
        const auto coroutine = coroutines[static_cast<std::size_t>(round) % 2].second;
        const bool of_pool = round % 4 < 2;
        const auto run = [&](executor on) { return coroutine(on, e, kept); };
        auto context = std::make_unique<asio::io_context>();
        const auto op = of_pool ? run(pool->get_executor()) : run(asio::make_strand(*context));
        const auto destroy = [&] {
            pool.reset();
            context.reset();
        };
        at_once({destroy, [&] {
                     if (round % 2)
                         e.operation.complete({});
                     else
                         e.source.set_value();
                 }});
        const auto status = op.wait();
        BOOST_TEST((status == AsyncStatus::Completed || op.ErrorCode() == errc::abandoned));
        BOOST_TEST(kept.use_count() == 1);
    }
}

// A pool posts the end of a timer to the dying context; nobody joins first.
BOOST_AUTO_TEST_CASE(while_another_pool_posts_to_them) {
    for (int round = 0; round != 200; ++round) {
        asio::thread_pool network(1);
        asio::steady_timer timer(network);
        const alive kept = std::make_shared<int>();
        IAsyncAction op;
        {
            asio::thread_pool ui(1);
            op = [](asio::thread_pool&, asio::steady_timer& t, alive k) -> IAsyncAction {
                const alive local = k;
                for (;;) {
                    t.expires_after(5us);
                    co_await t.async_wait(asio::deferred);
                    co_await asio::post(t.get_executor(), use_async_info);
                }
            }(ui, timer, kept);
            std::this_thread::yield();
        }
        BOOST_TEST((op.ErrorCode() == errc::abandoned));
        BOOST_TEST(kept.use_count() == 1);
        network.join();
    }
}

/// The callee uses what is the caller's until it has gone.
struct uses {
    alive& object;
    std::vector<char>& order;
    char name;
    ~uses() {
        BOOST_TEST(object.use_count() >= 1);
        order.push_back(name);
    }
};

IAsyncAction callee(executor, elsewhere& e, alive& callers, std::vector<char>& order, char name) {
    const uses user{callers, order, name};
    if (name == 'b')
        co_await e.timer.async_wait(use_async_info);
    else
        co_await e.source.operation();
}

IAsyncAction caller(executor on, elsewhere& e, std::vector<char>& order, bool late, bool several) {
    if (late)
        co_await asio::post(e.context, use_async_info);
    alive local = std::make_shared<int>();
    const uses user{local, order, 'z'};
    if (several)
        co_await when_all(callee(on, e, local, order, 'a'), callee(on, e, local, order, 'b'));
    else
        co_await callee(on, e, local, order, 'a');
}

IAsyncAction callers_caller(executor on, elsewhere& e, std::vector<char>& order, bool late,
                            bool several) {
    co_await caller(on, e, order, late, several);
}

// A coroutine that has been called goes before the one that has called it and awaits it.
BOOST_AUTO_TEST_CASE(the_innermost_first) {
    for (const auto start : {caller, callers_caller})
        for (const bool late : {false, true})
            for (const bool several : {false, true}) {
                elsewhere e;
                std::vector<char> order;
                auto context = std::make_unique<asio::io_context>();
                const auto op = start(context->get_executor(), e, order, late, several);
                e.context.poll();
                context->poll();
                context.reset();
                BOOST_TEST((op.ErrorCode() == errc::abandoned));
                BOOST_TEST(order.size() == (several ? 3u : 2u));
                BOOST_TEST(order.back() == 'z');
            }
}

// However many they are.
BOOST_AUTO_TEST_CASE(in_a_long_chain) {
    elsewhere e;
    std::function<IAsyncAction(asio::io_context&, int)> calls = [&](asio::io_context& context,
                                                                    int depth) -> IAsyncAction {
        return [](asio::io_context& c, elsewhere& w, auto& f, int d) -> IAsyncAction {
            co_await asio::post(c, use_async_info);
            if (d == 0)
                co_await w.source.operation();
            else
                co_await f(c, d - 1);
        }(context, e, calls, depth);
    };
    auto context = std::make_unique<asio::io_context>();
    const auto op = calls(*context, 20000);
    context->poll();
    context.reset();
    BOOST_TEST((op.ErrorCode() == errc::abandoned));
}

BOOST_AUTO_TEST_CASE(with_the_one_they_have_moved_to) {
    elsewhere e;
    auto first = std::make_unique<asio::io_context>(),
         second = std::make_unique<asio::io_context>();
    const alive kept = std::make_shared<int>();
    const auto moves = [](asio::io_context&, asio::io_context* to, elsewhere& w,
                          alive) -> IAsyncAction {
        co_await asyncinfo::resume_on(*to);
        co_await w.source.operation();
    };
    const auto op = moves(*first, second.get(), e, kept);
    second->poll();
    first.reset();
    BOOST_TEST((op.Status() == AsyncStatus::Started));
    BOOST_TEST(kept.use_count() == 2);
    second.reset();
    BOOST_TEST((op.ErrorCode() == errc::abandoned));
    BOOST_TEST(kept.use_count() == 1);
}

// The context of a coroutine that awaits another one's ends; the other one goes on.
BOOST_AUTO_TEST_CASE(each_with_its_own) {
    elsewhere e;
    auto first = std::make_unique<asio::io_context>();
    auto second = std::make_unique<asio::io_context>();
    const auto inner = source(second->get_executor(), e, nullptr);
    const auto outer = [](asio::io_context&, IAsyncAction awaited) -> IAsyncAction {
        co_await awaited;
    }(*first, inner);
    first.reset();
    BOOST_TEST((outer.ErrorCode() == errc::abandoned));
    BOOST_TEST((inner.Status() == AsyncStatus::Started));
    second.reset();
    BOOST_TEST((inner.ErrorCode() == errc::abandoned));
}

// The body destroys its own queue, and suspends.
BOOST_AUTO_TEST_CASE(also_if_their_body_destroys_it) {
    elsewhere e;
    auto queue = std::make_unique<completion_queue>();
    const auto ends = [](completion_queue& q, std::unique_ptr<completion_queue>* owner,
                         elsewhere& w) -> IAsyncAction {
        co_await asio::post(q.get_executor(), asio::deferred);
        owner->reset();
        co_await w.source.operation();
    };
    const auto op = ends(*queue, &queue, e);
    queue->poll();
    BOOST_TEST(!queue);
    BOOST_TEST((op.ErrorCode() == errc::abandoned));
    e.source.set_value();
}

// The same before it has ever suspended, with a context of Asio's. It has tried to await something,
// and so knows its context.
BOOST_AUTO_TEST_CASE(also_if_it_was_over_before_they_suspend) {
    elsewhere e;
    const alive kept = std::make_shared<int>();
    auto context = std::make_unique<asio::io_context>();
    const auto ends = [](asio::io_context&, std::unique_ptr<asio::io_context>& own, elsewhere& w,
                         alive) -> IAsyncAction {
        try {
            co_await asio::async_initiate<const asio::deferred_t, void()>([](auto&&) { throw 1; },
                                                                          asio::deferred);
        } catch (int) {
        }
        own.reset();
        co_await w.source.operation();
    };
    const auto op = ends(*context, context, e, kept);
    BOOST_TEST(!context);
    BOOST_TEST((op.ErrorCode() == errc::abandoned));
    BOOST_TEST(kept.use_count() == 1);
    e.source.set_value();
}

/// Notes that it is used when what it belongs to has gone.
struct noting_executor {
    struct log {
        bool gone = false;
        int used_after = 0;
    };
    log* of;

    template <typename Function>
    void execute(Function&& function) const {
        of->used_after += of->gone;
        if (!of->gone)
            std::forward<Function>(function)();
    }
    friend bool operator==(noting_executor a, noting_executor b) noexcept { return a.of == b.of; }
    friend bool operator!=(noting_executor a, noting_executor b) noexcept { return a.of != b.of; }
};

// What stays the user's: no asyncinfo here. Asio keeps a bound executor within the operation, and
// goes by it at the end, whether its context is there or not.
BOOST_AUTO_TEST_CASE(but_the_executor_of_a_bound_handler_is_asios) {
    asio::io_context context;
    noting_executor::log log;
    asio::steady_timer timer(context, asio::steady_timer::time_point::min());
    timer.async_wait(asio::bind_executor(noting_executor{&log}, [](error_code) {}));
    log.gone = true;
    context.run();
    BOOST_TEST(log.used_after == 1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::coroutines_end_with_their_context_test
