// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include <asyncinfo/completion_queue.hpp>

#include "support/counting_allocator.hpp"
#include "support/test.hpp"

namespace completion_queue_test {
namespace {

namespace asio = boost::asio;
namespace execution = boost::asio::execution;
using namespace std::chrono_literals;
using queue_type = asyncinfo::completion_queue;
using executor_type = queue_type::executor_type;
using numbers = std::vector<int>;

static_assert(execution::is_executor<executor_type>::value);
static_assert(std::is_convertible_v<executor_type, asio::any_io_executor>);
static_assert(std::is_nothrow_copy_constructible_v<executor_type> &&
              std::is_nothrow_move_constructible_v<executor_type>);
// any_io_executor stores it inline.
static_assert(sizeof(executor_type) <= 2 * sizeof(void*));
static_assert(!std::is_copy_constructible_v<queue_type>);

/// Adds its number when it is called, and posts itself again if told to.
struct note {
    numbers& notes;
    int number;
    void operator()() const { notes.push_back(number); }
};

struct again {
    queue_type& queue;
    int& calls;
    void operator()() const {
        ++calls;
        asio::post(queue, *this);
    }
};

/// Lives as long as a handler does.
struct witness {
    std::shared_ptr<int> alive = std::make_shared<int>();
    long handlers() const { return alive.use_count() - 1; }
};

class counting_service : public asio::execution_context::service {
public:
    static inline asio::execution_context::id id;
    static inline int shut_down = 0;
    explicit counting_service(asio::execution_context& c) : service(c) {}

private:
    void shutdown() override { ++shut_down; }
};

} // namespace
} // namespace completion_queue_test

BOOST_AUTO_TEST_SUITE(completion_queue)

BOOST_AUTO_TEST_CASE(poll_runs_what_is_ready_in_order) {
    using namespace completion_queue_test;
    queue_type queue;
    numbers notes;
    BOOST_TEST(queue.poll() == 0u);
    asio::post(queue, note{notes, 1});
    asio::post(queue.get_executor(), note{notes, 2});
    asio::defer(queue, note{notes, 3});
    asio::dispatch(queue, note{notes, 4}); // not on a thread that polls
    BOOST_TEST(notes.empty());
    BOOST_TEST(queue.poll() == 4u);
    BOOST_TEST(notes == (numbers{1, 2, 3, 4}));
    BOOST_TEST(queue.poll() == 0u);
}

BOOST_AUTO_TEST_CASE(poll_one_runs_one) {
    using namespace completion_queue_test;
    queue_type queue;
    numbers notes;
    BOOST_TEST(queue.poll_one() == 0u);
    asio::post(queue, note{notes, 1});
    asio::post(queue, note{notes, 2});
    BOOST_TEST(queue.poll_one() == 1u);
    BOOST_TEST(notes == numbers{1});
    BOOST_TEST(queue.poll_one() == 1u);
    BOOST_TEST(notes == (numbers{1, 2}));
}

BOOST_AUTO_TEST_CASE(poll_returns_though_handlers_submit_themselves) {
    using namespace completion_queue_test;
    queue_type queue;
    int calls = 0;
    asio::post(queue, again{queue, calls});
    asio::post(queue, again{queue, calls});
    BOOST_TEST(queue.poll() == 2u);
    BOOST_TEST(calls == 2);
    BOOST_TEST(queue.poll() == 2u);
    BOOST_TEST(calls == 4);
}

BOOST_AUTO_TEST_CASE(poll_for_stops_at_the_budget_and_goes_on_there) {
    using namespace completion_queue_test;
    queue_type queue;
    numbers notes;
    const auto spend = [&] {
        const auto end = std::chrono::steady_clock::now() + 1ms;
        while (std::chrono::steady_clock::now() < end) {
        }
        notes.push_back(0);
    };
    asio::post(queue, spend);
    asio::post(queue, note{notes, 1});
    asio::post(queue, note{notes, 2});
    BOOST_TEST(queue.poll_for(1ms) == 1u);
    BOOST_TEST(notes == numbers{0});
    asio::post(queue, note{notes, 3});
    // What was left is first.
    BOOST_TEST(queue.poll_for(1h) == 3u);
    BOOST_TEST(notes == (numbers{0, 1, 2, 3}));
}

BOOST_AUTO_TEST_CASE(poll_for_runs_what_becomes_ready_meanwhile) {
    using namespace completion_queue_test;
    queue_type queue;
    int calls = 0;
    std::function<void()> ten = [&] {
        if (++calls != 10)
            asio::post(queue, ten);
    };
    asio::post(queue, ten);
    BOOST_TEST(queue.poll_for(std::chrono::hours::max()) == 10u); // saturates
    // And stops at the budget, though something is always ready.
    asio::post(queue, again{queue, calls});
    BOOST_TEST(queue.poll_for(1ms) >= 1u);
}

BOOST_AUTO_TEST_CASE(a_budget_of_nothing_runs_one) {
    using namespace completion_queue_test;
    queue_type queue;
    numbers notes;
    for (int i = 1; i <= 4; ++i)
        asio::post(queue, note{notes, i});
    BOOST_TEST(queue.poll_for(0s) == 1u);
    BOOST_TEST(queue.poll_for(-1h) == 1u);
    BOOST_TEST(queue.poll_for(std::chrono::hours::min()) == 1u);
    BOOST_TEST(queue.poll_for(std::chrono::duration<double>(-1e300)) == 1u);
    BOOST_TEST(queue.poll_for(-1ms) == 0u);
    BOOST_TEST(notes == (numbers{1, 2, 3, 4}));
}

BOOST_AUTO_TEST_CASE(wait_blocks_until_something_is_ready) {
    using namespace completion_queue_test;
    queue_type queue;
    int calls = 0;
    for (int i = 0; i != 100; ++i) {
        std::jthread other([&] { asio::post(queue, [&] { ++calls; }); });
        BOOST_TEST(queue.wait());
        BOOST_TEST(calls == i); // runs nothing
        BOOST_TEST(queue.wait());
        BOOST_TEST(queue.wait_for(std::chrono::hours::max()));
        BOOST_TEST(queue.poll() == 1u);
    }
    BOOST_TEST(calls == 100);
}

BOOST_AUTO_TEST_CASE(wait_for_gives_up_in_time) {
    using namespace completion_queue_test;
    queue_type queue;
    BOOST_TEST(!queue.wait_for(0s));
    BOOST_TEST(!queue.wait_for(-1h));
    BOOST_TEST(!queue.wait_for(std::chrono::hours::min()));
    const auto begin = std::chrono::steady_clock::now();
    BOOST_TEST(!queue.wait_for(20ms));
    BOOST_TEST((std::chrono::steady_clock::now() - begin >= 20ms));
    asio::post(queue, [] {});
    for (const auto d : {-1h, 0h, 1h})
        BOOST_TEST(queue.wait_for(d));
}

// "False if nothing is, and nothing is to be expected: work was counted, and the last of it is
// gone."
BOOST_AUTO_TEST_CASE(wait_returns_false_when_work_is_over) {
    using namespace completion_queue_test;
    queue_type queue;
    auto work = std::make_optional(asio::make_work_guard(queue));
    int calls = 0;
    {
        std::jthread other([&] {
            asio::post(queue, [&] { ++calls; });
            asio::post(queue, [&] { ++calls; });
            work.reset();
        });
        while (queue.wait())
            queue.poll_one();
    }
    BOOST_TEST(calls == 2);
    BOOST_TEST(!queue.wait()); // it is still over
    asio::post(queue, [&] { ++calls; });
    BOOST_TEST(queue.wait()); // ready comes first
    BOOST_TEST(queue.poll() == 1u);
    work.emplace(asio::make_work_guard(queue));
    std::jthread other([&] { work.reset(); });
    BOOST_TEST(!queue.wait());
    // wait_for takes no notice.
    const auto begin = std::chrono::steady_clock::now();
    BOOST_TEST(!queue.wait_for(10ms));
    BOOST_TEST((std::chrono::steady_clock::now() - begin >= 10ms));
}

// "Then it no longer blocks, until there is work again."
BOOST_AUTO_TEST_CASE(wait_blocks_again_when_there_is_work_again) {
    using namespace completion_queue_test;
    queue_type queue;
    for (int i = 0; i != 100; ++i) {
        auto work = std::make_optional(asio::make_work_guard(queue));
        std::binary_semaphore about_to_wait(0);
        std::jthread other([&] {
            about_to_wait.acquire();
            asio::post(queue, [&] { work.reset(); });
        });
        about_to_wait.release();
        BOOST_TEST(queue.wait());
        BOOST_TEST(queue.poll() == 1u);
        BOOST_TEST(!queue.wait());
    }
}

// Every copy of a tracked executor is work, wherever it is moved.
BOOST_AUTO_TEST_CASE(tracked_executors_are_work) {
    using namespace completion_queue_test;
    queue_type queue;
    const auto plain = queue.get_executor();
    {
        const auto tracked = asio::require(plain, execution::outstanding_work.tracked);
        BOOST_TEST((asio::query(tracked, execution::outstanding_work) ==
                    execution::outstanding_work.tracked));
        auto copy = tracked;
        auto moved = std::move(copy);
        copy = moved;
        const auto allocating =
            asio::require(asio::require(asio::require(std::move(copy), execution::blocking.never),
                                        execution::relationship.continuation),
                          execution::allocator(std::allocator<void>()));
        const auto still = asio::require(asio::require(allocating, execution::allocator),
                                         execution::outstanding_work.tracked);
        const asio::any_io_executor any(still);
        const auto again = asio::prefer(any, execution::outstanding_work.untracked);
        const auto untracked = asio::require(moved, execution::outstanding_work.untracked);
        std::jthread other([plain = std::move(moved)] { asio::post(plain, [] {}); });
        BOOST_TEST(queue.wait());
        BOOST_TEST(queue.poll() == 1u);
    }
    BOOST_TEST(!queue.wait()); // would hang if one were counted too often
}

BOOST_AUTO_TEST_CASE(what_a_handler_throws_comes_out_of_poll) {
    using namespace completion_queue_test;
    queue_type queue;
    numbers notes;
    const auto fail = [] { throw std::runtime_error("from a handler"); };
    asio::post(queue, note{notes, 1});
    asio::post(queue, fail);
    asio::post(queue, note{notes, 2});
    BOOST_CHECK_THROW(queue.poll(), std::runtime_error);
    BOOST_TEST(notes == numbers{1});
    BOOST_TEST(!queue.get_executor().running_in_this_thread());
    BOOST_TEST(queue.poll() == 1u); // the rest stayed ready
    BOOST_TEST(notes == (numbers{1, 2}));
    asio::post(queue, fail);
    BOOST_CHECK_THROW(queue.poll_one(), std::runtime_error);
    asio::post(queue, fail);
    BOOST_CHECK_THROW(queue.poll_for(1h), std::runtime_error);
    BOOST_TEST(queue.poll() == 0u);
}

BOOST_AUTO_TEST_CASE(dispatch_is_inline_on_a_polling_thread) {
    using namespace completion_queue_test;
    queue_type queue, other;
    numbers notes;
    const asio::any_io_executor any = queue.get_executor();
    asio::post(queue, [&] {
        BOOST_TEST(queue.get_executor().running_in_this_thread());
        BOOST_TEST(!other.get_executor().running_in_this_thread());
        asio::post(queue, note{notes, 4});
        asio::dispatch(queue, note{notes, 1});
        asio::dispatch(any, note{notes, 2});
        asio::dispatch(other, note{notes, 5});
        std::jthread([&] { BOOST_TEST(!queue.get_executor().running_in_this_thread()); });
        notes.push_back(3);
    });
    BOOST_TEST(queue.poll() == 1u);
    BOOST_TEST(notes == (numbers{1, 2, 3}));
    queue.poll();
    other.poll();
    BOOST_TEST(notes == (numbers{1, 2, 3, 4, 5}));
}

// As with Asio's contexts: whoever dispatches is not disturbed.
BOOST_AUTO_TEST_CASE(what_is_thrown_inline_goes_to_whoever_polls) {
    using namespace completion_queue_test;
    queue_type queue;
    bool went_on = false;
    asio::post(queue, [&] {
        asio::dispatch(queue, [] { throw std::runtime_error("inline"); });
        asio::dispatch(queue, [] { throw std::logic_error("a second one"); });
        went_on = true;
    });
    BOOST_CHECK_THROW(queue.poll(), std::runtime_error);
    BOOST_TEST(went_on);
    BOOST_TEST(queue.poll() == 0u);
}

BOOST_AUTO_TEST_CASE(a_handler_may_poll) {
    using namespace completion_queue_test;
    queue_type queue;
    numbers notes;
    asio::post(queue, [&] {
        asio::post(queue, note{notes, 2});
        BOOST_TEST(queue.wait());
        BOOST_TEST(queue.poll() == 2u); // also what the outer poll had before it
        BOOST_TEST(queue.get_executor().running_in_this_thread());
        notes.push_back(3);
    });
    asio::post(queue, note{notes, 1});
    BOOST_TEST(queue.poll() == 1u);
    BOOST_TEST(notes == (numbers{1, 2, 3}));
}

BOOST_AUTO_TEST_CASE(a_handler_may_poll_another_queue) {
    using namespace completion_queue_test;
    queue_type outer, inner;
    numbers notes;
    asio::post(outer, [&] {
        asio::post(inner, [&] {
            asio::dispatch(outer, note{notes, 1}); // both are being polled here
            asio::dispatch(inner, note{notes, 2});
            notes.push_back(3);
        });
        BOOST_TEST(inner.poll() == 1u);
        BOOST_TEST(!inner.get_executor().running_in_this_thread());
        asio::dispatch(inner, note{notes, 5});
        asio::dispatch(outer, note{notes, 4});
    });
    BOOST_TEST(outer.poll() == 1u);
    BOOST_TEST(notes == (numbers{1, 2, 3, 4}));
    BOOST_TEST(inner.poll() == 1u);
}

BOOST_AUTO_TEST_CASE(a_handler_may_destroy_the_queue) {
    using namespace completion_queue_test;
    witness w;
    auto queue = std::make_unique<queue_type>();
    const auto executor = queue->get_executor();
    asio::post(*queue, [&, alive = w.alive] {
        queue.reset();
        // Destroyed at once, though this thread is polling.
        asio::dispatch(executor, [alive] { BOOST_ERROR("it has been closed"); });
    });
    asio::post(*queue, [alive = w.alive] { BOOST_ERROR("it has been closed"); });
    BOOST_TEST(w.handlers() == 2);
    BOOST_TEST(queue->poll() == 1u);
    BOOST_TEST(w.handlers() == 0);

    // Nothing else keeps what the poll goes on with.
    queue = std::make_unique<queue_type>();
    asio::post(*queue, [&] { queue.reset(); });
    BOOST_TEST(queue->poll() == 1u);
}

BOOST_AUTO_TEST_CASE(executors_compare_and_answer) {
    using namespace completion_queue_test;
    queue_type queue, other;
    const auto executor = queue.get_executor();
    BOOST_TEST((executor == queue.get_executor()));
    BOOST_TEST((executor != other.get_executor()));
    auto assigned = other.get_executor();
    assigned = executor;
    BOOST_TEST((executor == assigned));

    BOOST_TEST(&asio::query(executor, execution::context) == &queue.context());
    BOOST_TEST((asio::query(executor, execution::mapping) == execution::mapping.thread));
    BOOST_TEST((asio::query(executor, execution::blocking) == execution::blocking.possibly));
    BOOST_TEST((asio::query(executor, execution::relationship) == execution::relationship.fork));
    BOOST_TEST((asio::query(executor, execution::outstanding_work) ==
                execution::outstanding_work.untracked));

    const auto never = asio::require(executor, execution::blocking.never);
    BOOST_TEST((never != executor));
    BOOST_TEST((asio::query(never, execution::blocking) == execution::blocking.never));
    BOOST_TEST((asio::require(never, execution::blocking.possibly) == executor));
    const auto continuation = asio::prefer(executor, execution::relationship.continuation);
    BOOST_TEST((asio::query(continuation, execution::relationship) ==
                execution::relationship.continuation));
    BOOST_TEST((asio::require(continuation, execution::relationship.fork) == executor));
    // Neither is inline where it must not block.
    numbers notes;
    asio::post(queue, [&] {
        never.execute(note{notes, 2});
        continuation.execute(note{notes, 1});
    });
    BOOST_TEST(queue.poll() == 1u);
    BOOST_TEST(notes == numbers{1});
    BOOST_TEST(queue.poll() == 1u);

    const asio::any_io_executor any(executor);
    BOOST_TEST_REQUIRE(any.target<executor_type>());
    BOOST_TEST((*any.target<executor_type>() == executor));
    BOOST_TEST((any == asio::any_io_executor(queue.get_executor())));
    BOOST_TEST(&asio::query(any, execution::context) == &queue.context());
}

BOOST_AUTO_TEST_CASE(memory_comes_from_the_allocator) {
    using namespace completion_queue_test;
    asyncinfo_test::allocations counted;
    const asyncinfo_test::counting_allocator<void> allocator(counted);
    queue_type queue;
    int alive_in_handler = -1;
    // Given back before the handler runs.
    const auto handler = [&] { alive_in_handler = counted.alive; };
    asio::post(queue, asio::bind_allocator(allocator, handler));
    BOOST_TEST(counted.made == 1);
    queue.poll();
    BOOST_TEST(alive_in_handler == 0);
    asio::require(queue.get_executor(), execution::allocator(allocator)).execute(handler);
    BOOST_TEST(counted.made == 2);
    {
        queue_type gone;
        asio::post(gone, asio::bind_allocator(allocator, handler));
    }
    BOOST_TEST(counted.alive == 1);
    counted.budget = 0; // refused: nothing is submitted
    BOOST_CHECK_THROW(asio::post(queue, asio::bind_allocator(allocator, handler)), std::bad_alloc);
    BOOST_TEST(queue.poll() == 1u);
    BOOST_TEST(counted.alive == 0);
}

BOOST_AUTO_TEST_CASE(is_an_execution_context) {
    using namespace completion_queue_test;
    counting_service::shut_down = 0;
    {
        queue_type queue;
        const auto executor = queue.get_executor();
        auto& service = asio::use_service<counting_service>(queue);
        BOOST_TEST(&service.context() == &queue.context());
        BOOST_TEST(&asio::use_service<counting_service>(
                       asio::query(executor, execution::context)) == &service);
    }
    BOOST_TEST(counting_service::shut_down > 0);
}

// Objects of Asio's, though nobody runs a reactor here, and strands.
BOOST_AUTO_TEST_CASE(asios_objects_live_on_it) {
    using namespace completion_queue_test;
    queue_type queue;
    asio::steady_timer timer(queue.get_executor(), 1ms), on_context(queue, 1ms);
    int fired = 0;
    const auto me = std::this_thread::get_id();
    const auto fire = [&](boost::system::error_code error) {
        BOOST_TEST(!error);
        BOOST_TEST((std::this_thread::get_id() == me));
        ++fired;
    };
    timer.async_wait(fire);
    on_context.async_wait(asio::bind_executor(asio::make_strand(queue), fire));
    while (queue.wait()) // until the work is over
        queue.poll();
    BOOST_TEST(fired == 2);

    numbers notes;
    const auto strand = asio::make_strand(queue.get_executor());
    asio::post(queue, [&] {
        asio::dispatch(strand, [&] {
            asio::post(strand, note{notes, 2});
            asio::dispatch(strand, note{notes, 1});
        });
    });
    while (queue.poll() != 0) {
    }
    BOOST_TEST(notes == (numbers{1, 2}));
}

BOOST_AUTO_TEST_SUITE_END()
