// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// A completion_queue asks nothing of the heap in steady state: what is submitted to it, from its
// own thread or another, lies in recycled memory.

#include "support/heap.hpp"
#include "support/test.hpp"

namespace asyncinfo_test::queue_allocates_nothing_test {
namespace {

constexpr int rounds = 100;
constexpr int burst = 16;

/// What `rounds` bursts ask of the heap, after as many to warm up.
template <typename Submit, typename Poll>
std::uint64_t asked_of_heap(Submit submit, Poll poll) {
    for (int round = 0; round != 2 * rounds; ++round) {
        if (round == rounds)
            heap::start_counting();
        for (int i = 0; i != burst; ++i)
            submit();
        poll();
    }
    return heap::stop_counting();
}

} // namespace

BOOST_AUTO_TEST_SUITE(queue_allocates_nothing)

BOOST_AUTO_TEST_CASE(from_its_own_thread) {
    completion_queue queue;
    const auto executor = queue.get_executor();
    std::uint64_t calls = 0;
    const std::array<std::uint64_t, 8> much{};
    const auto poll = [&] { queue.poll(); };
    const auto made =
        asked_of_heap([&] { asio::post(executor, [&calls, much] { calls += 1 + much[7]; }); },
                      poll) +
        asked_of_heap([&] { executor.execute([&] { asio::dispatch(queue, [&] { ++calls; }); }); },
                      poll);
    BOOST_TEST(calls == 4u * rounds * burst);
    if (recycles)
        BOOST_TEST(made == 0u);
}

BOOST_AUTO_TEST_CASE(from_another_thread) {
    completion_queue queue;
    queue.native_handle();
    barrier step(2);
    joining_thread other([&] {
        for (int round = 0; round != 2 * rounds; ++round) {
            step.arrive_and_wait();
            for (int i = 0; i != burst; ++i)
                asio::post(queue, [] {});
            step.arrive_and_wait();
        }
    });
    const auto made = asked_of_heap([] {},
                                    [&] {
                                        step.arrive_and_wait();
                                        step.arrive_and_wait();
                                        queue.poll();
                                    });
    if (recycles)
        BOOST_TEST(made == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::queue_allocates_nothing_test
