// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/running_context.hpp"
#include "support/test.hpp"

/// Contract §9: a coroutine that another one has called is an operation like any other. It is work
/// of its context and ends with it, whatever the caller does next.
namespace asyncinfo_test::coroutines_call_coroutines_test {
namespace {

using alive = std::shared_ptr<int>;

/// What the caller does when it has called.
enum class next {
    awaits_it,
    awaits_a_copy,
    awaits_something_else,
    awaits_both,
    calls_another,
    moves,
    drops_it,
    ends
};
constexpr next all_of_it[] = {next::awaits_it,   next::awaits_a_copy, next::awaits_something_else,
                              next::awaits_both, next::calls_another, next::moves,
                              next::drops_it,    next::ends};

std::ostream& operator<<(std::ostream& out, next n) { return out << static_cast<int>(n); }

struct world {
    std::optional<asio::io_context> context{std::in_place};
    async_source<> source, never;
    std::vector<IAsyncAction> kept;
    int done = 0;
};

IAsyncAction callee(asio::io_context& context, world& w, alive) {
    co_await w.source.operation();
    co_await asio::post(context, asio::deferred);
    ++w.done;
}

IAsyncAction other(asio::io_context&, world& w, alive) { co_await w.never.operation(); }

IAsyncAction caller(asio::io_context& context, world& w, next then, bool keeps, alive object) {
    co_await asio::post(context, asio::deferred);
    auto called = callee(context, w, object);
    if (keeps)
        w.kept.push_back(called);
    switch (then) {
    case next::awaits_it:
        co_await std::move(called);
        break;
    case next::awaits_a_copy:
        co_await called;
        break;
    case next::awaits_something_else:
        co_await asio::post(context, asio::deferred);
        co_await called;
        break;
    case next::awaits_both:
        co_await when_all(called, w.source.operation());
        break;
    case next::calls_another: {
        const auto second = other(context, w, object);
        co_await called;
        w.never.set_value();
        co_await second;
        break;
    }
    case next::moves:
        co_await asyncinfo::resume_on(context);
        co_await called;
        break;
    case next::drops_it:
        called = nullptr;
        co_await asio::post(context, asio::deferred);
        break;
    case next::ends:
        break;
    }
}

IAsyncAction callers_caller(asio::io_context& context, world& w, next then, bool keeps,
                            alive object) {
    co_await asio::post(context, asio::deferred);
    co_await caller(context, w, then, keeps, std::move(object));
}

template <typename Check>
void in_every_way(Check check) {
    for (const auto start : {caller, callers_caller})
        for (const next then : all_of_it)
            for (const bool keeps : {false, true})
                BOOST_TEST_CONTEXT(then << (keeps ? ", kept" : ", not kept")) {
                    world w;
                    const alive object = std::make_shared<int>();
                    const auto op = start(*w.context, w, then, keeps, object);
                    w.context->poll();
                    BOOST_TEST(object.use_count() > 1);
                    check(w, op);
                    BOOST_TEST(object.use_count() == 1);
                }
}

} // namespace

BOOST_AUTO_TEST_SUITE(coroutines_call_coroutines)

// A poll stops the context if there is no work.
BOOST_AUTO_TEST_CASE(it_is_work_of_its_context) {
    in_every_way([](world& w, const IAsyncAction& op) {
        BOOST_TEST(!w.context->stopped());
        BOOST_TEST(w.done == 0);
        w.source.set_value();
        w.context->poll();
        BOOST_TEST(w.done == 1);
        BOOST_TEST((op.Status() == AsyncStatus::Completed));
        BOOST_TEST(w.context->stopped());
        for (const auto& called : w.kept)
            BOOST_TEST((called.get_executor() == w.context->get_executor()));
        w.context.reset();
        for (const auto& called : w.kept) {
            BOOST_TEST((called.get_executor() == asio::system_executor()));
            called.get();
        }
    });
}

BOOST_AUTO_TEST_CASE(it_ends_with_its_context) {
    in_every_way([](world& w, const IAsyncAction& op) {
        w.context.reset();
        BOOST_TEST((op.Status() != AsyncStatus::Started));
        for (const auto& called : w.kept) {
            BOOST_TEST((called.ErrorCode() == errc::abandoned));
            BOOST_TEST((called.get_executor() == asio::system_executor()));
        }
        w.source.set_value();
        BOOST_TEST(w.done == 0);
    });
}

BOOST_AUTO_TEST_CASE(it_is_cancelled_with_its_caller) {
    for (const next then : {next::awaits_it, next::awaits_a_copy, next::awaits_something_else}) {
        world w;
        const auto op = callers_caller(*w.context, w, then, true, nullptr);
        w.context->poll();
        op.Cancel();
        w.context->poll();
        BOOST_TEST((op.Status() == AsyncStatus::Started)); // a source need not end
        w.source.set_error(asio::error::operation_aborted);
        w.context->poll();
        BOOST_TEST((op.Status() == AsyncStatus::Canceled));
        BOOST_TEST((w.kept.front().Status() == AsyncStatus::Canceled));
    }
}

// The caller stays with its context, and the one it has called goes with another.
BOOST_AUTO_TEST_CASE(it_may_move_while_it_is_awaited) {
    const auto moves = [](asio::io_context&, asio::io_context& to, world& w) -> IAsyncAction {
        co_await asyncinfo::resume_on(to);
        co_await w.source.operation();
        ++w.done;
    };
    const auto awaits = [&](asio::io_context& context, asio::io_context& to,
                            world& w) -> IAsyncAction {
        co_await asio::post(context, asio::deferred);
        auto called = moves(context, to, w);
        w.kept.push_back(called);
        co_await called;
    };
    for (const int first : {0, 1, 2}) {
        world w;
        std::optional<asio::io_context> to(std::in_place);
        const auto op = awaits(*w.context, *to, w);
        w.context->poll();
        to->poll();
        BOOST_TEST(!w.context->stopped());
        BOOST_TEST(!to->stopped());
        if (first == 0) {
            w.source.set_value();
            to->poll();
            w.context->poll();
            op.get();
            BOOST_TEST(w.done == 1);
        } else if (first == 1) {
            w.context.reset();
            BOOST_TEST((op.ErrorCode() == errc::abandoned));
            BOOST_TEST((w.kept.front().Status() == AsyncStatus::Started));
            to.reset();
            BOOST_TEST((w.kept.front().ErrorCode() == errc::abandoned));
        } else {
            to.reset();
            BOOST_TEST((w.kept.front().ErrorCode() == errc::abandoned));
            w.context->poll();
            BOOST_TEST((op.ErrorCode() == errc::abandoned));
        }
    }
}

// It ends in the caller's body, and gives its result away at once.
BOOST_AUTO_TEST_CASE(it_may_end_before_it_is_awaited) {
    struct results {
        static IAsyncOperation<alive> callee(asio::io_context&, async_source<>& source, alive r) {
            co_await source.operation();
            co_return r;
        }
        static IAsyncAction caller(asio::io_context& context, std::weak_ptr<int>& seen) {
            co_await asio::post(context, asio::deferred);
            for (const bool at_once : {false, true}) {
                async_source<> source;
                if (at_once)
                    source.set_value();
                alive object = std::make_shared<int>();
                seen = object;
                auto called = callee(context, source, std::move(object));
                if (!at_once)
                    source.set_value();
                BOOST_TEST((called.Status() == AsyncStatus::Completed));
                BOOST_TEST(seen.use_count() == 1);
                const auto result = co_await std::move(called);
                BOOST_TEST(seen.use_count() == 1);
                auto dropped = callee(context, source, result);
                BOOST_TEST(seen.use_count() == 2);
                dropped = nullptr;
                BOOST_TEST(seen.use_count() == 1);
            }
        }
    };
    asio::io_context context;
    std::weak_ptr<int> seen;
    const auto op = results::caller(context, seen);
    context.poll();
    op.get();
    BOOST_TEST(seen.expired());
}

// The timer of a deadline is told of the end, too, and before the caller.
BOOST_AUTO_TEST_CASE(it_may_have_a_deadline) {
    world w;
    const auto limits = [](asio::io_context& context, world& of) -> IAsyncAction {
        co_await asio::post(context, asio::deferred);
        auto called = callee(context, of, nullptr);
        called.cancel_after(1h);
        co_await std::move(called);
    };
    const auto op = limits(*w.context, w);
    w.context->poll();
    w.source.set_value();
    w.context->poll();
    op.get();
    BOOST_TEST(w.done == 1);
    w.context->poll();
    BOOST_TEST(w.context->stopped()); // no timer is left
}

// Whoever is told of its end has a handle that outlives the caller.
BOOST_AUTO_TEST_CASE(it_may_be_observed_while_it_is_awaited) {
    world w;
    const auto observes = [](asio::io_context& context, world& of) -> IAsyncAction {
        co_await asio::post(context, asio::deferred);
        auto called = callee(context, of, nullptr);
        called.Completed(
            [&of](const IAsyncAction& sender, AsyncStatus) { of.kept.push_back(sender); });
        co_await std::move(called);
    };
    auto op = observes(*w.context, w);
    w.context->poll();
    w.source.set_value();
    w.context->restart();
    w.context->poll();
    op.get();
    op = nullptr;
    BOOST_TEST((w.kept.front().get_executor() == w.context->get_executor()));
    w.context.reset();
    BOOST_TEST((w.kept.front().get_executor() == asio::system_executor()));
}

// The callee ends on one thread while its caller is in its body on another one.
BOOST_AUTO_TEST_CASE(on_several_threads) {
    struct many {
        static IAsyncOperation<int> callee(asio::io_context& context, int depth) {
            co_await asio::post(context, asio::deferred);
            if (depth != 0)
                co_return co_await callee(context, depth - 1) + 1;
            co_return 1;
        }
        static IAsyncOperation<int> caller(asio::io_context& context, int seed) {
            int sum = 0;
            for (int i = 0; i != 40; ++i) {
                co_await asio::post(context, asio::deferred);
                auto called = callee(context, i % 3);
                switch ((seed + i) % 4) {
                case 0:
                    sum += co_await std::move(called);
                    break;
                case 1:
                    co_await asio::post(context, asio::deferred);
                    sum += co_await called;
                    break;
                case 2: {
                    auto second = callee(context, 0);
                    std::this_thread::yield();
                    sum += co_await called + co_await second - 1;
                    break;
                }
                case 3:
                    called = nullptr;
                    sum += i % 3 + 1;
                    break;
                }
            }
            co_return sum;
        }
    };
    running_context context(2);
    std::vector<IAsyncOperation<int>> all;
    for (int seed = 0; seed != 50; ++seed)
        all.push_back(many::caller(context, seed));
    for (const auto& op : all)
        BOOST_TEST(op.get() == 79);
    context.finish();
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::coroutines_call_coroutines_test
