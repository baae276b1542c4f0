// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// A completion_queue is an execution context as Asio's own are: its executors answer and compare,
/// count work, and Asio's objects live on it.
namespace asyncinfo_test::queue_is_an_execution_context_test {
namespace {

namespace execution = asio::execution;
using executor_type = completion_queue::executor_type;
using numbers = std::vector<int>;

/// Adds its number when it is called.
struct note {
    numbers& notes;
    int number;
    void operator()() const { notes.push_back(number); }
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

BOOST_AUTO_TEST_SUITE(queue_is_an_execution_context)

// Every copy of a tracked executor is work, wherever it is moved.
BOOST_AUTO_TEST_CASE(tracked_executors_are_work) {
    completion_queue queue;
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
        joining_thread other([plain = std::move(moved)] { asio::post(plain, [] {}); });
        BOOST_TEST(queue.wait());
        BOOST_TEST(queue.poll() == 1u);
    }
    BOOST_TEST(!queue.wait()); // would hang if one were counted too often
}

BOOST_AUTO_TEST_CASE(executors_compare_and_answer) {
    completion_queue queue, other;
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
    allocations counted;
    const counting_allocator<void> allocator(counted);
    completion_queue queue;
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
        completion_queue gone;
        asio::post(gone, asio::bind_allocator(allocator, handler));
    }
    BOOST_TEST(counted.alive == 1);
    counted.budget = 0; // refused: nothing is submitted
    BOOST_CHECK_THROW(asio::post(queue, asio::bind_allocator(allocator, handler)), std::bad_alloc);
    BOOST_TEST(queue.poll() == 1u);
    BOOST_TEST(counted.alive == 0);
}

BOOST_AUTO_TEST_CASE(is_an_execution_context) {
    counting_service::shut_down = 0;
    {
        completion_queue queue;
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
    completion_queue queue;
    asio::steady_timer timer(queue.get_executor(), 1ms), on_context(queue, 1ms);
    int fired = 0;
    const auto me = std::this_thread::get_id();
    const auto fire = [&](error_code error) {
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

} // namespace asyncinfo_test::queue_is_an_execution_context_test
