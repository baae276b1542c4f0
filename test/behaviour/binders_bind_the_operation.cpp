// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §7: bind_executor, bind_allocator and bind_cancellation_slot around the token bind the
/// operation, at any depth, over and under Asio's adapters, in any order: its steps run on the
/// bound executor, its block comes from the bound allocator, and both the bound slot and Cancel
/// from any thread cancel it; on a bare pool.
namespace asyncinfo_test::binders_bind_the_operation_test {
namespace {

template <typename T>
using allocator = counting_allocator<T>;

/// What can be bound, and what the operation has made of it.
struct world {
    asio::thread_pool published{1}; ///< what the initiation publishes
    asio::thread_pool pool{2};
    asio::thread_pool::executor_type executor = pool.get_executor();
    allocations blocks;
    allocator<void> memory{blocks};
    asio::cancellation_signal signal;
    asio::cancellation_slot slot = signal.slot();

    std::atomic<int> elsewhere = 0; ///< steps and emissions not on the pool
    std::atomic<int> emissions = 0;
    std::atomic<bool> stepped = false;
    std::atomic<bool> same_memory = false;

    void note() { elsewhere += !executor.running_in_this_thread(); }
};

/// Takes a step, then ends when it is cancelled. Allocates nothing itself from what is bound.
struct initiation {
    world& w;

    using executor_type = asio::thread_pool::executor_type;
    executor_type get_executor() const noexcept { return w.published.get_executor(); }

    template <typename Handler>
    void operator()(Handler handler) const {
        auto slot = asio::get_associated_cancellation_slot(handler);
        auto steps = asio::get_associated_executor(handler, get_executor());
        using bound = std::decay_t<decltype(asio::get_associated_allocator(handler))>;
        w.same_memory = std::is_constructible_v<allocator<void>, bound>;
        auto held = std::make_shared<Handler>(std::move(handler));
        slot.assign([&w = w, held, steps](asio::cancellation_type_t) {
            w.note();
            ++w.emissions;
            asio::post(steps, [&w, held] {
                w.note();
                std::move (*held)(error_code(asio::error::operation_aborted));
            });
        });
        asio::post(steps, [&w = w] {
            w.note();
            w.stepped = true;
        });
    }
};

template <typename Token>
auto start(world& w, Token&& token) {
    return asio::async_initiate<Token, void(error_code)>(initiation{w}, token);
}

/// `bind(w)` gives a token with all three bound.
template <typename Handle = IAsyncAction, typename Bind>
void check(const char* name, Bind bind, AsyncStatus expected = AsyncStatus::Canceled) {
    BOOST_TEST_CONTEXT(name)
    for (const bool by_signal : {false, true}) {
        world w;
        {
            auto op = start(w, bind(w));
            static_assert(std::is_same_v<decltype(op), Handle>);
            BOOST_TEST(w.blocks.alive.load() == 1);
            if (by_signal)
                w.signal.emit(asio::cancellation_type::all);
            else
                op.Cancel();
            BOOST_TEST(op.cancel_requested());
            BOOST_TEST(op.wait() == expected);
            w.published.join();
            w.pool.join();
            w.slot.clear(); // it has held the operation until now
        }
        BOOST_TEST(w.stepped.load());
        BOOST_TEST(w.same_memory.load());
        BOOST_TEST(w.emissions.load() == 1);
        BOOST_TEST(w.elsewhere.load() == 0);
        BOOST_TEST(w.blocks.made.load() == 1);
        BOOST_TEST(w.blocks.alive.load() == 0);
    }
}

template <typename Token>
auto bind_all(world& w, Token token) {
    return asio::bind_executor(
        w.executor,
        asio::bind_allocator(w.memory, asio::bind_cancellation_slot(w.slot, std::move(token))));
}

} // namespace

BOOST_AUTO_TEST_SUITE(binders_bind_the_operation)

BOOST_AUTO_TEST_CASE(nested_in_any_order) {
    check("executor, allocator, slot", [](world& w) { return bind_all(w, use_async_info); });
    check("slot, allocator, executor", [](world& w) {
        return asio::bind_cancellation_slot(
            w.slot,
            asio::bind_allocator(w.memory, asio::bind_executor(w.executor, use_async_info)));
    });
    check("allocator, executor, slot", [](world& w) {
        return asio::bind_allocator(
            w.memory,
            asio::bind_executor(w.executor, asio::bind_cancellation_slot(w.slot, use_async_info)));
    });
}

BOOST_AUTO_TEST_CASE(of_two_of_a_kind_the_outer_one_counts) {
    asio::thread_pool inner_pool(1);
    allocations inner_blocks;
    asio::cancellation_signal inner_signal;
    check("twice", [&](world& w) {
        return bind_all(
            w, asio::bind_executor(inner_pool,
                                   asio::bind_allocator(allocator<void>(inner_blocks),
                                                        asio::bind_cancellation_slot(
                                                            inner_signal.slot(), use_async_info))));
    });
    BOOST_TEST(inner_blocks.made.load() == 0);
    BOOST_TEST(!inner_signal.slot().has_handler());
}

BOOST_AUTO_TEST_CASE(over_adapters) {
    error_code redirected;
    check<IAsyncOperation<std::tuple<error_code>>>(
        "as_tuple", [](world& w) { return bind_all(w, asio::as_tuple(use_async_info)); });
    check(
        "redirect_error",
        [&](world& w) { return bind_all(w, asio::redirect_error(use_async_info, redirected)); },
        AsyncStatus::Completed);
    BOOST_TEST(redirected == asio::error::operation_aborted);
    check<IAsyncOperation<int>>(
        "append", [](world& w) { return bind_all(w, asio::append(use_async_info, 1)); });
    // The error is not the first parameter any more.
    check<IAsyncOperation<std::tuple<int, error_code>>>(
        "prepend", [](world& w) { return bind_all(w, asio::prepend(use_async_info, 1)); },
        AsyncStatus::Completed);
    check("consign", [](world& w) {
        return bind_all(w, asio::consign(use_async_info, std::make_unique<int>()));
    });
}

BOOST_AUTO_TEST_CASE(under_adapters) {
    error_code redirected;
    check<IAsyncOperation<std::tuple<error_code>>>(
        "as_tuple", [](world& w) { return asio::as_tuple(bind_all(w, use_async_info)); });
    check(
        "redirect_error",
        [&](world& w) { return asio::redirect_error(bind_all(w, use_async_info), redirected); },
        AsyncStatus::Completed);
    check<IAsyncOperation<int>>(
        "append", [](world& w) { return asio::append(bind_all(w, use_async_info), 1); });
    check<IAsyncOperation<std::tuple<int, error_code>>>(
        "prepend", [](world& w) { return asio::prepend(bind_all(w, use_async_info), 1); },
        AsyncStatus::Completed);
    check("consign", [](world& w) {
        return asio::consign(bind_all(w, use_async_info), std::make_unique<int>());
    });
}

BOOST_AUTO_TEST_CASE(between_adapters) {
    check<IAsyncOperation<std::tuple<error_code, int>>>("each under another", [](world& w) {
        return asio::bind_executor(
            w.executor,
            asio::append(
                asio::bind_cancellation_slot(
                    w.slot, asio::as_tuple(asio::bind_allocator(
                                w.memory, asio::consign(use_async_info, std::make_shared<int>())))),
                1));
    });
}

BOOST_AUTO_TEST_CASE(for_a_deferred_operation) {
    for (const bool by_signal : {false, true}) {
        world w;
        auto op = start(w, asio::deferred)(bind_all(w, asio::as_tuple(use_async_info)));
        if (by_signal)
            w.signal.emit(asio::cancellation_type::all);
        else
            op.Cancel();
        BOOST_TEST(op.wait() == AsyncStatus::Canceled);
        w.published.join();
        w.pool.join();
        BOOST_TEST(w.elsewhere.load() == 0);
        BOOST_TEST(w.blocks.alive.load() == 1);
        w.slot.clear();
    }
}

BOOST_AUTO_TEST_CASE(each_alone) {
    {
        world w;
        const auto op = start(w, asio::bind_executor(w.executor, use_async_info));
        op.Cancel();
        BOOST_TEST(op.wait() == AsyncStatus::Canceled);
        BOOST_TEST(w.elsewhere.load() == 0);
    }
    {
        world w;
        const auto op = start(w, asio::bind_allocator(w.memory, use_async_info));
        BOOST_TEST(w.blocks.alive.load() == 1);
        op.Cancel();
        BOOST_TEST(op.wait() == AsyncStatus::Canceled);
    }
    {
        world w;
        const auto op = start(w, asio::bind_cancellation_slot(w.slot, use_async_info));
        w.signal.emit(asio::cancellation_type::partial);
        BOOST_TEST(op.wait() == AsyncStatus::Canceled);
        BOOST_TEST(op.cancel_requested());
    }
}

BOOST_AUTO_TEST_CASE(a_token_can_be_used_again) {
    world w;
    const auto token = asio::bind_executor(w.executor, asio::append(use_async_info, 7));
    auto first = start(w, token);
    auto second = start(w, token);
    first.Cancel();
    second.Cancel();
    BOOST_TEST(first.wait() == AsyncStatus::Canceled);
    BOOST_TEST(second.wait() == AsyncStatus::Canceled);
    BOOST_TEST(std::get<1>(first.outcome()).value() == 7);
    BOOST_TEST(std::get<1>(second.outcome()).value() == 7);
}

BOOST_AUTO_TEST_CASE(a_slot_that_is_not_connected_binds_nothing) {
    world w;
    const auto op = start(
        w, asio::bind_cancellation_slot(asio::cancellation_slot(), asio::as_tuple(use_async_info)));
    op.Cancel();
    BOOST_TEST(op.wait() == AsyncStatus::Canceled);
}

BOOST_AUTO_TEST_CASE(the_bound_slot_does_not_keep_an_operation_from_another) {
    // A signal used for one operation after the other, as in Asio.
    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    asio::cancellation_signal signal;
    const auto token = asio::bind_cancellation_slot(signal.slot(), use_async_info);
    for (int i = 0; i < 2; ++i) {
        const auto op = timer.async_wait(token);
        signal.emit(asio::cancellation_type::terminal);
        context.restart();
        context.run_for(1min);
        BOOST_TEST(op.Status() == AsyncStatus::Canceled);
    }
}

BOOST_AUTO_TEST_CASE(a_type_erased_executor_is_bound_where_the_initiation_has_none) {
    asio::io_context context;
    const asio::any_io_executor executor = context.get_executor();
    asio::steady_timer timer(context, 1h);
    const auto token = asio::bind_executor(executor, use_async_info);
    const auto op = asio::async_initiate<decltype(token), void(error_code)>(
        [&](auto handler) {
            BOOST_TEST((asio::any_io_executor(asio::get_associated_executor(handler)) != nullptr));
            timer.async_wait(std::move(handler));
        },
        token);
    op.Cancel();
    BOOST_TEST(op.wait_for(context, 1min) == AsyncStatus::Canceled);
    BOOST_TEST((op.get_executor() == executor));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::binders_bind_the_operation_test
