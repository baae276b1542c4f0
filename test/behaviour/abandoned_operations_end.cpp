// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::abandoned_operations_end_test {
namespace {

void check_abandoned(const IAsyncInfo& operation) {
    BOOST_TEST((operation.ErrorCode() == errc::abandoned));
    BOOST_TEST(operation.wait() == AsyncStatus::Error);
}

/// Operations of many kinds, pending on a context.
template <typename Context>
std::vector<IAsyncInfo> pending_on(Context& context) {
    const auto executor = context.get_executor();
    return {
        async_wait_for_ever(executor, use_async_info),
        async_wait_for_ever(asio::any_io_executor(executor), use_async_info),
        async_wait_for_ever(asio::make_strand(executor), use_async_info),
        async_wait_for_ever(executor,
                            asio::bind_executor(asio::make_strand(executor), use_async_info)),
        async_wait_for_ever(executor, asio::as_tuple(use_async_info)),
    };
}

} // namespace

BOOST_AUTO_TEST_SUITE(abandoned_operations_end)

// §3: "the handler is destroyed uninvoked (context destroyed [...]): Error, errc::abandoned".
BOOST_AUTO_TEST_CASE(when_their_context_is_destroyed) {
    for (const bool requested : {false, true}) {
        std::vector<IAsyncInfo> operations;
        {
            asio::io_context context;
            operations = pending_on(context);
            operations.push_back(asio::post(context, use_async_info));
            operations.push_back(asio::post(asio::make_strand(context), use_async_info));
            for (const auto& op : operations) {
                if (requested)
                    op.Cancel();
                BOOST_TEST(op.Status() == AsyncStatus::Started);
            }
        }
        for (const auto& op : operations)
            check_abandoned(op);

        {
            asio::thread_pool pool(2);
            operations = pending_on(pool);
            pool.stop();
        }
        for (const auto& op : operations)
            check_abandoned(op);
    }
}

// A socket operation that has run its first half.
BOOST_AUTO_TEST_CASE(when_their_context_is_destroyed_in_the_middle) {
    IAsyncInfo accept;
    {
        asio::io_context context;
        auto acceptor = std::make_shared<tcp::acceptor>(
            context, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
        auto& object = *acceptor;
        accept = object.async_accept(asio::consign(use_async_info, std::move(acceptor)));
        context.poll();
        BOOST_TEST(accept.Status() == AsyncStatus::Started);
    }
    check_abandoned(accept);
}

// §3: "blocked waiters wake in every case", here while another thread is in wait() and get().
BOOST_AUTO_TEST_CASE(and_their_waiters_wake) {
    auto context = std::make_optional<asio::io_context>();
    for (const auto& op : pending_on(*context)) {
        auto waiting = std::async(std::launch::async, [op] { return op.wait(); });
        waiter::until_there_is_one(op);
        context.reset();
        BOOST_TEST(waiting.get() == AsyncStatus::Error);
        check_abandoned(op);
        context.emplace();
    }

    // A sole observer is served by a way of its own.
    for (const bool alone : {true, false}) {
        pending<void(error_code, int)> dropped;
        const auto op = dropped.start(use_async_info);
        auto getting = std::async(std::launch::async, [op] {
            error_code error;
            op.get(error);
            return error;
        });
        waiter::until_there_is_one(op);
        int calls = 0;
        if (!alone)
            op.Completed([&](const auto&, AsyncStatus) { ++calls; });
        dropped.drop();
        BOOST_TEST((getting.get() == errc::abandoned));
        BOOST_TEST(calls == !alone);
    }
}

// §3: "Completed without an executor runs inline on the destroying thread".
BOOST_AUTO_TEST_CASE(and_completed_runs_on_the_destroying_thread) {
    int calls = 0;
    std::thread::id calling;
    auto context = std::make_unique<asio::io_context>();
    const auto op = async_wait_for_ever(context->get_executor(), use_async_info);
    op.Completed([&](const IAsyncAction& sender, AsyncStatus status) {
        calls += status == AsyncStatus::Error && sender.ErrorCode() == errc::abandoned;
        calling = std::this_thread::get_id();
    });
    const auto destroying = on_another_thread([&] { context.reset(); });
    BOOST_TEST(calls == 1);
    BOOST_TEST((calling == destroying));
}

// §3: "A handler [...] whose executor belongs to the dying context is destroyed, as Asio destroys
// its handlers; observers on living executors are called."
BOOST_AUTO_TEST_CASE(and_completed_is_called_if_its_executor_lives) {
    const std::function<IAsyncAction(asio::io_context&)> operations[] = {
        [](auto& context) { return async_wait_for_ever(context.get_executor(), use_async_info); },
        [](auto& context) {
            return async_wait_for_ever(asio::make_strand(context), use_async_info);
        },
        [](auto& context) { return asio::post(context, use_async_info); },
    };
    for (const auto& start : operations) {
        asio::io_context lives;
        auto dies = std::make_unique<asio::io_context>();
        IAsyncAction on_living[2], on_dying[3];
        int living_calls = 0, dying_calls = 0;
        auto captured = std::make_shared<int>();
        const std::weak_ptr<int> alive = captured;

        const auto counted = [](int& calls) {
            return [&calls](const IAsyncAction& sender, AsyncStatus status) {
                calls += status == AsyncStatus::Error && sender.ErrorCode() == errc::abandoned;
            };
        };
        const auto never = [&] {
            return [&dying_calls, captured](auto&, AsyncStatus) { ++dying_calls; };
        };
        for (auto& op : on_living)
            op = start(*dies);
        for (auto& op : on_dying)
            op = start(*dies);
        on_living[0].Completed(asio::bind_executor(lives, counted(living_calls)));
        on_living[1].Completed(
            asio::bind_executor(asio::make_strand(lives), counted(living_calls)));
        on_dying[0].Completed(asio::bind_executor(*dies, never()));
        on_dying[1].Completed(asio::bind_executor(asio::make_strand(*dies), never()));
        on_dying[2].Completed(
            asio::bind_executor(asio::any_io_executor(dies->get_executor()), never()));
        captured.reset();
        BOOST_TEST(!alive.expired());

        dies.reset();
        BOOST_TEST(alive.expired());
        BOOST_TEST(dying_calls == 0);
        BOOST_TEST(living_calls == 0);
        lives.run();
        BOOST_TEST(living_calls == 2);
        for (const auto& op : on_living)
            check_abandoned(op);
        for (const auto& op : on_dying)
            check_abandoned(op);
    }
}

// "The execution context may be destroyed at any time": that of the I/O object, too, when the
// completion handler has left it for the executor bound to it.
BOOST_AUTO_TEST_CASE(not_if_the_handler_has_left_the_context) {
    const auto check = [](auto make_executor) {
        asio::io_context living;
        auto dying = std::make_unique<asio::io_context>();
        using timer = timer_on<decltype(make_executor(*dying))>;
        auto expired = std::make_unique<timer>(make_executor(*dying), 0s);
        const auto op = expired->async_wait(asio::bind_executor(living, use_async_info));
        BOOST_TEST(dying->run() == 1u);
        expired.reset();
        dying.reset();
        BOOST_TEST(op.Status() == AsyncStatus::Started);
        BOOST_TEST(living.run() == 1u);
        BOOST_TEST(op.Status() == AsyncStatus::Completed);
    };
    check([](auto& context) { return context.get_executor(); });
    check([](auto& context) { return asio::make_strand(context); });
    check([](auto& context) { return asio::any_io_executor(asio::make_strand(context)); });
    check([](auto& context) {
        return asio::make_strand(asio::any_io_executor(context.get_executor()));
    });
}

// §3: "initiation threw it away": long before Completed can be set.
BOOST_AUTO_TEST_CASE(also_when_the_initiation_throws_the_handler_away) {
    const auto op =
        asio::async_initiate<decltype(use_async_info), void()>([](auto) {}, use_async_info);
    check_abandoned(op);
    int calls = 0;
    op.Completed([&](auto&, AsyncStatus status) { calls += status == AsyncStatus::Error; });
    BOOST_TEST(calls == 1);
}

// "Nothing hangs because a producer died": the context goes while threads wait for what it did.
BOOST_AUTO_TEST_CASE(while_other_threads_wait_and_cancel) {
    for (int round = 0; round != 50; ++round) {
        auto context = std::make_unique<asio::io_context>();
        const auto operations = pending_on(*context);
        bool good = true;
        const auto wait = [&good, operations] {
            for (const auto& op : operations)
                good &= op.wait() == AsyncStatus::Error;
        };
        const auto cancel = [operations] {
            for (const auto& op : operations)
                op.Cancel();
        };
        at_once({[&] { context.reset(); }, wait, cancel});
        BOOST_TEST(good);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::abandoned_operations_end_test
