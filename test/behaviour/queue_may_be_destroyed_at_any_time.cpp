// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::queue_may_be_destroyed_at_any_time_test {
namespace {

/// Tells the handlers that have it: whether they were called, destroyed, and where.
class witness {
public:
    class copy {
    public:
        explicit copy(witness& w) : witness_(&w) { ++w.alive; }
        copy(copy&& other) noexcept : witness_(std::exchange(other.witness_, nullptr)) {}
        copy(const copy& other) : copy(*other.witness_) {}
        ~copy() {
            if (witness_) {
                witness_->destroyed_on = std::this_thread::get_id();
                --witness_->alive;
            }
        }
        template <typename... Args>
        void operator()(const Args&...) const {
            ++witness_->called;
        }

    private:
        witness* witness_;
    };

    copy handler() { return copy(*this); }

    std::atomic<int> alive = 0, called = 0;
    std::atomic<std::thread::id> destroyed_on = {};
};

IAsyncOperation<int> waits_on_the_queue(completion_queue::executor_type, IAsyncOperation<int> other,
                                        witness::copy) {
    co_return co_await other;
}

} // namespace

BOOST_AUTO_TEST_SUITE(queue_may_be_destroyed_at_any_time)

// "Its destructor destroys what was not run; what is submitted afterwards is destroyed at once."
BOOST_AUTO_TEST_CASE(handlers_are_destroyed_uncalled) {
    witness w;
    auto queue = std::make_optional<completion_queue>();
    const auto executor = queue->get_executor();
    const asio::any_io_executor any = executor;
    joining_thread([&] {
        asio::post(executor, w.handler());
        asio::post(any, w.handler());
    });
    BOOST_TEST(w.alive == 2);
    queue.reset();
    BOOST_TEST(w.alive == 0);
    BOOST_TEST((w.destroyed_on.load() == std::this_thread::get_id()));
    const auto handler = w.handler();
    for (int i = 0; i != 3; ++i) {
        asio::post(executor, handler);
        asio::dispatch(any, handler);
        executor.execute(handler);
        BOOST_TEST(w.alive == 1);
    }
    BOOST_TEST(w.called == 0);
    // The executor can still be asked.
    BOOST_TEST(!executor.running_in_this_thread());
    BOOST_TEST((asio::query(any, asio::execution::blocking) == asio::execution::blocking.possibly));
    BOOST_TEST(&asio::query(any, asio::execution::context) ==
               &asio::query(executor, asio::execution::context));
}

// A handler that goes with the queue may post to it, poll nothing, and hold its last executor.
BOOST_AUTO_TEST_CASE(what_is_destroyed_may_submit) {
    witness w;
    struct submits_when_destroyed {
        completion_queue::executor_type executor;
        witness* w;
        submits_when_destroyed(completion_queue::executor_type e, witness& x)
            : executor(std::move(e)), w(&x) {}
        submits_when_destroyed(submits_when_destroyed&& o) noexcept
            : executor(o.executor), w(std::exchange(o.w, nullptr)) {}
        ~submits_when_destroyed() {
            if (w)
                asio::post(executor, w->handler());
        }
        void operator()() { BOOST_ERROR("it has been closed"); }
    };
    {
        completion_queue queue;
        asio::post(queue, submits_when_destroyed(queue.get_executor(), w));
        asio::post(queue, submits_when_destroyed(queue.get_executor(), w));
    }
    BOOST_TEST(w.called == 0);
    BOOST_TEST(w.alive == 0);
}

// "One of another context is not touched, only its handler does not come."
BOOST_AUTO_TEST_CASE(observed_operations_run_on) {
    for (const bool ended_before : {false, true}) {
        witness w;
        pending<void(error_code, int)> other;
        auto queue = std::make_optional<completion_queue>();
        const auto op = other.start(use_async_info);
        op.Completed(asio::bind_executor(*queue, w.handler()));
        op(asio::bind_executor(*queue, w.handler()));
        op.async_wait(asio::bind_executor(asio::make_strand(*queue), w.handler()));
        if (ended_before)
            other.complete({}, 7);
        BOOST_TEST(w.alive == 3);
        queue.reset();
        if (!ended_before) {
            BOOST_TEST((op.Status() == AsyncStatus::Started));
            other.complete({}, 7);
        }
        BOOST_TEST(op.get() == 7);
        BOOST_TEST(w.alive == 0);
        BOOST_TEST(w.called == 0);
        op.async_wait(asio::bind_executor(asio::system_executor(), [](error_code) {}));
    }
}

// "An operation whose own executor was the queue's ends as errc::abandoned then."
BOOST_AUTO_TEST_CASE(its_own_operations_are_abandoned) {
    witness w;
    pending<void(error_code, int)> other;
    pending<void(error_code, int)> never;
    const auto awaited = other.start(use_async_info);
    const auto never_ends = never.start(use_async_info);
    auto queue = std::make_optional<completion_queue>();
    asio::steady_timer timer(*queue, asio::steady_timer::time_point::max());
    const auto posted = asio::post(*queue, use_async_info);
    const auto in_strand = asio::post(asio::make_strand(*queue), use_async_info);
    const auto waiting = timer.async_wait(use_async_info);
    const auto suspended = waits_on_the_queue(queue->get_executor(), never_ends, w.handler());
    const auto resuming = waits_on_the_queue(queue->get_executor(), awaited, w.handler());
    other.complete({}, 7);
    BOOST_TEST((resuming.Status() == AsyncStatus::Started));
    joining_thread waiter([&] { posted.wait(); }); // woken
    queue.reset();
    const auto check_abandoned = [](const IAsyncInfo& op) {
        BOOST_TEST((op.wait_for(1min) == AsyncStatus::Error));
        BOOST_TEST((op.ErrorCode() == errc::abandoned));
    };
    check_abandoned(posted);
    check_abandoned(in_strand);
    check_abandoned(waiting);
    check_abandoned(resuming);
    BOOST_TEST(awaited.get() == 7);
    // So is a coroutine that awaits another context's operation, which goes on.
    check_abandoned(suspended);
    BOOST_TEST(w.alive == 0);
    BOOST_TEST((never_ends.Status() == AsyncStatus::Started));
    never.complete({}, 8); // finds nobody
    BOOST_TEST(never_ends.get() == 8);
}

// The strand is shut down with the queue, and what comes to it afterwards is destroyed.
BOOST_AUTO_TEST_CASE(strands_outlive_it) {
    witness w;
    auto queue = std::make_optional<completion_queue>();
    auto strand = std::make_optional(asio::make_strand(*queue));
    asio::post(*strand, w.handler());
    asio::post(*strand, asio::bind_executor(*strand, w.handler()));
    asio::post(*queue, [s = *strand, h = w.handler()] {});
    queue.reset();
    BOOST_TEST(w.alive == 0);
    asio::post(*strand, asio::bind_executor(*strand, w.handler()));
    asio::dispatch(*strand, w.handler());
    BOOST_TEST(w.alive == 0);
    BOOST_TEST(w.called == 0);
    strand.reset(); // the last that knows the queue
}

BOOST_AUTO_TEST_CASE(queue_context_and_operation_go_in_every_order) {
    for (const bool ends : {false, true}) {
        std::array<int, 4> order{0, 1, 2, 3};
        do {
            witness w;
            auto queue = std::make_optional<completion_queue>();
            auto executor = std::make_optional(queue->get_executor());
            auto context = std::make_optional<asio::io_context>();
            auto timer = std::make_optional<asio::steady_timer>(
                *context, ends ? asio::steady_timer::time_point::min()
                               : asio::steady_timer::time_point::max());
            IAsyncAction op = timer->async_wait(use_async_info);
            IAsyncAction bound = timer->async_wait(asio::bind_executor(*executor, use_async_info));
            for (auto& each : {op, bound}) {
                each.Completed(asio::bind_executor(*executor, w.handler()));
                each(asio::bind_executor(*executor, w.handler()));
                each(asio::bind_executor(asio::any_io_executor(*executor), w.handler()));
            }
            context->poll();
            if (ends)
                queue->poll_one(); // the others stay
            for (const int which : order)
                switch (which) {
                case 0:
                    queue.reset();
                    break;
                case 1:
                    executor.reset();
                    break;
                case 2: // in which the timer must go before
                    timer.reset();
                    context.reset();
                    break;
                default:
                    op = nullptr;
                    bound = nullptr;
                }
            BOOST_TEST(w.alive == 0);
        } while (std::next_permutation(order.begin(), order.end()));
    }
}

// While other threads submit: each handler is called or destroyed, once.
BOOST_AUTO_TEST_CASE(while_other_threads_submit) {
    for (int i = 0; i != 200; ++i) {
        witness w;
        auto queue = std::make_optional<completion_queue>();
        queue->native_handle();
        std::atomic<int> ready = 0;
        queue->on_ready([&] { ++ready; });
        std::size_t polled = 0;
        const auto poll = [&] {
            polled = queue->poll();
            queue.reset();
        };
        const auto post = [&, executor = queue->get_executor()] {
            for (int n = 0; n != 20; ++n)
                asio::post(executor, w.handler());
        };
        at_once({poll, post, post});
        BOOST_TEST_REQUIRE(w.alive == 0);
        BOOST_TEST_REQUIRE(w.called == static_cast<int>(polled));
    }
}

// Before the thread that submitted is back from that: here it is in what `on_ready` was given.
BOOST_AUTO_TEST_CASE(before_a_post_has_returned) {
    auto queue = std::make_optional<completion_queue>();
    latch posting(1), ran(1);
    queue->on_ready([&] {
        posting.count_down();
        ran.wait();
    });
    bool called = false;
    const joining_thread poster([&] { asio::post(*queue, [&called] { called = true; }); });
    posting.wait();
    queue->poll();
    BOOST_TEST(called);
    ran.count_down();
    queue.reset();
}

// While operations of another context end on that context's threads.
BOOST_AUTO_TEST_CASE(while_operations_end) {
    witness w;
    running_context network(2);
    for (int i = 0; i != 100; ++i) {
        std::vector<IAsyncAction> operations;
        auto queue = std::make_optional<completion_queue>();
        for (int n = 0; n != 10; ++n) {
            auto op = asio::post(network, use_async_info);
            op.Completed(asio::bind_executor(*queue, w.handler()));
            op(asio::bind_executor(*queue, w.handler()));
            operations.push_back(asio::post(network, asio::bind_executor(*queue, use_async_info)));
            operations.push_back(std::move(op));
        }
        queue->poll();
        queue.reset();
        for (const auto& op : operations)
            BOOST_TEST_REQUIRE((op.wait() != AsyncStatus::Started));
    }
    network.finish();
    BOOST_TEST(w.alive == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::queue_may_be_destroyed_at_any_time_test
