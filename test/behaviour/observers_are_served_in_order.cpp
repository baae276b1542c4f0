// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

// §5: "Order at the end: status published → blocked waiters woken → awaiters and op(token)
// submitted in order of registration → Completed last. [...] If submitting a handler to its
// executor throws, that handler is destroyed uncalled, the others are served, and the exception
// propagates".

#include <asyncinfo/detail/block/blocked_thread.hpp>
#include <asyncinfo/detail/handle/handle_access.hpp>

namespace asyncinfo_test::observers_are_served_in_order_test {
namespace {

using history = std::vector<std::string>;

/// Says when it is given something to run, and runs it later.
class noting_executor {
public:
    noting_executor(std::function<void()> submitted, std::vector<std::function<void()>>& queue)
        : submitted_(std::make_shared<std::function<void()>>(std::move(submitted))),
          queue_(&queue) {}

    template <typename Function>
    void execute(Function&& function) const {
        (*submitted_)();
        auto kept = std::make_shared<std::decay_t<Function>>(std::forward<Function>(function));
        queue_->push_back([kept] { std::move (*kept)(); });
    }

    // Asio wants it, but does not always use it.
    [[maybe_unused]] friend bool operator==(const noting_executor& a,
                                            const noting_executor& b) noexcept {
        return a.submitted_ == b.submitted_;
    }

private:
    std::shared_ptr<std::function<void()>> submitted_;
    std::vector<std::function<void()>>* queue_;
};

foreign_coroutine await_it(IAsyncOperation<int> op, std::function<void()> resumed) {
    co_await op;
    resumed();
}

throwing_coroutine throw_after(IAsyncOperation<int> op) {
    co_await op;
    throw std::runtime_error("from the coroutine");
}

/// Registers callbacks that note when they are submitted, and when they are called.
struct observed {
    pending<void(error_code, int)> source;
    IAsyncOperation<int> op = source.start(use_async_info);
    history events{};
    std::vector<std::function<void()>> queue{};

    std::function<void()> noted(std::string event) {
        return [this, event = std::move(event)] { events.push_back(event); };
    }

    void add_callback(const std::string& name) {
        op(asio::bind_executor(noting_executor(noted(name + " submitted"), queue),
                               [this, name](error_code error, int value) {
                                   BOOST_TEST(!error);
                                   BOOST_TEST(value == 7);
                                   events.push_back(name);
                               }));
    }

    /// Its handler tells by `alive` that it is gone, and is not to be called.
    void add_refused(const std::shared_ptr<int>& alive) {
        op(asio::bind_executor(refusing_executor(), [this, alive](error_code, int) {
            events.push_back("refused and called");
        }));
    }

    void run() {
        for (std::size_t i = 0; i != queue.size(); ++i)
            queue[i]();
        queue.clear();
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(observers_are_served_in_order)

BOOST_AUTO_TEST_CASE(in_order_of_registration_and_completed_last) {
    observed o;
    o.op.Completed([&](auto&, AsyncStatus) { o.events.push_back("Completed"); });
    o.add_callback("first");
    const auto second = await_it(o.op, o.noted("second resumed"));
    o.add_callback("third");
    const auto fourth = await_it(o.op, o.noted("fourth resumed"));
    o.add_callback("fifth");
    o.source.complete({}, 7);
    BOOST_TEST(o.events == (history{"first submitted", "second resumed", "third submitted",
                                    "fourth resumed", "fifth submitted", "Completed"}));
    o.events.clear();
    o.run();
    BOOST_TEST(o.events == (history{"first", "third", "fifth"}));
}

// "status published → blocked waiters woken → awaiters and op(token)", though the waiter came last.
BOOST_AUTO_TEST_CASE(after_the_status_is_out_and_the_blocked_are_awake) {
    using asyncinfo::detail::blocked_thread;
    using asyncinfo::detail::deadline;
    for (const bool by_coroutine : {false, true}) {
        pending<void(error_code, int)> source;
        const auto op = source.start(use_async_info);
        std::vector<std::function<void()>> queue;
        blocked_thread waiter; // what a thread in wait() blocks on
        bool awake = false;
        auto status = AsyncStatus::Started;
        const auto served = [&] {
            awake = waiter.wait(deadline::after(1ns));
            status = op.Status();
        };
        foreign_coroutine coroutine;
        if (by_coroutine)
            coroutine = await_it(op, served);
        else
            op(asio::bind_executor(noting_executor(served, queue), [](error_code, int) {}));
        BOOST_TEST(asyncinfo::detail::handle_access::operation(op)->observe(waiter));
        source.complete({}, 7);
        BOOST_TEST(awake);
        BOOST_TEST(status == AsyncStatus::Completed);
    }
}

BOOST_AUTO_TEST_CASE(one_whose_executor_throws_is_destroyed_and_the_others_are_served) {
    observed o;
    const auto alive = std::make_shared<int>();
    o.op.Completed([&](auto&, AsyncStatus) { o.events.push_back("Completed"); });
    o.add_callback("first");
    o.add_refused(alive);
    const auto third = await_it(o.op, o.noted("third resumed"));
    o.add_refused(alive);
    o.add_callback("fifth");
    BOOST_TEST(alive.use_count() == 3);
    BOOST_CHECK_THROW(o.source.complete({}, 7), std::bad_alloc);
    BOOST_TEST(alive.use_count() == 1);
    BOOST_TEST(o.events ==
               (history{"first submitted", "third resumed", "fifth submitted", "Completed"}));
    BOOST_TEST(o.op.GetResults() == 7);
    o.run();
    BOOST_TEST(o.events.size() == 6u);
}

// Of several exceptions the first.
BOOST_AUTO_TEST_CASE(and_so_are_they_if_a_coroutine_throws) {
    for (const bool refused_before : {false, true}) {
        observed o;
        const auto alive = std::make_shared<int>();
        o.op.Completed([&](auto&, AsyncStatus) {
            o.events.push_back("Completed");
            throw 1;
        });
        if (refused_before)
            o.add_refused(alive);
        const auto thrower = throw_after(o.op);
        o.add_refused(alive);
        o.add_callback("last");
        if (refused_before)
            BOOST_CHECK_THROW(o.source.complete({}, 7), std::bad_alloc);
        else
            BOOST_CHECK_THROW(o.source.complete({}, 7), std::runtime_error);
        BOOST_TEST(o.events == (history{"last submitted", "Completed"}));
        thrower.frame.destroy();
    }
}

// Late, it is the caller who learns it.
BOOST_AUTO_TEST_CASE(a_late_one_whose_executor_throws_throws_at_the_call) {
    observed o;
    const auto alive = std::make_shared<int>();
    o.source.complete({}, 7);
    BOOST_CHECK_THROW(o.add_refused(alive), std::bad_alloc);
    BOOST_TEST(alive.use_count() == 1);
    o.add_callback("late");
    o.run();
    BOOST_TEST(o.events == (history{"late submitted", "late"}));
}

// One that is added by another, while the operation is telling, is late: it is served at once, and
// not forgotten.
BOOST_AUTO_TEST_CASE(one_may_add_another) {
    observed o;
    foreign_coroutine inner;
    const auto outer = await_it(o.op, [&] {
        o.events.push_back("outer");
        inner = await_it(o.op, o.noted("inner"));
        o.add_callback("callback");
    });
    o.add_callback("next");
    o.source.complete({}, 7);
    BOOST_TEST(o.events == (history{"outer", "inner", "callback submitted", "next submitted"}));
    o.run();
    BOOST_TEST(o.events.size() == 6u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::observers_are_served_in_order_test
