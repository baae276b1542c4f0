// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::operation_group_test {
namespace {

static_assert(!std::is_copy_constructible_v<operation_group<>>);
static_assert(!std::is_move_constructible_v<operation_group<>>);

template <typename Group, typename... Args>
concept can_add = requires(Group& group, Args... args) { group.add(std::move(args)...); };

/// Neither default-constructible nor copyable.
using tag_type = std::unique_ptr<int>;
struct strict_tag {
    explicit strict_tag(int v) : value(v) {}
    int value;
};

static_assert(can_add<operation_group<>, IAsyncInfo>);
static_assert(!can_add<operation_group<>, IAsyncInfo, int>);
static_assert(can_add<operation_group<int>, IAsyncInfo>);
static_assert(can_add<operation_group<strict_tag>, IAsyncInfo, int>);
static_assert(!can_add<operation_group<strict_tag>, IAsyncInfo>);
static_assert(!can_add<operation_group<int>, IAsyncInfo, std::string>);

static_assert(can_add<operation_group<void, IAsyncOperation<int>>, IAsyncOperation<int>>);
static_assert(!can_add<operation_group<void, IAsyncOperation<int>>, IAsyncInfo>);
static_assert(!can_add<operation_group<void, IAsyncOperation<int>>, IAsyncAction>);

} // namespace

BOOST_AUTO_TEST_SUITE(operation_group)

using asyncinfo::operation_group;

BOOST_AUTO_TEST_CASE(it_gives_what_has_ended) {
    operation_group<> group;
    async_source<> a, b;
    BOOST_TEST(group.add(a.operation()));
    BOOST_TEST(group.add(b.operation()));
    BOOST_TEST(!group.try_next());
    b.set_value();
    auto next = group.try_next();
    BOOST_REQUIRE(next.has_value());
    BOOST_TEST((next->operation == b.operation()));
    BOOST_TEST(!group.try_next());
    a.set_canceled();
    next = group.try_next();
    BOOST_REQUIRE(next.has_value());
    BOOST_TEST((next->operation == a.operation()));
    BOOST_TEST(next->operation.Status() == AsyncStatus::Canceled);
    BOOST_TEST(!group.try_next());
}

BOOST_AUTO_TEST_CASE(with_its_tag) {
    operation_group<std::string> group;
    async_source<int> a;
    async_source<> b, c;
    std::string lvalue(100, 'b');
    group.add(a.operation(), "a");
    group.add(b.operation(), lvalue);
    group.add(c.operation());
    a.set_value(1);
    b.set_value();
    c.set_value();
    BOOST_TEST(group.try_next()->tag == "a");
    BOOST_TEST(group.try_next()->tag == lvalue);
    BOOST_TEST(group.try_next()->tag == "");
}

BOOST_AUTO_TEST_CASE(the_tag_may_be_move_only_or_have_no_default) {
    operation_group<tag_type> unique;
    operation_group<strict_tag> strict;
    async_source<> a;
    unique.add(a.operation(), std::make_unique<int>(7));
    strict.add(a.operation(), 8);
    a.set_value();
    BOOST_TEST(*unique.try_next()->tag == 7);
    BOOST_TEST(strict.try_next()->tag.value == 8);
}

BOOST_AUTO_TEST_CASE(operations_of_all_kinds) {
    operation_group<int> group;
    asio::io_context context;
    asio::steady_timer timer(context, 0s);
    pending<void(error_code, int, std::string)> values;
    async_source<void, int> action;
    async_source<int, int> operation;
    group.add(timer.async_wait(use_async_info), 1);
    group.add(values.start(use_async_info), 2);
    group.add(action.operation(), 3);
    group.add(operation.operation(), 4);
    group.add(asyncinfo::when_all(action.operation(), operation.operation()), 5);
    BOOST_TEST(group.size() == 5u);
    operation.set_value(1);
    action.set_value();
    context.run();
    values.complete(error_code(), 1, "x");
    std::vector<int> order;
    group.drain([&](auto entry) { order.push_back(entry.tag); });
    BOOST_TEST((order == std::vector{4, 3, 5, 1, 2}));
}

BOOST_AUTO_TEST_CASE(the_same_one_is_refused_while_it_is_in_there) {
    operation_group<int> group;
    async_source<> a, other;
    BOOST_TEST(group.add(a.operation(), 1));
    BOOST_TEST(group.add(other.operation(), 3));
    BOOST_TEST(!group.add(a.operation(), 2));
    BOOST_TEST(group.size() == 2u);
    a.set_value();
    BOOST_TEST(!group.add(IAsyncInfo(a.operation()), 2));
    BOOST_TEST(group.try_next()->tag == 1);
    BOOST_TEST(!group.try_next());
    BOOST_TEST(group.add(a.operation(), 2));
    BOOST_TEST(group.try_next()->tag == 2);
}

BOOST_AUTO_TEST_CASE(one_operation_may_be_in_several_groups) {
    operation_group<> first, second;
    async_source<> a;
    first.add(a.operation());
    second.add(a.operation());
    a.set_value();
    BOOST_TEST(first.try_next().has_value());
    BOOST_TEST(second.try_next().has_value());
}

BOOST_AUTO_TEST_CASE(bad_handles_are_refused) {
    operation_group<int> group;
    CHECK_THROWS_CODE(group.add(IAsyncInfo(), 1), errc::empty_handle);
    CHECK_THROWS_CODE(group.add(nullptr), errc::empty_handle);
    async_source<> a;
    a.set_value();
    a.operation().Close();
    CHECK_THROWS_CODE(group.add(a.operation()), errc::illegal_method_call);
    BOOST_TEST(group.empty());
}

BOOST_AUTO_TEST_CASE(closing_one_in_there_harms_nothing) {
    operation_group<> group;
    async_source<> a;
    group.add(a.operation());
    a.set_canceled();
    a.operation().Close();
    BOOST_TEST(group.counts().canceled == 1u);
    BOOST_TEST((group.try_next()->operation == a.operation()));
    BOOST_TEST(group.counts().canceled == 0u);
}

BOOST_AUTO_TEST_CASE(counts_are_by_status) {
    operation_group<> group;
    std::vector<async_source<>> sources(10);
    for (auto& s : sources)
        group.add(s.operation());
    sources[0].set_value();
    sources[1].set_canceled();
    sources[2].set_canceled();
    sources[3].set_error(asio::error::eof);
    sources[4].set_error(asio::error::eof);
    sources[5].set_error(asio::error::eof);
    auto counts = group.counts();
    BOOST_TEST(counts.started == 4u);
    BOOST_TEST(counts.completed == 1u);
    BOOST_TEST(counts.canceled == 2u);
    BOOST_TEST(counts.error == 3u);
    BOOST_TEST(group.size() == 10u);
    for (int i = 0; i != 4; ++i)
        group.try_next();
    counts = group.counts();
    BOOST_TEST(counts.started == 4u);
    BOOST_TEST(counts.completed == 0u);
    BOOST_TEST(counts.canceled == 0u);
    BOOST_TEST(counts.error == 2u);
    BOOST_TEST(group.size() == 6u);
    BOOST_TEST(!group.empty());
}

BOOST_AUTO_TEST_CASE(drain_takes_all_without_a_budget) {
    operation_group<int> group;
    std::vector<async_source<>> sources(10);
    for (int i = 0; i != 10; ++i)
        group.add(sources[std::size_t(i)].operation(), i);
    int expected = 9;
    BOOST_TEST(group.drain([](auto) {}) == 0u);
    for (int i = 9; i >= 1; --i)
        sources[std::size_t(i)].set_value();
    BOOST_TEST(group.drain([&](operation_group<int>::entry e) {
        BOOST_TEST(e.tag == expected--);
        BOOST_TEST(e.operation.Status() == AsyncStatus::Completed);
    }) == 9u);
    BOOST_TEST(expected == 0);
    BOOST_TEST(group.size() == 1u);
}

BOOST_AUTO_TEST_CASE(drain_also_takes_what_ends_meanwhile) {
    operation_group<> group;
    std::vector<async_source<>> sources(10);
    for (auto& s : sources)
        group.add(s.operation());
    sources[0].set_value();
    std::size_t i = 1;
    BOOST_TEST(group.drain(
                   [&](auto) {
                       if (i != sources.size())
                           sources[i++].set_value();
                   },
                   1h) == 10u);
}

BOOST_AUTO_TEST_CASE(drain_stops_at_the_budget_but_takes_one_at_least) {
    operation_group<> group;
    async_source<> a, b, c, d;
    for (auto* s : {&a, &b, &c, &d}) {
        group.add(s->operation());
        s->set_value();
    }
    const auto nothing = [](auto) {};
    BOOST_TEST(group.drain(nothing, 0s) == 1u);
    BOOST_TEST(group.drain(nothing, -1h) == 1u);
    const auto spend = [](auto) {
        const auto until = std::chrono::steady_clock::now() + 2ms;
        while (std::chrono::steady_clock::now() < until) {
        }
    };
    BOOST_TEST(group.drain(spend, 1ms) == 1u);
    BOOST_TEST(group.drain(nothing, std::chrono::hours::max()) == 1u);
    BOOST_TEST(group.drain(nothing, 0s) == 0u);
}

BOOST_AUTO_TEST_CASE(what_drain_calls_may_throw) {
    operation_group<> group;
    async_source<> a, b;
    for (auto* s : {&a, &b}) {
        group.add(s->operation());
        s->set_value();
    }
    BOOST_CHECK_THROW(group.drain([](auto) { throw std::runtime_error("x"); }), std::runtime_error);
    BOOST_TEST(group.size() == 1u);
    BOOST_TEST((group.try_next()->operation == b.operation()));
}

BOOST_AUTO_TEST_CASE(what_drain_calls_may_use_and_destroy_the_group) {
    std::optional<operation_group<>> group(std::in_place);
    async_source<> a, b, c;
    for (auto* s : {&a, &b}) {
        group->add(s->operation());
        s->set_value();
    }
    c.set_value();
    int calls = 0;
    BOOST_TEST(group->drain([&](auto entry) {
        if (++calls == 1) {
            BOOST_TEST(group->add(c.operation()));
            BOOST_TEST(group->add(entry.operation));
        }
        if (calls == 3)
            group.reset();
    }) == 3u);
    BOOST_TEST(!group);
}

BOOST_AUTO_TEST_CASE(a_group_of_one_kind_gives_handles_of_that_kind) {
    asio::io_context context;
    std::vector<async_source<int>> sources(5);
    operation_group<std::string, IAsyncOperation<int>> group;
    for (auto& source : sources)
        group.add(source.operation(), std::to_string(&source - sources.data()));
    for (std::size_t i = 0; i != 3; ++i)
        sources[i].set_value(int(i));

    std::vector<int> results;
    const auto keep = [&](const auto& next) {
        const IAsyncOperation<int>& op = next.operation; // as it was added
        BOOST_TEST(next.tag == std::to_string(op.GetResults()));
        results.push_back(op.GetResults());
    };
    keep(group.try_next().value());
    keep(group.wait_next_for(1h).value());
    BOOST_TEST(group.drain(keep) == 1u);
    group.async_next(
        asio::bind_executor(context, [&](error_code, auto next) { keep(next.value()); }));
    sources[3].set_value(3);
    context.run();
    group.on_next(context, keep);
    sources[4].set_value(4);
    run_again(context);
    BOOST_TEST(results == std::vector({0, 1, 2, 3, 4}), per_element());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::operation_group_test
