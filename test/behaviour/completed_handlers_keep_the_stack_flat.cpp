// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

// A Completed handler may end the next operation, whose handler ends the one after that: however
// long the chain, the stack is as deep as 32 of them make it, when it ends and when it is dropped.

namespace asyncinfo_test::completed_handlers_keep_the_stack_flat_test {
namespace {

/// Levels are a few kilobytes each with sanitizers.
constexpr std::uintptr_t bound = 512 * 1024;
constexpr std::size_t length = chain_length(100'000u);
constexpr std::size_t limit = 32;

/// Sources, of which the handler of each ends the next one by `end(next)`.
template <typename Source>
struct chain {
    template <typename Bind, typename End>
    chain(std::size_t size, Bind bind, End end) : sources(size) {
        for (std::size_t i = 0; i != size; ++i)
            sources[i].operation().Completed(bind([this, i, end](auto&, AsyncStatus) {
                ++called;
                stack.here();
                if (i + 1 != sources.size())
                    end(sources[i + 1]);
            }));
    }

    void check(AsyncStatus status) {
        BOOST_TEST(called == sources.size());
        BOOST_TEST((sources.back().operation().Status() == status));
        BOOST_TEST(stack.depth() < bound);
    }

    stack_use stack;
    std::size_t called = 0;
    std::vector<Source> sources;
};

const auto unbound = [](auto handler) { return handler; };
const auto set_value = [](const auto& source) { source.set_value(); };

/// Lets the next one of a chain go when it goes.
struct owner {
    owner() = default;
    owner(std::unique_ptr<async_source<void, int>> n, stack_use* s, std::size_t* g)
        : next(std::move(n)), stack(s), gone(g) {}
    owner(owner&&) noexcept = default;
    ~owner() {
        if (next) {
            stack->here();
            ++*gone;
        }
    }
    std::unique_ptr<async_source<void, int>> next;
    stack_use* stack = nullptr;
    std::size_t* gone = nullptr;
};

/// `set(operation, source, owner)` makes a handler of the operation's own the next source.
template <typename Set>
void check_dropping(Set set) {
    stack_use stack;
    std::size_t gone = 0;
    auto last = std::make_unique<async_source<void, int>>();
    const auto end = last->operation();
    for (std::size_t i = 0; i != length; ++i) {
        auto source = std::make_unique<async_source<void, int>>();
        set(*source, owner(std::move(last), &stack, &gone));
        last = std::move(source);
    }
    last.reset();
    BOOST_TEST(gone == length);
    BOOST_TEST((end.ErrorCode() == errc::abandoned));
    BOOST_TEST(stack.depth() < bound);
}

IAsyncAction await(IAsyncAction awaited, async_source<>& next) {
    co_await awaited;
    next.set_value();
}

} // namespace

BOOST_AUTO_TEST_SUITE(completed_handlers_keep_the_stack_flat)

BOOST_AUTO_TEST_CASE(when_each_ends_the_next_source) {
    chain<async_source<>> c(length, unbound, set_value);
    c.sources.front().set_value();
    c.check(AsyncStatus::Completed);
    // The thread is as it was.
    chain<async_source<>> next(2, unbound, set_value);
    next.sources.front().set_value();
    next.check(AsyncStatus::Completed);
}

BOOST_AUTO_TEST_CASE(on_a_thread_of_its_own) {
    chain<async_source<void, int>> c(length, unbound, set_value);
    joining_thread([&] { c.sources.front().set_value(); }).join();
    c.check(AsyncStatus::Completed);
}

BOOST_AUTO_TEST_CASE(when_each_cancels_the_next) {
    chain<async_source<>> c(length, unbound,
                            [](const auto& source) { source.operation().Cancel(); });
    for (const auto& source : c.sources)
        source.on_cancel([&source] { source.set_canceled(); });
    c.sources.front().set_canceled();
    c.check(AsyncStatus::Canceled);
}

BOOST_AUTO_TEST_CASE(when_they_are_bound_to_the_executor_they_run_on) {
    asio::io_context context;
    chain<async_source<>> c(
        length, [&](auto handler) { return asio::bind_executor(context, std::move(handler)); },
        set_value);
    asio::post(context, [&] { c.sources.front().set_value(); });
    context.run();
    c.check(AsyncStatus::Completed);
}

// One delegate for all of them, which two operations owe a call at once.
BOOST_AUTO_TEST_CASE(when_they_share_a_handler) {
    std::vector<async_source<>> sources(length);
    stack_use stack;
    std::size_t next = 1;
    const asyncinfo::AsyncActionCompletedHandler handler([&](auto&, AsyncStatus) {
        stack.here();
        for (int two = 0; two != 2; ++two)
            if (next != sources.size())
                sources[next++].set_value();
    });
    for (const auto& source : sources)
        source.operation().Completed(handler);
    sources.front().set_value();
    BOOST_TEST(next == sources.size());
    for (const auto& source : sources)
        if (source.operation().Status() != AsyncStatus::Completed)
            BOOST_ERROR("not ended");
    BOOST_TEST(stack.depth() < bound);
}

BOOST_AUTO_TEST_CASE(mixed_with_coroutines_combinations_and_abandonable_ones) {
    constexpr std::size_t rounds = length / 10;
    std::vector<async_source<>> sources(3 * rounds + 1);
    std::vector<IAsyncAction> awaiting;
    stack_use stack;
    for (std::size_t i = 0; i != rounds; ++i) {
        async_source<>* const three = &sources[3 * i];
        awaiting.push_back(await(three[0].operation(), three[1]));
        awaiting.push_back(asyncinfo::when_all(three[1].operation()));
        awaiting.back().Completed([&, three](auto&, AsyncStatus) {
            stack.here();
            three[2].set_value();
        });
        awaiting.push_back(asyncinfo::abandon_on_cancel(three[2].operation()));
        awaiting.back().Completed([three](auto&, AsyncStatus) { three[3].set_value(); });
    }
    sources.front().set_value();
    for (const auto& op : awaiting)
        if (op.Status() != AsyncStatus::Completed)
            BOOST_ERROR("not ended");
    BOOST_TEST((sources.back().operation().Status() == AsyncStatus::Completed));
    BOOST_TEST(stack.depth() < bound);
}

// Beyond the limit `set_value` returns before the handler has run; whoever waits in there has it
// run.
BOOST_AUTO_TEST_CASE(at_the_limit_the_end_is_there_and_the_handler_comes_later) {
    std::vector<async_source<>> sources(limit + 1);
    const async_source<> waited_for;
    bool called = false;
    for (std::size_t i = 0; i + 1 != limit; ++i)
        sources[i].operation().Completed(
            [&, i](auto&, AsyncStatus) { sources[i + 1].set_value(); });
    sources[limit - 1].operation().Completed([&](auto&, AsyncStatus) {
        BOOST_TEST(sources[limit].set_value());
        BOOST_TEST((sources[limit].operation().Status() == AsyncStatus::Completed));
        BOOST_TEST(!called);
        BOOST_TEST((waited_for.operation().wait_for(1min) == AsyncStatus::Completed));
        BOOST_TEST(called);
    });
    sources[limit].operation().Completed([&](auto&, AsyncStatus) {
        called = true;
        waited_for.set_value();
    });
    sources.front().set_value();
    BOOST_TEST(called);
}

// What it throws comes out of the level that runs it, and stops nobody.
BOOST_AUTO_TEST_CASE(also_when_they_throw) {
    std::vector<async_source<>> sources(length);
    std::size_t called = 0;
    for (std::size_t i = 0; i != length; ++i)
        sources[i].operation().Completed([&, i](auto&, AsyncStatus) {
            ++called;
            if (i + 1 != length) {
                try {
                    sources[i + 1].set_value();
                } catch (std::size_t) {
                }
            }
            throw i;
        });
    BOOST_CHECK_THROW(sources.front().set_value(), std::size_t);
    BOOST_TEST(called == length);
}

BOOST_AUTO_TEST_CASE(when_each_owns_the_next_source) {
    check_dropping([](auto& source, owner next) {
        source.operation().Completed([next = std::move(next)](auto&, AsyncStatus) {});
    });
    check_dropping([](auto& source, owner next) {
        source.operation().Progress([next = std::move(next)](auto&, int) {});
    });
    check_dropping([](auto& source, owner next) { source.on_cancel([next = std::move(next)] {}); });
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::completed_handlers_keep_the_stack_flat_test
