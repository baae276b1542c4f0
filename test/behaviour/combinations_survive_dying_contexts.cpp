// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::combinations_survive_dying_contexts_test {
namespace {

/// Holds `alive` until it has ended, and its block until the last handle is gone.
IAsyncAction wait_for_ever(const asio::any_io_executor& executor, std::shared_ptr<int> alive) {
    return async_wait_for_ever(executor, asio::consign(use_async_info, std::move(alive)));
}

/// The executor that is kept as no more than a pointer, and one that has to be given back.
std::array<asio::any_io_executor, 2> executors_of(asio::io_context& context) {
    return {context.get_executor(), asio::make_strand(context.get_executor())};
}

/// Two of each, and combinations of them that fail, and that have a winner, when they die.
struct combined {
    std::vector<IAsyncInfo> failing;
    std::vector<IAsyncInfo> winning;

    template <typename Context>
    combined(Context& context, const std::shared_ptr<int>& alive) {
        const auto start = [&] {
            return std::vector{wait_for_ever(context.get_executor(), alive),
                               wait_for_ever(asio::make_strand(context.get_executor()), alive)};
        };
        const auto two = start();
        failing.push_back(asyncinfo::when_all(start()));
        failing.push_back(asyncinfo::when_all(on_failure::cancel_rest, two[0], two[1]));
        failing.push_back(
            asyncinfo::when_any(winner::first_to_succeed, losers::cancel_and_join, start()));
        failing.push_back(asyncinfo::when_any(winner::first_to_succeed, two[0], two[1]));
        failing.push_back(asyncinfo::when_all(failing[0], failing[1]));
        winning.push_back(asyncinfo::when_any(start()));
        winning.push_back(asyncinfo::when_any(losers::cancel_and_join, two[0], two[1]));
        winning.push_back(asyncinfo::when_any(failing[2], failing[3]));
    }

    void check() const {
        for (const auto& op : failing)
            BOOST_TEST((op.ErrorCode() == errc::abandoned));
        for (const auto& op : winning)
            BOOST_TEST(op.Status() == AsyncStatus::Completed);
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(combinations_survive_dying_contexts)

// §3: what the context had pending ends as abandoned, and so does what consists of it.
BOOST_AUTO_TEST_CASE(with_members_pending) {
    for (const bool requested : {false, true}) {
        const auto alive = std::make_shared<int>();
        std::optional<combined> all;
        {
            asio::io_context context;
            all.emplace(context, alive);
            for (const auto& op : all->failing) {
                BOOST_TEST(op.Status() == AsyncStatus::Started);
                if (requested)
                    op.Cancel();
            }
        }
        all->check();
        BOOST_TEST(alive.use_count() == 1);
        {
            asio::thread_pool pool(2);
            all.emplace(pool, alive);
            pool.stop();
        }
        all->check();
        BOOST_TEST(alive.use_count() == 1);
    }
}

BOOST_AUTO_TEST_CASE(also_if_nobody_has_a_handle) {
    const auto alive = std::make_shared<int>();
    // Its result shows whether a combination is still there.
    pending<void(error_code, std::shared_ptr<int>)> source;
    {
        asio::io_context context;
        static_cast<void>(combined(context, alive));
        const auto kept = source.start(use_async_info);
        static_cast<void>(asyncinfo::when_all(kept, wait_for_ever(context.get_executor(), alive)));
        source.complete({}, alive);
        BOOST_TEST(alive.use_count() > 2);
    }
    BOOST_TEST(alive.use_count() == 1);
}

// A combination of operations of two contexts waits for the one that lives.
BOOST_AUTO_TEST_CASE(one_of_two_contexts) {
    const auto alive = std::make_shared<int>();
    asio::io_context lives;
    std::optional<asio::io_context> dies(std::in_place);
    const auto living = wait_for_ever(lives.get_executor(), alive);
    const auto dying = wait_for_ever(dies->get_executor(), alive);
    const auto all = asyncinfo::when_all(living, dying);
    const auto cancelling = asyncinfo::when_all(on_failure::cancel_rest, dying, dying);
    const auto any = asyncinfo::when_any(winner::first_to_succeed, living, dying);
    dies.reset();
    BOOST_TEST((cancelling.ErrorCode() == errc::abandoned));
    BOOST_TEST(all.Status() == AsyncStatus::Started);
    BOOST_TEST(any.Status() == AsyncStatus::Started);
    any.Cancel();
    lives.run();
    BOOST_TEST((all.ErrorCode() == asio::error::operation_aborted));
    BOOST_TEST(any.Status() == AsyncStatus::Canceled);
    BOOST_TEST(alive.use_count() == 1);
}

// Where the first member's executor has gone it is not the combination's either.
BOOST_AUTO_TEST_CASE(with_an_executor_of_the_first_that_goes) {
    for (const std::size_t which : {0u, 1u}) {
        const auto alive = std::make_shared<int>();
        async_source<> source;
        std::optional<asio::io_context> dies(std::in_place);
        const auto dying = wait_for_ever(executors_of(*dies)[which], alive);
        const auto all = asyncinfo::when_all(dying, source.operation());
        const auto any = asyncinfo::when_any(winner::first_to_succeed, dying, source.operation());
        const auto outer = asyncinfo::abandon_on_cancel(all);
        dies.reset();
        for (const IAsyncInfo& op : {IAsyncInfo(all), IAsyncInfo(any), IAsyncInfo(outer)}) {
            BOOST_TEST(op.Status() == AsyncStatus::Started);
            BOOST_TEST((op.get_executor() == asio::system_executor()));
        }
        source.set_value();
        BOOST_TEST((all.ErrorCode() == errc::abandoned));
        BOOST_TEST(any.Status() == AsyncStatus::Completed);
        BOOST_TEST((outer.ErrorCode() == errc::abandoned));
        for (const IAsyncInfo& op : {IAsyncInfo(all), IAsyncInfo(any), IAsyncInfo(outer)})
            BOOST_TEST((op.get_executor() == asio::system_executor()));
    }
}

// From the moment the context begins to go: what goes with it before the combination is told may
// ask.
BOOST_AUTO_TEST_CASE(with_an_executor_of_the_first_that_is_going) {
    struct on_exit {
        std::function<void()> function;
        ~on_exit() { function(); }
    };
    const auto suspended = [](asio::io_context&, std::function<void()> at_end) -> IAsyncAction {
        const on_exit guard{std::move(at_end)};
        co_await asyncinfo::resume_after(1h);
    };
    for (const std::size_t which : {0u, 1u}) {
        const auto alive = std::make_shared<int>();
        async_source<> source;
        std::optional<asio::io_context> dies(std::in_place);
        IAsyncAction all;
        bool asked = false;
        const auto earlier = suspended(*dies, [&] {
            asked = true;
            BOOST_TEST(all.Status() == AsyncStatus::Started);
            BOOST_TEST((all.get_executor() == asio::system_executor()));
        });
        const auto dying = wait_for_ever(executors_of(*dies)[which], alive);
        all = asyncinfo::when_all(dying, source.operation());
        BOOST_TEST((all.get_executor() != asio::system_executor()));
        dies.reset();
        BOOST_TEST(asked);
        source.set_value();
        BOOST_TEST((all.ErrorCode() == errc::abandoned));
    }
}

BOOST_AUTO_TEST_CASE(a_context_that_keeps_another_one) {
    const auto alive = std::make_shared<int>();
    auto inner = std::make_shared<asio::io_context>();
    const auto of_inner = wait_for_ever(inner->get_executor(), alive);
    IAsyncAction of_outer;
    IAsyncInfo op;
    {
        asio::io_context outer;
        of_outer = async_wait_for_ever(outer.get_executor(),
                                       asio::consign(use_async_info, std::move(inner)));
        op = asyncinfo::when_all(on_failure::cancel_rest, of_inner, of_outer);
    }
    BOOST_TEST((op.ErrorCode() == errc::abandoned));
    BOOST_TEST((of_inner.ErrorCode() == errc::abandoned));
    BOOST_TEST(alive.use_count() == 1);
}

// §10: the end of the context waits for who is using its executor.
BOOST_AUTO_TEST_CASE(while_the_executor_is_in_use) {
    for (const std::size_t kind : {0u, 1u}) {
        auto first = std::make_unique<asio::io_context>();
        pending<void(error_code)> other;
        const auto all = asyncinfo::when_all(asio::post(executors_of(*first)[kind], use_async_info),
                                             other.start(use_async_info));
        first->run(); // so nothing of the context's is left but that executor
        std::atomic<bool> gone = false;
        joining_thread destroying;
        bool waits = false;
        auto& operation = *asyncinfo::detail::handle_access::operation(all);
        operation.visit_executor([&](const asio::any_io_executor& used) {
            BOOST_TEST(bool(used));
            destroying = joining_thread([&] {
                first.reset();
                gone = true;
            });
            while (!waits && !gone)
                waits = (operation.load() & asyncinfo::detail::lifecycle::contended) != 0;
        });
        destroying.join();
        BOOST_TEST(waits);
        BOOST_TEST(gone);
        other.complete({});
        BOOST_TEST(all.Status() == AsyncStatus::Completed);
    }
}

BOOST_AUTO_TEST_CASE(and_their_waiters_wake) {
    const auto alive = std::make_shared<int>();
    auto context = std::make_optional<asio::io_context>();
    const combined all(*context, alive);
    std::vector<std::future<AsyncStatus>> waiting;
    for (const auto& op : all.failing)
        waiting.push_back(std::async(std::launch::async, [op] { return op.wait(); }));
    for (const auto& op : all.failing)
        waiter::until_there_is_one(op);
    context.reset();
    for (auto& w : waiting)
        BOOST_TEST(w.get() == AsyncStatus::Error);
}

BOOST_AUTO_TEST_CASE(while_other_threads_wait_and_cancel) {
    for (int round = 0; round != 50; ++round) {
        const auto alive = std::make_shared<int>();
        auto context = std::make_optional<asio::io_context>();
        {
            const combined all(*context, alive);
            bool good = true;
            const auto wait = [&] {
                for (const auto& op : all.failing)
                    good &= op.wait() == AsyncStatus::Error;
                for (const auto& op : all.winning)
                    good &= op.wait() == AsyncStatus::Completed;
            };
            const auto cancel = [&] {
                for (const auto& op : all.failing)
                    op.Cancel();
                for (const auto& op : all.winning)
                    op.Cancel();
            };
            at_once({[&] { context.reset(); }, wait, cancel});
            BOOST_TEST(good);
        }
        BOOST_TEST(alive.use_count() == 1);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::combinations_survive_dying_contexts_test
