// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// contract.md §3 and §9.3: a handler whose executor belongs to a context is destroyed with that
/// context, whatever it waits for; what ends later finds nobody, and loses nothing.
namespace asyncinfo_test::handlers_end_with_their_context_test {
namespace {

template <typename Test, typename ExecutorOf>
void with_executor(Test test, ExecutorOf executor_of) {
    auto context = std::make_unique<asio::io_context>();
    test([&] { return executor_of(*context); }, [&] { context.reset(); });
}

/// Executors of a context that is about to end, as users bind them.
template <typename Test>
void with_each_executor(Test test) {
    with_executor(test, [](asio::io_context& io) { return io.get_executor(); });
    with_executor(test, [](asio::io_context& io) { return asio::make_strand(io); });
    with_executor(test, [](asio::io_context& io) { return asio::io_context::strand(io); });
    with_executor(test,
                  [](asio::io_context& io) -> asio::any_io_executor { return io.get_executor(); });
    with_executor(
        test, [](asio::io_context& io) -> asio::any_io_executor { return asio::make_strand(io); });
}

/// Two of them, where what matters is how far the operation has come.
template <typename Test>
void with_two_executors(Test test) {
    with_executor(test, [](asio::io_context& io) { return io.get_executor(); });
    with_executor(
        test, [](asio::io_context& io) -> asio::any_io_executor { return asio::make_strand(io); });
}

/// Notes its call; whether it is still there shows in the `weak_ptr`.
struct handler {
    std::shared_ptr<int> calls = std::make_shared<int>();

    template <typename... Args>
    void operator()(Args&&...) const {
        ++*calls;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(handlers_end_with_their_context)

BOOST_AUTO_TEST_CASE(completed_is_destroyed_with_the_context_and_not_called) {
    with_each_executor([](auto executor, auto end_context) {
        async_source<int> source;
        handler h;
        const std::weak_ptr<int> alive = h.calls;
        IAsyncOperation<int> op = source.operation();
        op.Completed(asio::bind_executor(executor(), std::move(h)));
        BOOST_TEST(!alive.expired());
        end_context();
        BOOST_TEST(alive.expired());
        source.set_value(7);
        BOOST_TEST(op.GetResults() == 7);
    });
}

BOOST_AUTO_TEST_CASE(a_delegate_that_somebody_keeps_can_still_be_used) {
    with_two_executors([](auto executor, auto end_context) {
        handler h;
        const std::weak_ptr<int> alive = h.calls;
        const asyncinfo::AsyncActionCompletedHandler kept(
            asio::bind_executor(executor(), std::move(h)));
        end_context();
        BOOST_TEST(alive.expired());
        async_source<> source;
        source.operation().Completed(kept);
        source.set_value();
        async_source<> ended;
        ended.set_value();
        ended.operation().Completed(kept);
        kept(ended.operation(), AsyncStatus::Completed);
        BOOST_TEST(!!kept);
    });
}

BOOST_AUTO_TEST_CASE(a_call_that_was_due_is_destroyed_with_the_context) {
    with_two_executors([](auto executor, auto end_context) {
        async_source<> source;
        handler h;
        const std::weak_ptr<int> alive = h.calls;
        const auto calls = h.calls.get();
        source.operation().Completed(asio::bind_executor(executor(), std::move(h)));
        source.set_value(); // submitted, and nobody runs the context
        BOOST_TEST(*calls == 0);
        end_context();
        BOOST_TEST(alive.expired());
    });
}

BOOST_AUTO_TEST_CASE(progress_is_destroyed_with_the_context_and_completed_is_called) {
    with_each_executor([](auto executor, auto end_context) {
        async_source<void, int> source;
        handler progress;
        const std::weak_ptr<int> alive = progress.calls;
        auto op = source.operation();
        bool completed = false;
        op.Completed([&](auto&, AsyncStatus) { completed = true; });
        op.Progress(asio::bind_executor(executor(), std::move(progress)));
        source.report(1); // on its way
        end_context();
        BOOST_TEST(alive.expired());
        source.report(2);
        BOOST_TEST(op.progress().value() == 2);
        source.set_value();
        BOOST_TEST(completed);
    });
}

BOOST_AUTO_TEST_CASE(throttled_progress_is_destroyed_with_the_context_and_completed_is_called) {
    with_two_executors([](auto executor, auto end_context) {
        async_source<void, int> source;
        auto op = source.operation();
        bool completed = false;
        op.Completed([&](auto&, AsyncStatus) { completed = true; });
        op.Progress(asio::bind_executor(executor(), asyncinfo::every(1h, handler())));
        source.report(1);
        source.report(2);
        end_context();
        source.report(3);
        source.set_value();
        BOOST_TEST(completed);
    });
}

BOOST_AUTO_TEST_CASE(a_handler_may_own_its_context) {
    auto context = std::make_shared<asio::io_context>();
    const std::weak_ptr<asio::io_context> alive = context;
    const auto executor = context->get_executor();
    asyncinfo::AsyncActionCompletedHandler handler(asio::bind_executor(
        executor, [owned = std::move(context)](const IAsyncAction&, AsyncStatus) {}));
    BOOST_TEST(!alive.expired());
    handler = nullptr;
    BOOST_TEST(alive.expired());
}

BOOST_AUTO_TEST_CASE(one_who_waits_for_a_groups_next_is_destroyed_with_the_context) {
    with_each_executor([](auto executor, auto end_context) {
        operation_group<> group;
        async_source<> source;
        group.add(source.operation());
        handler h;
        const std::weak_ptr<int> alive = h.calls;
        group.async_next(asio::bind_executor(executor(), std::move(h)));
        end_context();
        BOOST_TEST(alive.expired());
        source.set_value();
        BOOST_TEST(!!group.try_next()); // it is not lost
    });
}

BOOST_AUTO_TEST_CASE(the_next_one_who_waits_for_a_group_has_what_was_on_its_way) {
    with_two_executors([](auto executor, auto end_context) {
        operation_group<> group;
        async_source<> source;
        group.add(source.operation());
        asio::io_context other;
        int first = 0;
        int second = 0;
        group.async_next(asio::bind_executor(executor(), [&](auto, auto) { ++first; }));
        group.async_next(asio::bind_executor(other, [&](auto, auto entry) {
            BOOST_TEST(!!entry);
            ++second;
        }));
        source.set_value(); // on its way to the first
        other.poll();
        BOOST_TEST(second == 0);
        end_context();
        other.run();
        BOOST_TEST(first == 0);
        BOOST_TEST(second == 1);
    });
}

BOOST_AUTO_TEST_CASE(what_ends_while_the_context_goes_stays_in_the_group) {
    with_two_executors([](auto executor, auto end_context) {
        operation_group<> group;
        auto source = std::make_shared<async_source<>>();
        group.add(source->operation());
        // Goes first, and with it the source: the one who waits has not been told of the end yet.
        const asyncinfo::AsyncActionCompletedHandler owner(asio::bind_executor(
            executor(), [owned = std::move(source)](const IAsyncAction&, AsyncStatus) {}));
        group.async_next(asio::bind_executor(executor(), [](auto, auto) {}));
        end_context();
        BOOST_TEST(!!group.try_next());
    });
}

BOOST_AUTO_TEST_CASE(a_coroutine_that_waits_for_a_groups_next_ends_with_its_context) {
    operation_group<> group;
    async_source<> source;
    group.add(source.operation());
    IAsyncAction waits;
    {
        asio::io_context io;
        const auto next = [](asio::io_context&, operation_group<>& from) -> IAsyncAction {
            co_await from.async_next(asio::deferred);
        };
        waits = next(io, group);
    }
    BOOST_TEST((waits.ErrorCode() == errc::abandoned));
    source.set_value();
    BOOST_TEST(!!group.try_next());
}

BOOST_AUTO_TEST_CASE(what_a_group_calls_for_each_is_destroyed_with_the_context) {
    with_each_executor([](auto executor, auto end_context) {
        operation_group<> group;
        async_source<> before;
        async_source<> after;
        group.add(before.operation());
        group.add(after.operation());
        handler h;
        const std::weak_ptr<int> alive = h.calls;
        group.on_next(executor(), std::move(h));
        before.set_value(); // submitted
        end_context();
        BOOST_TEST(alive.expired());
        after.set_value();
        BOOST_TEST(!!group.try_next());
        BOOST_TEST(!!group.try_next());
        BOOST_TEST(!group.try_next());
    });
}

/// Each round a context dies while another thread ends what handlers that are bound to it wait for.
BOOST_AUTO_TEST_CASE(an_end_at_the_same_moment_finds_the_handler_or_nobody) {
    const int rounds = sanitized ? 300 : 1000;
    for (int round = 0; round != rounds; ++round) {
        auto context = std::make_unique<asio::io_context>();
        const auto executor = [&] { return asio::make_strand(*context); };
        std::optional<async_source<void, int>> source(std::in_place);
        auto op = source->operation();
        operation_group<IAsyncActionWithProgress<int>> of_one_type;
        operation_group<> group;
        group.add(op);
        std::vector<std::weak_ptr<int>> alive;
        const auto bound = [&] {
            handler h;
            alive.push_back(h.calls);
            return asio::bind_executor(executor(), std::move(h));
        };
        op.Completed(bound());
        op.Progress(bound());
        op(bound());
        group.async_next(bound());
        {
            auto h = bound();
            group.on_next(h.get_executor(), std::move(h.get()));
        }
        at_once({[&] { context.reset(); },
                 [&] {
                     source->report(1);
                     source->set_value();
                     op = nullptr;
                     source.reset();
                 }});
        BOOST_TEST(!!group.try_next());
        group.on_next(nullptr);
        for (const auto& a : alive)
            BOOST_TEST(a.expired());
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::handlers_end_with_their_context_test
