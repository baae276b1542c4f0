// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// `cancel_all` cancels what is in the group; `shutdown` takes no more, cancels, waits, and returns
/// what would not stop.
namespace asyncinfo_test::group_shuts_down_test {
BOOST_AUTO_TEST_SUITE(group_shuts_down)

BOOST_AUTO_TEST_CASE(cancel_all_cancels_all) {
    operation_group<> group;
    std::vector<async_source<>> sources(100);
    for (auto& s : sources)
        group.add(s.operation());
    sources[3].set_value();
    group.cancel_all();
    for (auto& s : sources)
        BOOST_TEST(s.operation().cancel_requested() == (&s != &sources[3]));
    async_source<> later;
    BOOST_TEST(group.add(later.operation()));
    BOOST_TEST(!later.operation().cancel_requested());
    BOOST_TEST(group.size() == 101u);
}

BOOST_AUTO_TEST_CASE(what_a_request_does_may_use_the_group) {
    operation_group<int> group;
    std::vector<async_source<>> sources(10), more(10);
    std::size_t calls = 0;
    for (auto& s : sources) {
        group.add(s.operation(), 1);
        s.on_cancel([&] {
            group.add(more[calls++].operation(), 2);
            s.set_canceled();
            group.cancel_all();
        });
    }
    group.cancel_all();
    BOOST_TEST(calls == 10u);
    BOOST_TEST(group.drain([](auto entry) { BOOST_TEST(entry.tag == 1); }) == 10u);
    BOOST_TEST(group.size() == 10u);
}

BOOST_AUTO_TEST_CASE(what_a_request_adds_is_not_cancelled) {
    operation_group<> group;
    async_source<> first, later;
    group.add(first.operation());
    first.on_cancel([&] { BOOST_TEST(group.add(later.operation())); });
    group.cancel_all();
    BOOST_TEST(group.size() == 2u);
    BOOST_TEST(!later.operation().cancel_requested());
}

BOOST_AUTO_TEST_CASE(it_may_destroy_the_group) {
    std::optional<operation_group<>> group(std::in_place);
    async_source<> first, second;
    group->add(first.operation());
    group->add(second.operation());
    first.on_cancel([&] { group.reset(); });
    group->cancel_all();
    BOOST_TEST(!group);
    BOOST_TEST(!second.operation().cancel_requested());
}

BOOST_AUTO_TEST_CASE(also_in_shutdown) {
    std::optional<operation_group<>> group(std::in_place);
    async_source<> first, second;
    group->add(first.operation());
    group->add(second.operation());
    first.on_cancel([&] { group.reset(); });
    BOOST_TEST(group->shutdown(long_enough).empty());
    BOOST_TEST(!group);
}

BOOST_AUTO_TEST_CASE(shutdown_waits_for_what_stops) {
    running_context context(2);
    std::deque<asio::steady_timer> timers; // which stay where they are
    operation_group<> group;
    for (int i = 0; i != 100; ++i) {
        timers.emplace_back(context, 1h);
        group.add(timers.back().async_wait(use_async_info));
    }
    BOOST_TEST(group.shutdown(std::chrono::hours::max()).empty());
    BOOST_TEST(group.counts().started == 0u);
    BOOST_TEST(group.counts().canceled == 100u);
    BOOST_TEST(group.drain([](auto entry) {
        BOOST_TEST(entry.operation.Status() == AsyncStatus::Canceled);
    }) == 100u);
}

BOOST_AUTO_TEST_CASE(and_returns_what_would_not_by_name) {
    operation_group<> group;
    pending<void(error_code)> stubborn, other;
    async_source<> obedient;
    obedient.on_cancel([&] { obedient.set_canceled(); });
    const auto login = stubborn.start(use_async_info.named("login"));
    group.add(login);
    group.add(obedient.operation());
    group.add(other.start(use_async_info.named("logout")));
    const auto left = group.shutdown(1ms);
    BOOST_REQUIRE(left.size() == 2u);
    BOOST_TEST((left[0] == login));
    BOOST_TEST(left[0].name() == "login");
    BOOST_TEST(left[1].name() == "logout");
    BOOST_TEST(login.cancel_requested());

    // They stay, and are next when they end.
    BOOST_TEST((group.try_next()->operation == obedient.operation()));
    BOOST_TEST(!group.try_next());
    stubborn.complete(error_code());
    BOOST_TEST((group.try_next()->operation == login));
    BOOST_TEST(group.shutdown(0s).size() == 1u);
    other.complete(error_code());
    BOOST_TEST(group.shutdown(long_enough).empty());
}

BOOST_AUTO_TEST_CASE(shutdown_waits_until_the_time_is_over) {
    operation_group<> group;
    async_source<> stubborn;
    group.add(stubborn.operation());
    const auto start = std::chrono::steady_clock::now();
    BOOST_TEST(group.shutdown(5ms).size() == 1u);
    BOOST_TEST((std::chrono::steady_clock::now() - start >= 5ms));
    BOOST_TEST(group.shutdown(0s).size() == 1u);
    BOOST_TEST(group.shutdown(-1h).size() == 1u);
}

BOOST_AUTO_TEST_CASE(until_the_last_has_ended) {
    operation_group<> group;
    async_source<> a, b;
    group.add(a.operation());
    group.add(b.operation());
    std::thread other([&] {
        // Only after the request: that is when the group waits, or is about to.
        while (!b.operation().cancel_requested())
            std::this_thread::yield();
        a.set_value();
        b.set_value();
    });
    BOOST_TEST(group.shutdown(long_enough).empty());
    BOOST_TEST(group.counts().completed == 2u);
    other.join();
}

BOOST_AUTO_TEST_CASE(afterwards_nothing_can_be_added) {
    operation_group<> group;
    async_source<> inside, outside;
    group.add(inside.operation());
    group.shutdown(0s);
    CHECK_THROWS_CODE(group.add(outside.operation()), errc::group_shut_down);
    CHECK_THROWS_CODE(group.add(inside.operation()), errc::group_shut_down);
    BOOST_TEST(group.size() == 1u);
    BOOST_TEST(!outside.operation().cancel_requested());
    outside.set_value();
    BOOST_TEST(outside.operation().Status() == AsyncStatus::Completed);
    BOOST_TEST(!group.try_next());
}

BOOST_AUTO_TEST_CASE(an_empty_group_is_shut_down_at_once) {
    operation_group<> group;
    BOOST_TEST(group.shutdown(std::chrono::hours::max()).empty());
    BOOST_TEST(group.shutdown(std::chrono::hours::max()).empty());
}

BOOST_AUTO_TEST_CASE(on_a_thread_that_one_needs_it_is_refused) {
    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    async_source<> before, after;
    operation_group<> group;
    group.add(before.operation());
    const auto op = timer.async_wait(use_async_info);
    group.add(op);
    bool tried = false;
    asio::post(context, [&] {
        CHECK_THROWS_CODE(group.shutdown(1h), errc::would_deadlock);
        BOOST_TEST(!op.cancel_requested());
        BOOST_TEST(!before.operation().cancel_requested());
        BOOST_TEST(group.add(after.operation())); // nothing has been done
        const auto left = group.shutdown(0s);     // does not wait
        BOOST_TEST(left.size() == 3u);
        BOOST_TEST(op.cancel_requested());
        tried = true;
    });
    context.run();
    BOOST_TEST(tried);
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);
    before.set_value();
    after.set_value();
    BOOST_TEST(group.shutdown(1h).empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::group_shuts_down_test
