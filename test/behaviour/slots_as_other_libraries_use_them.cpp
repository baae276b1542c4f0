// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

#include <boost/asio/experimental/coro.hpp>

/// §4, §7: what other libraries do with the slot of the handler they are given; each pattern in a
/// few lines. Started by the token and awaited by a coroutine, the operation ends when it is
/// cancelled.
namespace asyncinfo_test::slots_as_other_libraries_use_them_test {
namespace {

using timer = asio::steady_timer;

/// A handler around another one, on the same executor.
template <typename Handler>
struct wrapping {
    using executor_type = asio::associated_executor_t<Handler, timer::executor_type>;

    executor_type executor;
    Handler handler;

    wrapping(Handler h, timer& t)
        : executor(asio::get_associated_executor(h, t.get_executor())), handler(std::move(h)) {}

    executor_type get_executor() const noexcept { return executor; }
    void operator()(error_code error) { std::move(handler)(error); }
};

/// With a slot of Asio's.
template <typename Handler>
struct with_slot : wrapping<Handler> {
    asio::cancellation_slot slot;

    with_slot(Handler h, timer& t, asio::cancellation_slot s)
        : wrapping<Handler>(std::move(h), t), slot(s) {}

    using cancellation_slot_type = asio::cancellation_slot;
    cancellation_slot_type get_cancellation_slot() const noexcept { return slot; }
};

/// Without a slot; clears the one that the operation has kept.
template <typename Handler>
struct clearing : wrapping<Handler> {
    asio::cancellation_slot kept;

    clearing(Handler h, timer& t, asio::cancellation_slot s)
        : wrapping<Handler>(std::move(h), t), kept(s) {}

    void operator()(error_code error) {
        kept.clear();
        std::move(this->handler)(error);
    }
};

/// The slot is kept before it is filled: as Beast parks an operation.
struct kept_before_it_is_filled {
    template <typename Handler>
    void operator()(Handler handler, timer& t) const {
        auto slot = asio::get_associated_cancellation_slot(handler);
        asio::cancellation_slot kept = asio::get_associated_cancellation_slot(handler);
        if (slot.is_connected())
            slot.template emplace<std::function<void(asio::cancellation_type_t)>>([&t, kept](auto) {
                timer& cancelled = t; // this function goes with what is in the slot
                asio::cancellation_slot(kept).clear();
                cancelled.cancel();
            });
        t.async_wait(clearing<Handler>(std::move(handler), t, kept));
    }
};

/// It is kept when it has been filled: as Cobalt spawns a task.
struct kept_after_it_was_filled {
    template <typename Handler>
    void operator()(Handler handler, timer& t) const {
        auto slot = asio::get_associated_cancellation_slot(handler);
        if (slot.is_connected())
            slot.assign([&t](asio::cancellation_type_t) { t.cancel(); });
        t.async_wait(clearing<Handler>(std::move(handler), t, slot));
    }
};

/// Filled through the kept slot, in a composed operation that has none: as MySQL's pool runs.
struct filled_through_a_kept_slot {
    template <typename Handler>
    void operator()(Handler handler, timer& t) const {
        asio::cancellation_slot kept = asio::get_associated_cancellation_slot(handler);
        auto bare = asio::bind_cancellation_slot(asio::cancellation_slot(), std::move(handler));
        asio::async_compose<decltype(bare), void(error_code)>(
            [&t, kept, first = true](auto& self, error_code error = {}) mutable {
                if (std::exchange(first, false)) {
                    if (kept.is_connected())
                        kept.emplace<std::function<void(asio::cancellation_type_t)>>(
                            [&t](auto) { t.cancel(); });
                    return t.async_wait(std::move(self));
                }
                kept.clear();
                self.complete(error);
            },
            bare, t);
    }
};

/// Names the type of the slot and returns that of a state of its own: as MQTT5 wraps its handlers.
struct its_own_state_by_the_slots_type {
    template <typename Handler>
    struct wrapper : wrapping<Handler> {
        asio::cancellation_state state;

        wrapper(Handler h, timer& t)
            : wrapping<Handler>(std::move(h), t),
              state(asio::get_associated_cancellation_slot(this->handler),
                    asio::enable_total_cancellation(), asio::enable_terminal_cancellation()) {}

        using cancellation_slot_type = asio::associated_cancellation_slot_t<Handler>;
        cancellation_slot_type get_cancellation_slot() const noexcept { return state.slot(); }
        void operator()(error_code error) {
            asio::get_associated_cancellation_slot(this->handler).clear();
            std::move(this->handler)(error);
        }
    };

    template <typename Handler>
    void operator()(Handler handler, timer& t) const {
        using once = wrapper<Handler>;
        t.async_wait(wrapper<once>(once(std::move(handler), t), t));
    }
};

/// An operation of Asio's in the kept slot.
struct bound_to_the_converted_slot {
    template <typename Handler>
    void operator()(Handler handler, timer& t) const {
        asio::cancellation_slot kept = asio::get_associated_cancellation_slot(handler);
        t.async_wait(with_slot<Handler>(std::move(handler), t, kept));
    }
};

/// Takes no notice of the first failure and hands the kept slot on.
struct each_step_in_the_converted_slot {
    template <typename Handler>
    struct first : wrapping<Handler> {
        timer& used;
        asio::cancellation_slot kept;

        first(Handler h, timer& t, asio::cancellation_slot s)
            : wrapping<Handler>(std::move(h), t), used(t), kept(s) {}

        void operator()(error_code) {
            used.async_wait(with_slot<Handler>(std::move(this->handler), used, kept));
        }
    };

    template <typename Handler>
    void operator()(Handler handler, timer& t) const {
        asio::cancellation_slot kept = asio::get_associated_cancellation_slot(handler);
        t.async_wait(
            with_slot<first<Handler>>(first<Handler>(std::move(handler), t, kept), t, kept));
    }
};

/// Erased, with the slot asked for by Asio's type; then moved on.
struct erased {
    template <typename Handler>
    void operator()(Handler handler, timer& t) const {
        asio::any_completion_handler<void(error_code)> any(std::move(handler));
        kept_before_it_is_filled()(std::move(any), t);
    }
};

template <typename Pattern>
struct initiation {
    timer& used;

    using executor_type = timer::executor_type;
    executor_type get_executor() const noexcept { return used.get_executor(); }

    template <typename Handler>
    void operator()(Handler handler) const {
        Pattern()(std::move(handler), used);
    }
};

template <typename Pattern, typename Token>
auto start(timer& t, const Token& token) {
    return asio::async_initiate<const Token&, void(error_code)>(initiation<Pattern>{t}, token);
}

template <typename Pattern>
IAsyncAction awaited(timer& t) {
    co_await start<Pattern>(t, asio::deferred);
}

/// Cancelled after so many handlers of its context; then it ends, and does not hear of it later.
template <typename Pattern>
void end_when_they_are_cancelled() {
    for (const bool by_token : {true, false})
        for (const int handlers : {0, 1, 2})
            BOOST_TEST_CONTEXT("by the token: " << by_token << ", after handlers: " << handlers) {
                asio::io_context context;
                timer t(context, 1h);
                const auto op = by_token ? start<Pattern>(t, use_async_info) : awaited<Pattern>(t);
                for (int i = 0; i < handlers; ++i)
                    context.poll_one();
                op.Cancel();
                context.restart();
                context.poll();
                BOOST_TEST(op.Status() == AsyncStatus::Canceled);
                op.Cancel();
            }
}

/// Cancelled from another thread on a pool; without a strand, as the steps run where the handler
/// has them run.
template <typename... Patterns>
void end_on_a_pool() {
    asio::thread_pool pool(4), cancellers(2);
    const auto one = [&]<typename Pattern>(std::type_identity<Pattern>) {
        for (int round = 0; round < 20; ++round) {
            timer t(pool, 1h);
            const auto op = round % 2 ? start<Pattern>(t, use_async_info) : awaited<Pattern>(t);
            for (int n = 0; n < 2; ++n)
                asio::post(cancellers, [op, round] {
                    for (int delay = 0; delay < round; ++delay)
                        std::this_thread::yield();
                    op.Cancel();
                });
            BOOST_TEST((op.wait() == AsyncStatus::Canceled));
        }
    };
    (one(std::type_identity<Patterns>()), ...);
    cancellers.join();
}

asio::experimental::coro<void> coroutine(asio::io_context&, timer& t) {
    co_await t.async_wait(asio::deferred);
}

} // namespace

BOOST_AUTO_TEST_SUITE(slots_as_other_libraries_use_them)

BOOST_AUTO_TEST_CASE(a_parked_operation_keeps_it_first) {
    end_when_they_are_cancelled<kept_before_it_is_filled>();
}

BOOST_AUTO_TEST_CASE(a_spawned_task_fills_it_first) {
    end_when_they_are_cancelled<kept_after_it_was_filled>();
}

BOOST_AUTO_TEST_CASE(a_pool_fills_the_kept_one) {
    end_when_they_are_cancelled<filled_through_a_kept_slot>();
}

BOOST_AUTO_TEST_CASE(a_wrapper_returns_another_by_its_type) {
    end_when_they_are_cancelled<its_own_state_by_the_slots_type>();
}

BOOST_AUTO_TEST_CASE(a_handler_has_it_as_asios) {
    end_when_they_are_cancelled<bound_to_the_converted_slot>();
}

BOOST_AUTO_TEST_CASE(a_series_hands_it_on_as_asios) {
    for (const bool by_token : {true, false})
        BOOST_TEST_CONTEXT("by the token: " << by_token) {
            using pattern = each_step_in_the_converted_slot;
            asio::io_context context;
            timer t(context, 1h);
            const auto op = by_token ? start<pattern>(t, use_async_info) : awaited<pattern>(t);
            context.poll();
            op.Cancel(); // the first step takes no notice
            context.restart();
            context.poll();
            BOOST_TEST(op.Status() == AsyncStatus::Canceled);
        }
}

BOOST_AUTO_TEST_CASE(an_erased_handler_is_parked) { end_when_they_are_cancelled<erased>(); }

BOOST_AUTO_TEST_CASE(from_another_thread_on_a_pool) {
    end_on_a_pool<kept_before_it_is_filled, kept_after_it_was_filled, filled_through_a_kept_slot,
                  its_own_state_by_the_slots_type, bound_to_the_converted_slot,
                  each_step_in_the_converted_slot>();
}

BOOST_AUTO_TEST_CASE(a_coro_keeps_it_as_asios) {
    asio::io_context context;
    timer t(context, 1h);
    auto coro = coroutine(context, t);
    const auto op = coro.async_resume(use_async_info);
    context.poll();
    op.Cancel();
    context.restart();
    context.poll();
    BOOST_TEST(op.Status() != AsyncStatus::Started);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::slots_as_other_libraries_use_them_test
