// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::completion_queue_test {
namespace {

namespace execution = asio::execution;
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

} // namespace

BOOST_AUTO_TEST_SUITE(completion_queue)

BOOST_AUTO_TEST_CASE(poll_runs_what_is_ready_in_order) {
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
    queue_type queue;
    int calls = 0;
    for (int i = 0; i != 100; ++i) {
        joining_thread other([&] { asio::post(queue, [&] { ++calls; }); });
        BOOST_TEST(queue.wait());
        BOOST_TEST(calls == i); // runs nothing
        BOOST_TEST(queue.wait());
        BOOST_TEST(queue.wait_for(std::chrono::hours::max()));
        BOOST_TEST(queue.poll() == 1u);
    }
    BOOST_TEST(calls == 100);
}

BOOST_AUTO_TEST_CASE(wait_for_gives_up_in_time) {
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
    queue_type queue;
    auto work = std::make_optional(asio::make_work_guard(queue));
    int calls = 0;
    {
        joining_thread other([&] {
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
    joining_thread other([&] { work.reset(); });
    BOOST_TEST(!queue.wait());
    // wait_for takes no notice.
    const auto begin = std::chrono::steady_clock::now();
    BOOST_TEST(!queue.wait_for(10ms));
    BOOST_TEST((std::chrono::steady_clock::now() - begin >= 10ms));
}

// "Then it no longer blocks, until there is work again."
BOOST_AUTO_TEST_CASE(wait_blocks_again_when_there_is_work_again) {
    queue_type queue;
    for (int i = 0; i != 100; ++i) {
        auto work = std::make_optional(asio::make_work_guard(queue));
        semaphore about_to_wait(0);
        joining_thread other([&] {
            about_to_wait.acquire();
            asio::post(queue, [&] { work.reset(); });
        });
        about_to_wait.release();
        BOOST_TEST(queue.wait());
        BOOST_TEST(queue.poll() == 1u);
        BOOST_TEST(!queue.wait());
    }
}

BOOST_AUTO_TEST_CASE(what_a_handler_throws_comes_out_of_poll) {
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
        joining_thread([&] { BOOST_TEST(!queue.get_executor().running_in_this_thread()); });
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

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::completion_queue_test
