// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// `wait_next_for` blocks until there is a next operation, and for no longer than it was told.
namespace asyncinfo_test::group_waits_for_the_next_test {
BOOST_AUTO_TEST_SUITE(group_waits_for_the_next)

BOOST_AUTO_TEST_CASE(what_is_ready_is_given_at_once) {
    operation_group<int> group;
    async_source<> a, b;
    group.add(a.operation(), 1);
    group.add(b.operation(), 2);
    b.set_value();
    BOOST_TEST(group.wait_next_for(long_enough)->tag == 2);
    a.set_value();
    BOOST_TEST(group.wait_next_for(0s)->tag == 1);
}

BOOST_AUTO_TEST_CASE(nothing_comes_when_the_time_is_over) {
    operation_group<> group;
    async_source<> a;
    for (int i = 0; i != 2; ++i) { // with none in there, and with one
        const auto start = std::chrono::steady_clock::now();
        BOOST_TEST(!group.wait_next_for(5ms));
        BOOST_TEST((std::chrono::steady_clock::now() - start >= 5ms));
        group.add(a.operation());
    }
    BOOST_TEST(group.size() == 1u);
    BOOST_TEST(!a.operation().cancel_requested());
}

BOOST_AUTO_TEST_CASE(zero_and_negative_durations_poll) {
    operation_group<> group;
    async_source<> a;
    group.add(a.operation());
    BOOST_TEST(!group.wait_next_for(0s));
    BOOST_TEST(!group.wait_next_for(-1h));
    BOOST_TEST(!group.wait_next_for(std::chrono::hours::min()));
}

BOOST_AUTO_TEST_CASE(it_waits_for_an_end_on_another_thread) {
    running_context context;
    asio::steady_timer timer(context, 1ms);
    operation_group<> group;
    const auto op = timer.async_wait(use_async_info);
    group.add(op);
    const auto next = group.wait_next_for(std::chrono::hours::max()); // saturates
    BOOST_REQUIRE(next.has_value());
    BOOST_TEST((next->operation == op));
}

BOOST_AUTO_TEST_CASE(and_for_one_that_is_added_there) {
    operation_group<> group;
    std::promise<void> waiting;
    std::thread other([&] {
        waiting.get_future().wait();
        async_source<> a;
        group.add(a.operation());
        a.set_value();
    });
    waiting.set_value();
    BOOST_TEST(group.wait_next_for(long_enough).has_value());
    other.join();
}

BOOST_AUTO_TEST_CASE(each_waiting_thread_has_one) {
    operation_group<> group;
    constexpr std::size_t count = 4;
    std::vector<async_source<>> sources(count);
    for (auto& s : sources)
        group.add(s.operation());
    std::atomic<std::size_t> have{0};
    std::vector<joining_thread> threads;
    for (std::size_t i = 0; i != count; ++i)
        threads.emplace_back([&] { have += group.wait_next_for(long_enough).has_value(); });
    for (auto& s : sources)
        s.set_value();
    threads.clear();
    BOOST_TEST(have == count);
    BOOST_TEST(group.empty());
}

BOOST_AUTO_TEST_CASE(an_empty_group_that_was_shut_down_has_nothing_to_wait_for) {
    operation_group<> group;
    async_source<> a;
    group.add(a.operation());
    BOOST_TEST(group.shutdown(0s).size() == 1u);
    a.set_value();
    BOOST_TEST(group.wait_next_for(long_enough).has_value());
    BOOST_TEST(!group.wait_next_for(std::chrono::hours::max()));
}

BOOST_AUTO_TEST_CASE(whoever_waits_for_it_is_told_of_the_shutdown) {
    for (int i = 0; i != 100; ++i) { // in most of them it has begun to wait
        operation_group<> group;
        bool nothing = false;
        semaphore about_to_wait(0);
        std::thread other([&] {
            about_to_wait.release();
            nothing = !group.wait_next_for(std::chrono::hours::max());
        });
        about_to_wait.acquire();
        std::this_thread::yield();
        BOOST_TEST(group.shutdown(long_enough).empty());
        other.join();
        BOOST_TEST(nothing);
    }
}

BOOST_AUTO_TEST_CASE(and_when_another_has_taken_the_last) {
    operation_group<> group;
    async_source<> a;
    group.add(a.operation());
    BOOST_TEST(group.shutdown(0s).size() == 1u);
    std::atomic<int> have{0};
    std::vector<joining_thread> threads;
    for (int i = 0; i != 2; ++i)
        threads.emplace_back(
            [&] { have += group.wait_next_for(std::chrono::hours::max()).has_value(); });
    a.set_value();
    threads.clear();
    BOOST_TEST(have == 1);
}

BOOST_AUTO_TEST_CASE(on_a_thread_that_all_need_it_is_refused) {
    asio::io_context context;
    asio::steady_timer timer(context, 1h), soon(context, 1h);
    operation_group<> group;
    group.add(timer.async_wait(use_async_info));
    group.add(soon.async_wait(use_async_info));
    bool refused = false;
    asio::post(context, [&] {
        CHECK_THROWS_CODE(group.wait_next_for(1h), errc::would_deadlock);
        BOOST_TEST(!group.wait_next_for(0s)); // a poll is no wait
        refused = true;
        timer.cancel();
        soon.cancel();
    });
    context.run();
    BOOST_TEST(refused);
    BOOST_TEST(group.wait_next_for(1h).has_value());
}

BOOST_AUTO_TEST_CASE(but_not_if_one_does_without) {
    asio::io_context context;
    asio::steady_timer before(context, 1h), after(context, 1h);
    async_source<> elsewhere;
    operation_group<> group;
    group.add(before.async_wait(use_async_info));
    group.add(elsewhere.operation());
    group.add(after.async_wait(use_async_info));
    std::promise<void> waiting;
    std::thread other([&] {
        waiting.get_future().wait();
        elsewhere.set_value();
    });
    bool waited = false;
    asio::post(context, [&] {
        waiting.set_value();
        waited = group.wait_next_for(long_enough)->operation == elsewhere.operation();
        before.cancel();
        after.cancel();
    });
    context.run();
    other.join();
    BOOST_TEST(waited);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::group_waits_for_the_next_test
