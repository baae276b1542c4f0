// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §4.2: Cancel from a foreign thread works on any executor, on a pool of any size, and the signal
/// is emitted on the operation's executor: the bound one, else the one its initiation publishes.
namespace asyncinfo_test::cancel_on_any_executor_test {
namespace {

constexpr int rounds = 100;

/// Takes steps until it is cancelled. `inside()` is asked where the signal is emitted.
template <typename Executor, typename Inside>
struct looping {
    using executor_type = Executor;
    executor_type get_executor() const noexcept { return executor; }

    Executor executor;
    Inside inside;
    std::atomic<int>& outside;

    template <typename Handler>
    void operator()(Handler handler) const {
        auto steps = asio::get_associated_executor(handler, executor);
        auto slot = asio::get_associated_cancellation_slot(handler);
        auto shared = std::make_shared<state<Handler>>(state<Handler>{std::move(handler)});
        slot.assign([shared, in = inside, &out = outside](asio::cancellation_type_t) {
            out += !in();
            shared->cancelled = true;
        });
        step(shared, steps);
    }

private:
    template <typename Handler>
    struct state {
        Handler handler;
        bool cancelled = false; // set by the signal, read by the steps: it needs no lock
    };

    template <typename Handler, typename Steps>
    static void step(std::shared_ptr<state<Handler>> shared, Steps steps) {
        asio::post(steps, [shared, steps] {
            if (shared->cancelled)
                std::move(shared->handler)(asio::error::operation_aborted);
            else
                step(shared, steps);
        });
    }
};

template <typename Executor, typename Inside, typename Token>
auto run_until_cancelled(Executor executor, Inside inside, std::atomic<int>& outside, Token token) {
    return asio::async_initiate<Token, void(error_code)>(
        looping<Executor, Inside>{executor, inside, outside}, token);
}

template <typename Executor, typename Inside>
void check(const Executor& executor, Inside inside) {
    std::atomic<int> outside = 0;
    for (int i = 0; i < rounds; ++i) {
        const auto op = run_until_cancelled(executor, inside, outside, use_async_info);
        if (i % 2)
            std::this_thread::yield();
        op.Cancel();
        BOOST_TEST(op.wait() == AsyncStatus::Canceled);
    }
    BOOST_TEST(outside.load() == 0);

    asio::steady_timer timer(executor, 1h);
    const auto op = timer.async_wait(use_async_info);
    op.Cancel();
    BOOST_TEST(op.wait() == AsyncStatus::Canceled);
}

template <typename Executor>
auto of(const Executor& executor) {
    return [executor] { return executor.running_in_this_thread(); };
}

} // namespace

BOOST_AUTO_TEST_SUITE(cancel_on_any_executor)

BOOST_AUTO_TEST_CASE(an_io_context_run_by_four_threads) {
    running_context context(4);
    const auto executor = context.get_executor();
    check(executor, of(executor));
}

BOOST_AUTO_TEST_CASE(an_io_context_run_by_one_thread) {
    running_context context(1);
    const auto executor = context.get_executor();
    check(executor, of(executor));
}

BOOST_AUTO_TEST_CASE(a_thread_pool) {
    asio::thread_pool pool(4);
    const auto executor = pool.get_executor();
    check(executor, of(executor));
}

BOOST_AUTO_TEST_CASE(a_strand) {
    running_context context(4);
    asio::thread_pool pool(4);
    const auto strand = asio::make_strand(context);
    check(strand, of(strand));
    const auto pool_strand = asio::make_strand(pool);
    check(pool_strand, of(pool_strand));
}

BOOST_AUTO_TEST_CASE(an_any_io_executor) {
    running_context context(4);
    asio::thread_pool pool(4);
    const auto strand = asio::make_strand(context);
    check(asio::any_io_executor(context.get_executor()), of(context.get_executor()));
    check(asio::any_io_executor(pool.get_executor()), of(pool.get_executor()));
    check(asio::any_io_executor(strand), of(strand));
}

BOOST_AUTO_TEST_CASE(the_system_executor) {
    check(asio::system_executor(), [] { return true; });
    check(asio::any_io_executor(asio::system_executor()), [] { return true; });
}

// The initiating function does not say on which executor the steps run; they do.
BOOST_AUTO_TEST_CASE(one_that_is_not_published) {
    running_context context(4);
    asio::thread_pool pool(4);
    std::atomic<int> outside = 0;
    const auto check_unpublished = [&](const auto& executor) {
        for (int i = 0; i < rounds; ++i) {
            const auto op = asio::async_initiate<decltype((use_async_info)), void(error_code)>(
                [&](auto handler) { looping{executor, of(executor), outside}(std::move(handler)); },
                use_async_info);
            op.Cancel();
            BOOST_TEST(op.wait() == AsyncStatus::Canceled);
        }
    };
    check_unpublished(context.get_executor());
    check_unpublished(asio::make_strand(context));
    check_unpublished(pool.get_executor());
    BOOST_TEST(outside.load() == 0);
}

BOOST_AUTO_TEST_CASE(bound_to_another_executor) {
    asio::thread_pool pool(4); // the last to go: the timer's context posts to it
    running_context context(2);
    const auto strand = asio::make_strand(pool);
    std::atomic<int> outside = 0;
    for (int i = 0; i < rounds; ++i) {
        const auto on_pool =
            run_until_cancelled(context.get_executor(), of(pool.get_executor()), outside,
                                asio::bind_executor(pool, use_async_info));
        const auto on_strand = run_until_cancelled(context.get_executor(), of(strand), outside,
                                                   asio::bind_executor(strand, use_async_info));
        asio::steady_timer timer(context, 1h);
        const auto wait = timer.async_wait(asio::bind_executor(strand, use_async_info));
        on_pool.Cancel();
        on_strand.Cancel();
        wait.Cancel();
        BOOST_TEST(on_pool.wait() == AsyncStatus::Canceled);
        BOOST_TEST(on_strand.wait() == AsyncStatus::Canceled);
        BOOST_TEST(wait.wait() == AsyncStatus::Canceled);
    }
    BOOST_TEST(outside.load() == 0);
}

BOOST_AUTO_TEST_CASE(bound_to_an_any_io_executor) {
    running_context context(2);
    asio::thread_pool pool(4);
    const auto strand = asio::make_strand(pool);
    std::atomic<int> outside = 0;
    const auto op =
        run_until_cancelled(context.get_executor(), of(strand), outside,
                            asio::bind_executor(asio::any_io_executor(strand), use_async_info));
    op.Cancel();
    BOOST_TEST(op.wait() == AsyncStatus::Canceled);
    BOOST_TEST(outside.load() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::cancel_on_any_executor_test
