// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::queue_delivers_once_and_in_order_test {
namespace {

constexpr std::size_t producers = 8;
constexpr int each = 2'000;

/// What each producer's handlers have come to.
struct arrivals {
    std::array<std::atomic<int>, producers> next{};
    std::atomic<int> total = 0, out_of_order = 0;

    auto handler(std::size_t producer, int number) {
        return [this, producer, number] {
            if (next[producer].exchange(number + 1) != number)
                ++out_of_order;
            ++total;
        };
    }
};

class posting_threads {
public:
    posting_threads(const completion_queue& queue, arrivals& come) {
        for (std::size_t p = 0; p != producers; ++p)
            threads_.emplace_back([executor = queue.get_executor(), p, &come] {
                for (int i = 0; i != each; ++i)
                    asio::post(executor, come.handler(p, i));
            });
    }

private:
    std::vector<joining_thread> threads_;
};

constexpr int all = static_cast<int>(producers) * each;

} // namespace

BOOST_AUTO_TEST_SUITE(queue_delivers_once_and_in_order)

// "Posts from 8 threads while the loop polls with a budget: every one delivered once, in order per
// producer."
BOOST_AUTO_TEST_CASE(from_eight_threads_with_a_budget) {
    completion_queue queue;
    arrivals come;
    std::size_t polled = 0;
    {
        posting_threads threads(queue, come);
        while (come.total != all) {
            BOOST_TEST_REQUIRE(queue.wait());
            polled += queue.poll_for(20us);
        }
    }
    BOOST_TEST(queue.poll() == 0u);
    BOOST_TEST(polled == static_cast<std::size_t>(all));
    BOOST_TEST(come.out_of_order == 0);
    for (auto& next : come.next)
        BOOST_TEST(next == each);
}

// By every kind of poll, and with a callback and a descriptor, which must not disturb it.
BOOST_AUTO_TEST_CASE(by_every_kind_of_poll) {
    completion_queue queue;
    queue.native_handle();
    std::atomic<int> calls = 0;
    queue.on_ready([&] { ++calls; });
    arrivals come;
    {
        posting_threads threads(queue, come);
        while (come.total != all) {
            queue.poll();
            queue.poll_one();
            queue.poll_for(-1s);
            queue.poll_for(5us);
        }
    }
    BOOST_TEST(come.out_of_order == 0);
    BOOST_TEST(calls > 0);
}

// "Two threads may poll at once": each handler runs once.
BOOST_AUTO_TEST_CASE(to_two_threads_that_poll) {
    completion_queue queue;
    arrivals come;
    std::atomic<std::size_t> polled = 0;
    {
        posting_threads threads(queue, come);
        std::vector<joining_thread> pollers;
        for (int i = 0; i != 2; ++i)
            pollers.emplace_back([&] {
                while (come.total != all)
                    if (queue.wait_for(1ms))
                        polled += queue.poll();
            });
    }
    BOOST_TEST(queue.poll() == 0u);
    BOOST_TEST(polled == static_cast<std::size_t>(all));
    BOOST_TEST(come.total == all);
}

// A blocked thread per poller is woken, whoever is first, and both learn that the work is over.
BOOST_AUTO_TEST_CASE(to_two_threads_that_wait) {
    completion_queue queue;
    arrivals come;
    auto work = std::make_unique<decltype(asio::make_work_guard(queue))>(queue.get_executor());
    {
        std::vector<joining_thread> pollers;
        for (int i = 0; i != 2; ++i)
            pollers.emplace_back([&] {
                while (queue.wait())
                    queue.poll_one();
            });
        {
            posting_threads threads(queue, come);
        }
        work.reset();
    }
    BOOST_TEST(come.total == all);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::queue_delivers_once_and_in_order_test
