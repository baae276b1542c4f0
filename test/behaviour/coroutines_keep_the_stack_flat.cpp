// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// Awaiting handles nests no deeper than the library allows, however many coroutines wait for each
/// other: not in a loop, not when a chain of them ends, not when it is destroyed; in every build,
/// also where the compiler makes no tail call of symmetric transfer.
namespace asyncinfo_test::coroutines_keep_the_stack_flat_test {
namespace {

/// Levels are a few kilobytes each with sanitizers, and there are 32 at most. Unbounded, the chains
/// below would use a hundred times as much.
constexpr std::uintptr_t bound = 256 * 1024;

foreign_coroutine await_often(IAsyncOperation<int> op, int times, long* sum, stack_use* stack) {
    for (int i = 0; i != times; ++i) {
        const int value = co_await op;
        *sum += value;
        stack->here();
    }
}

/// One coroutine of a chain: ends when the next one has, by which it ends the operation that the
/// one before is waiting for.
struct stage {
    pending<void(error_code)> source;
    IAsyncAction op = source.start(use_async_info);
    foreign_coroutine coroutine{};
};

foreign_coroutine await_next(IAsyncAction next, pending<void(error_code)>* own, stack_use* stack,
                             int* ended, std::shared_ptr<int>) {
    co_await next;
    stack->here();
    ++*ended;
    if (own)
        own->complete({});
}

struct chain {
    explicit chain(std::size_t length) : stages(length) {
        for (std::size_t i = 0; i != length; ++i)
            stages[i].coroutine = await_next(stages[i].op, i ? &stages[i - 1].source : nullptr,
                                             &stack, &ended, alive);
    }

    std::shared_ptr<int> alive = std::make_shared<int>();
    stack_use stack;
    int ended = 0;
    std::deque<stage> stages;
};

constexpr std::size_t length = 10000;

/// One that is to be destroyed when it is about to be resumed.
struct victim {
    pending<void(error_code)> source{};
    IAsyncAction op = source.start(use_async_info);
    foreign_coroutine coroutine{};
};

foreign_coroutine await_in_vain(IAsyncAction op, int* resumed) {
    co_await op;
    ++*resumed;
}

/// Ends what a coroutine awaits, which so is resumed, or queued for later; and if that, destroys
/// it.
foreign_coroutine end_and_destroy(IAsyncAction next, pending<void(error_code)>* own, victim* other,
                                  int* queued) {
    co_await next;
    other->source.complete({});
    if (!other->coroutine.done()) {
        ++*queued;
        other->coroutine.destroy();
    }
    if (own)
        own->complete({});
}

throwing_coroutine end_and_throw(IAsyncAction next, pending<void(error_code)>* own, int number) {
    co_await next;
    try {
        if (own)
            own->complete({});
    } catch (int) {
        // Of the one before; that of this one is thrown all the same.
    }
    throw number;
}

struct held {
    IAsyncInfo previous;
    std::shared_ptr<int> alive;
};
IAsyncOperation<held> hold(IAsyncInfo previous, std::shared_ptr<int> alive) {
    co_return held{std::move(previous), std::move(alive)};
}

} // namespace

BOOST_AUTO_TEST_SUITE(coroutines_keep_the_stack_flat)

BOOST_AUTO_TEST_CASE(in_a_loop_of_awaits_of_what_has_ended) {
    constexpr int times = chain_length(1'000'000);
    pending<void(error_code, int)> source;
    const auto op = source.start(use_async_info);
    stack_use stack;
    long sum = 0;
    auto coroutine = await_often(op, times, &sum, &stack);
    source.complete({}, 1); // the first suspends, the others do not
    BOOST_TEST(coroutine.done());
    BOOST_TEST(sum == times);
    BOOST_TEST(stack.depth() < 64u);

    sum = 0;
    auto late = await_often(op, times, &sum, &stack);
    BOOST_TEST(late.done());
    BOOST_TEST(sum == times);
}

BOOST_AUTO_TEST_CASE(when_a_long_chain_ends) {
    chain c(length);
    BOOST_TEST(c.ended == 0);
    c.stages.back().source.complete({});
    BOOST_TEST(c.ended == int{length});
    for (const auto& stage : c.stages)
        if (!stage.coroutine.done())
            BOOST_ERROR("not resumed");
    BOOST_TEST(c.stack.depth() < bound);
    // The thread is as it was: the next one is resumed at once.
    chain next(2);
    next.stages.back().source.complete({});
    BOOST_TEST(next.ended == 2);
}

BOOST_AUTO_TEST_CASE(when_a_long_chain_is_abandoned) {
    // Each throws, and so ends without ending the one before: its frame is destroyed by the owner.
    chain c(length);
    c.stages.back().source.drop();
    BOOST_TEST(c.ended == 0);
    BOOST_TEST(c.stages.back().coroutine.done());
    while (!c.stages.empty())
        c.stages.pop_back();
    BOOST_TEST(c.alive.use_count() == 1);
}

// "destroyed while suspended (frame destroyed: operation forgets it)"
BOOST_AUTO_TEST_CASE(when_a_long_chain_is_destroyed_while_suspended) {
    for (const bool forward : {false, true}) {
        chain c(length);
        BOOST_TEST(c.alive.use_count() == long{length} + 1);
        for (std::size_t i = 0; i != length; ++i)
            c.stages[forward ? i : length - 1 - i].coroutine.destroy();
        BOOST_TEST(c.alive.use_count() == 1);
        // Nobody is left to be resumed.
        for (auto& stage : c.stages)
            stage.source.complete({});
        BOOST_TEST(c.ended == 0);
    }
}

// Results live as long as the operation: the last handle to one is in the result of the next.
BOOST_AUTO_TEST_CASE(when_a_long_chain_of_results_goes) {
    constexpr int deep = chain_length(200'000);
    const auto alive = std::make_shared<int>();
    IAsyncInfo last;
    for (int i = 0; i != deep; ++i)
        last = hold(std::move(last), alive);
    BOOST_TEST(last.Status() == AsyncStatus::Completed);
    BOOST_TEST(alive.use_count() == deep + 1);
    last = nullptr;
    BOOST_TEST(alive.use_count() == 1);
}

// Many coroutines that wait for one operation are resumed one after the other.
BOOST_AUTO_TEST_CASE(when_many_await_the_same) {
    pending<void(error_code)> source;
    const auto op = source.start(use_async_info);
    stack_use stack;
    int ended = 0;
    std::vector<foreign_coroutine> all;
    for (std::size_t i = 0; i != length; ++i)
        all.push_back(await_next(op, nullptr, &stack, &ended, nullptr));
    source.complete({});
    BOOST_TEST(ended == int{length});
    BOOST_TEST(stack.depth() < 64u);
}

// On a thread of little stack, as threads of a pool may have.
BOOST_AUTO_TEST_CASE(on_any_thread) {
    chain c(length);
    joining_thread([&] { c.stages.back().source.complete({}); }).join();
    BOOST_TEST(c.ended == int{length});
    BOOST_TEST(c.stack.depth() < bound);
}

// A coroutine that has been told, but is still queued for the stack to be less deep, may be
// destroyed as well; it is not resumed.
BOOST_AUTO_TEST_CASE(one_that_is_queued_may_be_destroyed) {
    constexpr std::size_t deep = 100;
    std::deque<stage> stages(deep);
    std::deque<victim> victims(deep);
    int queued = 0, resumed = 0;
    for (std::size_t i = 0; i != deep; ++i) {
        victims[i].coroutine = await_in_vain(victims[i].op, &resumed);
        stages[i].coroutine = end_and_destroy(stages[i].op, i ? &stages[i - 1].source : nullptr,
                                              &victims[i], &queued);
    }
    stages.back().source.complete({});
    for (const auto& stage : stages)
        BOOST_TEST(stage.coroutine.done());
    BOOST_TEST(queued > 0);
    BOOST_TEST(resumed > 0);
    BOOST_TEST(queued + resumed == int{deep});
}

// What they throw comes out at the level that resumed them, and stops nobody.
BOOST_AUTO_TEST_CASE(also_when_they_throw) {
    constexpr std::size_t deep = 1000;
    std::deque<stage> stages(deep);
    std::vector<throwing_coroutine> coroutines;
    for (std::size_t i = 0; i != deep; ++i)
        coroutines.push_back(
            end_and_throw(stages[i].op, i ? &stages[i - 1].source : nullptr, static_cast<int>(i)));
    BOOST_CHECK_THROW(stages.back().source.complete({}), int);
    for (const auto& coroutine : coroutines) {
        BOOST_TEST(coroutine.frame.done());
        coroutine.frame.destroy();
    }
    chain after(2 * 32);
    after.stages.back().source.complete({});
    BOOST_TEST(after.ended == 2 * 32);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::coroutines_keep_the_stack_flat_test
