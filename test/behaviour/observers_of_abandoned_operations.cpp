// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §3: "A handler or awaiter whose executor belongs to the dying context is destroyed [...],
/// as Asio destroys its handlers. [...] Observers on living executors are called. [...] Nothing hangs
/// because a producer died."
namespace asyncinfo_test::observers_of_abandoned_operations_test {
namespace {

/// Operations that are pending when their context is destroyed: some end with the service that they
/// belong to, some in the queue of the scheduler, which goes last.
struct dying {
    std::unique_ptr<asio::io_context> context = std::make_unique<asio::io_context>();

    using start = IAsyncAction (*)(asio::io_context&);
    static IAsyncAction waiting(asio::io_context& c) {
        return async_wait_for_ever(c.get_executor(), use_async_info);
    }
    static IAsyncAction on_a_strand(asio::io_context& c) {
        return async_wait_for_ever(c.get_executor(),
                                   asio::bind_executor(asio::make_strand(c), use_async_info));
    }
    static IAsyncAction posted(asio::io_context& c) { return asio::post(c, use_async_info); }
    static IAsyncAction posted_to_a_strand(asio::io_context& c) {
        return asio::post(asio::make_strand(c), use_async_info);
    }
    static constexpr start all[] = {waiting, on_a_strand, posted, posted_to_a_strand};

    void destroy() { context.reset(); }
};

/// To be carried by what is to be destroyed.
struct carried {
    std::shared_ptr<int> alive;
};

auto carrying(const std::shared_ptr<int>& alive, int& calls) {
    return [held = carried{alive}, &calls](auto&&...) { ++calls; };
}

asio::awaitable<void> await_it(IAsyncAction op, carried, std::optional<error_code>* seen) {
    try {
        co_await IAsyncAction(op);
        seen->emplace();
    } catch (const system_error& e) {
        seen->emplace(e.code());
    }
}

foreign_coroutine await_anywhere(IAsyncAction op, std::optional<error_code>* seen,
                                 std::thread::id* resumed_on) {
    try {
        co_await op;
        seen->emplace();
    } catch (const system_error& e) {
        seen->emplace(e.code());
    }
    *resumed_on = std::this_thread::get_id();
}

} // namespace

BOOST_AUTO_TEST_SUITE(observers_of_abandoned_operations)

BOOST_AUTO_TEST_CASE(handlers_of_the_dying_context_are_destroyed) {
    for (const auto start : dying::all) {
        dying d;
        const auto op = start(*d.context);
        const auto alive = std::make_shared<int>();
        int calls = 0;
        const auto observe = [&](auto&& bind) {
            op(bind(carrying(alive, calls)));
            op.async_wait(bind(carrying(alive, calls)));
        };
        observe([](auto handler) { return handler; }); // on get_executor()
        observe([&](auto handler) { return asio::bind_executor(*d.context, handler); });
        observe([&](auto handler) {
            return asio::bind_executor(asio::make_strand(*d.context), handler);
        });
        observe([&](auto handler) {
            return asio::bind_executor(asio::any_io_executor(d.context->get_executor()), handler);
        });
        observe([&](auto handler) {
            return asio::any_completion_handler<void(error_code)>(std::move(handler));
        });
        BOOST_TEST(alive.use_count() == 11);
        d.destroy();
        BOOST_TEST(calls == 0);
        BOOST_TEST(alive.use_count() == 1);
        BOOST_TEST((op.ErrorCode() == errc::abandoned));
    }
}

BOOST_AUTO_TEST_CASE(handlers_of_living_ones_are_called) {
    for (const auto start : dying::all) {
        asio::io_context lives;
        dying d;
        const auto op = start(*d.context);
        int calls = 0;
        const auto called = [&](error_code error) { calls += error == errc::abandoned; };
        op(asio::bind_executor(lives, called));
        op(asio::bind_executor(asio::make_strand(lives), called));
        op.async_wait(asio::bind_executor(asio::any_io_executor(lives.get_executor()), called));
        // These keep no strand of the dying context until they end.
        const IAsyncAction other = op(asio::bind_executor(lives, use_async_info));
        const auto adapted = op(asio::as_tuple(asio::bind_executor(lives, use_async_info)));
        std::promise<error_code> elsewhere;
        op(asio::bind_executor(asio::system_executor(),
                               [&](error_code error) { elsewhere.set_value(error); }));
        auto future = op(asio::use_future);
        d.destroy();
        BOOST_TEST(calls == 0);
        lives.run();
        BOOST_TEST(calls == 3);
        BOOST_TEST((other.ErrorCode() == errc::abandoned));
        BOOST_TEST((adapted.ErrorCode() == errc::abandoned));
        BOOST_TEST((elsewhere.get_future().get() == errc::abandoned));
        CHECK_THROWS_CODE(future.get(), errc::abandoned);
    }
}

BOOST_AUTO_TEST_CASE(coroutines_of_the_dying_context_are_destroyed) {
    for (const auto start : {dying::waiting, dying::on_a_strand}) {
        dying d;
        const auto alive = std::make_shared<int>();
        std::optional<error_code> seen;
        const auto op = start(*d.context);
        asio::co_spawn(*d.context, await_it(op, carried{alive}, &seen), [](std::exception_ptr) {});
        asio::co_spawn(asio::make_strand(*d.context), await_it(op, carried{alive}, &seen),
                       [](std::exception_ptr) {});
        d.context->poll();
        BOOST_TEST(alive.use_count() == 3);
        BOOST_TEST(op.Status() == AsyncStatus::Started);
        d.destroy();
        BOOST_TEST((op.ErrorCode() == errc::abandoned));
        BOOST_TEST(!seen.has_value());
        BOOST_TEST(alive.use_count() == 1);
    }
}

BOOST_AUTO_TEST_CASE(coroutines_of_living_contexts_are_resumed) {
    for (const auto start : dying::all) {
        asio::io_context lives;
        dying d;
        const auto alive = std::make_shared<int>();
        std::optional<error_code> seen;
        const auto op = start(*d.context);
        asio::co_spawn(lives, await_it(op, carried{alive}, &seen), [](std::exception_ptr) {});
        lives.poll();
        BOOST_TEST(alive.use_count() == 2);
        d.destroy();
        BOOST_TEST(!seen.has_value());
        lives.run();
        BOOST_TEST((seen == error_code(errc::abandoned)));
        BOOST_TEST(alive.use_count() == 1);
    }
}

// A coroutine without an executor resumes where the operation ends: on the destroying thread.
BOOST_AUTO_TEST_CASE(coroutines_without_an_executor_resume_on_the_destroying_thread) {
    for (const auto start : dying::all) {
        dying d;
        std::optional<error_code> seen;
        std::thread::id resumed_on;
        const auto coroutine = await_anywhere(start(*d.context), &seen, &resumed_on);
        const auto destroying = on_another_thread([&] { d.destroy(); });
        BOOST_TEST(coroutine.done());
        BOOST_TEST((seen == error_code(errc::abandoned)));
        BOOST_TEST((resumed_on == destroying));
    }
}

// The wait of a handle of its own is an operation of the dying context, too: abandoned like it.
BOOST_AUTO_TEST_CASE(handles_of_waits_on_the_dying_context_are_abandoned) {
    for (const auto start : dying::all) {
        dying d;
        const auto op = start(*d.context);
        const IAsyncAction other = op(use_async_info);
        const IAsyncAction third = other(use_async_info);
        int calls = 0;
        third.Completed([&](auto&, AsyncStatus status) { calls += status == AsyncStatus::Error; });
        d.destroy();
        for (const auto& each : {op, other, third})
            BOOST_TEST((each.ErrorCode() == errc::abandoned));
        BOOST_TEST(calls == 1);
    }
}

// The waiter's context dies, the operation lives on: the wait goes with its context, whenever the
// operation ends.
BOOST_AUTO_TEST_CASE(waits_go_with_their_own_context) {
    const auto observe_by = [](auto bind) {
        for (const bool ended : {false, true}) {
            async_source<> source;
            const auto op = source.operation();
            auto context = std::make_unique<asio::io_context>();
            const auto alive = std::make_shared<int>();
            int calls = 0;
            op(bind(*context, carrying(alive, calls)));
            op.async_wait(bind(*context, carrying(alive, calls)));
            BOOST_TEST(alive.use_count() == 3);
            if (ended)
                source.set_value(); // on its way
            context.reset();
            BOOST_TEST(alive.use_count() == 1);
            source.set_value();
            BOOST_TEST(calls == 0);
            BOOST_TEST(op.Status() == AsyncStatus::Completed);
        }
    };
    observe_by([](auto& c, auto handler) { return asio::bind_executor(c, handler); });
    observe_by(
        [](auto& c, auto handler) { return asio::bind_executor(asio::make_strand(c), handler); });
    observe_by([](auto& c, auto handler) {
        return asio::bind_executor(asio::any_io_executor(c.get_executor()), handler);
    });
}

BOOST_AUTO_TEST_CASE(also_while_another_thread_ends_the_operation) {
    for (int round = 0; round != 300; ++round) {
        async_source<> source;
        const auto op = source.operation();
        const auto alive = std::make_shared<int>();
        int calls = 0;
        auto context = std::make_unique<asio::io_context>();
        for (int i = 0; i != 3; ++i)
            op(asio::bind_executor(asio::make_strand(*context), carrying(alive, calls)));
        latch start(2);
        {
            joining_thread ending([&] {
                start.arrive_and_wait();
                source.set_value();
            });
            start.arrive_and_wait();
            context.reset();
        }
        BOOST_TEST(alive.use_count() == 1);
        BOOST_TEST(calls == 0);
    }
}

// An operation that ended before, whose observers have not been served yet.
BOOST_AUTO_TEST_CASE(late_observers_are_destroyed_as_well) {
    for (const bool living : {false, true}) {
        asio::io_context lives;
        dying d;
        const auto alive = std::make_shared<int>();
        int calls = 0;
        const auto op = dying::posted(*d.context);
        d.context->poll();
        auto& context = living ? lives : *d.context;
        op(asio::bind_executor(context, carrying(alive, calls)));
        d.destroy();
        BOOST_TEST(calls == 0);
        BOOST_TEST(alive.use_count() == (living ? 2 : 1));
        lives.run();
        BOOST_TEST(calls == (living ? 1 : 0));
        BOOST_TEST(alive.use_count() == 1);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::observers_of_abandoned_operations_test
