// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// `wait_all_for` waits until all have ended, cancels nothing and leaves the group as it is.
namespace asyncinfo_test::group_waits_for_all_test {
namespace {

template <typename Context>
void check_that_it_drives(Context& context) {
    operation_group<> group;
    int added = 0;
    const auto add = [&](auto& self) -> void {
        const auto op = asio::post(context, use_async_info);
        if (++added != 3) // what the loop runs adds the next one
            op.Completed([&self](auto&, AsyncStatus) { self(self); });
        group.add(op);
    };
    add(add);
    BOOST_TEST(group.wait_all_for(context, std::chrono::hours::max()).empty());
    BOOST_TEST(added == 3);
    BOOST_TEST(group.counts().completed == 3u);
}

} // namespace

BOOST_AUTO_TEST_SUITE(group_waits_for_all)

BOOST_AUTO_TEST_CASE(of_an_empty_group_at_once) {
    operation_group<> group;
    BOOST_TEST(group.wait_all_for(std::chrono::hours::max()).empty());
}

BOOST_AUTO_TEST_CASE(until_the_last_has_ended) {
    const async_source<> one, other;
    operation_group<> group;
    group.add(one.operation());
    std::vector<IAsyncInfo> left(1);
    joining_thread waiting([&] { left = group.wait_all_for(std::chrono::hours::max()); });
    group.add(other.operation()); // in a group that stays open
    one.set_value();
    BOOST_TEST(!other.operation().cancel_requested());
    other.set_value();
    waiting.join();
    BOOST_TEST(left.empty());
    BOOST_TEST(group.size() == 2u);
    BOOST_TEST(group.try_next().has_value());
}

BOOST_AUTO_TEST_CASE(or_the_time_is_over) {
    const async_source<> one, other;
    operation_group<> group;
    group.add(one.operation());
    group.add(other.operation());
    one.set_value();
    for (const auto time : {-1ms, 0ms, 5ms}) {
        const auto left = group.wait_all_for(time);
        BOOST_TEST(left.size() == 1u);
        BOOST_TEST((left.front() == other.operation()));
    }
    BOOST_TEST(!other.operation().cancel_requested());
}

BOOST_AUTO_TEST_CASE(and_runs_a_loop_meanwhile) {
    asio::io_context context;
    check_that_it_drives(context);
    completion_queue queue;
    check_that_it_drives(queue);
}

BOOST_AUTO_TEST_CASE(on_a_thread_that_one_needs_it_is_refused) {
    asio::io_context context;
    operation_group<> group;
    asio::post(context, [&] {
        group.add(asio::post(context, use_async_info));
        CHECK_THROWS_CODE(group.wait_all_for(1h), errc::would_deadlock);
        BOOST_TEST(group.wait_all_for(0s).size() == 1u);
    });
    context.run();
    BOOST_TEST(group.wait_all_for(1h).empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::group_waits_for_all_test
