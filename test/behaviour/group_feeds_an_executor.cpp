// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// `on_next` has a function called on an executor for each operation that ends, one submitted
/// function each.
namespace asyncinfo_test::group_feeds_an_executor_test {
namespace {

using group_type = operation_group<int>;

struct fixture {
    asio::io_context context;
    std::vector<int> tags;
    group_type group;
    async_source<> a, b, c;

    fixture() {
        group.add(a.operation(), 1);
        group.add(b.operation(), 2);
        group.add(c.operation(), 3);
    }

    auto note() {
        return [this](group_type::entry e) { tags.push_back(e.tag); };
    }
    std::size_t poll_one() {
        context.restart();
        return context.poll_one();
    }
    std::size_t poll() {
        context.restart();
        return context.poll();
    }
};

/// Refuses what it is given as long as it is told to.
struct moody_executor {
    asio::io_context::executor_type inner;
    const bool* refuses;

    template <typename Function>
    void execute(Function&& f) const {
        if (*refuses)
            throw std::bad_alloc();
        inner.execute(std::forward<Function>(f));
    }

    [[maybe_unused]] friend bool operator==(const moody_executor&, const moody_executor&) noexcept {
        return true;
    }
};

/// Destroys what it is given, as a queue that is gone does.
struct dead_executor {
    template <typename Function>
    void execute(Function&&) const {}

    [[maybe_unused]] friend bool operator==(dead_executor, dead_executor) noexcept { return true; }
};

} // namespace

BOOST_AUTO_TEST_SUITE(group_feeds_an_executor)

BOOST_FIXTURE_TEST_CASE(one_function_for_each, fixture) {
    group.on_next(context, note());
    BOOST_TEST(poll() == 0u);
    c.set_value();
    a.set_value();
    BOOST_TEST(tags.empty()); // not where it ended
    BOOST_TEST(group.size() == 3u);
    BOOST_TEST(poll_one() == 1u);
    BOOST_TEST((tags == std::vector{3}));
    BOOST_TEST(group.size() == 2u);
    BOOST_TEST(poll_one() == 1u);
    BOOST_TEST((tags == std::vector{3, 1}));
    BOOST_TEST(poll_one() == 0u);
    b.set_value();
    BOOST_TEST(poll() == 1u);
    BOOST_TEST((tags == std::vector{3, 1, 2}));
    BOOST_TEST(group.empty());
}

BOOST_FIXTURE_TEST_CASE(also_for_those_that_had_ended, fixture) {
    c.set_value();
    a.set_value();
    group.on_next(context, note());
    BOOST_TEST(tags.empty());
    BOOST_TEST(poll() == 2u);
    BOOST_TEST((tags == std::vector{3, 1}));
}

BOOST_FIXTURE_TEST_CASE(also_on_a_pool, fixture) {
    asio::thread_pool pool(2);
    std::vector<async_source<>> sources(1000);
    std::vector<int> seen;
    group.on_next(asio::make_strand(pool), [&](group_type::entry e) { seen.push_back(e.tag); });
    int i = 10;
    for (auto& s : sources)
        group.add(s.operation(), i++);
    for (auto& s : sources)
        s.set_value();
    pool.join();
    group.on_next(nullptr); // the strand must not outlive the pool
    BOOST_REQUIRE(seen.size() == 1000u);
    for (i = 0; i != 1000; ++i)
        BOOST_TEST(seen[std::size_t(i)] == 10 + i);
}

BOOST_FIXTURE_TEST_CASE(what_another_has_taken_is_not_called_for, fixture) {
    group.on_next(context, note());
    a.set_value();
    b.set_value();
    BOOST_TEST(group.try_next()->tag == 1);
    BOOST_TEST(poll() == 2u);
    BOOST_TEST((tags == std::vector{2}));
}

BOOST_FIXTURE_TEST_CASE(who_waits_goes_first, fixture) {
    group.on_next(context, note());
    int waited = 0;
    group.async_next(asio::bind_executor(
        context, [&](auto, std::optional<group_type::entry> e) { waited = e->tag; }));
    b.set_value();
    a.set_value();
    poll();
    BOOST_TEST(waited == 2);
    BOOST_TEST((tags == std::vector{1}));
}

BOOST_FIXTURE_TEST_CASE(replaced_it_is_not_called_any_more, fixture) {
    auto alive = std::make_shared<int>();
    group.on_next(context.get_executor(),
                  [alive](auto) { BOOST_ERROR("called after it has been replaced"); });
    a.set_value();
    group.on_next(context, note());
    b.set_value();
    poll();
    BOOST_TEST((tags == std::vector{1, 2}));
    BOOST_TEST(alive.use_count() == 1);
}

BOOST_FIXTURE_TEST_CASE(null_takes_it_away, fixture) {
    group.on_next(context, note());
    a.set_value();
    group.on_next(nullptr);
    b.set_value();
    poll();
    BOOST_TEST(tags.empty());
    BOOST_TEST(group.try_next()->tag == 1);
    BOOST_TEST(group.try_next()->tag == 2);
}

BOOST_FIXTURE_TEST_CASE(an_empty_function_takes_it_away, fixture) {
    group.on_next(context, note());
    group.on_next(context, std::function<void(group_type::entry)>());
    a.set_value();
    poll();
    BOOST_TEST(tags.empty());
    BOOST_TEST(group.try_next()->tag == 1);
}

BOOST_FIXTURE_TEST_CASE(a_function_that_is_destroyed_uncalled_takes_nothing, fixture) {
    std::optional<asio::io_context> other(std::in_place);
    group.on_next(other->get_executor(), note());
    b.set_value();
    a.set_value();
    other.reset();
    group.on_next(nullptr);
    BOOST_TEST(tags.empty());
    BOOST_TEST(group.try_next()->tag == 2);
    BOOST_TEST(group.try_next()->tag == 1);
}

BOOST_FIXTURE_TEST_CASE(an_executor_that_destroys_all_is_no_loop, fixture) {
    group.on_next(dead_executor(), note());
    a.set_value();
    b.set_value();
    BOOST_TEST(tags.empty());
    BOOST_TEST(group.try_next()->tag == 1);
    // Another one has what is there.
    group.on_next(context, note());
    c.set_value();
    poll();
    BOOST_TEST((tags == std::vector{2, 3}));
}

BOOST_FIXTURE_TEST_CASE(what_was_refused_is_made_up_for, fixture) {
    bool refuses = true;
    group.on_next(moody_executor{context.get_executor(), &refuses}, note());
    BOOST_CHECK_THROW(a.set_value(), std::bad_alloc);
    BOOST_TEST(a.operation().Status() == AsyncStatus::Completed);
    refuses = false;
    b.set_value();
    BOOST_TEST(poll() == 2u);
    BOOST_TEST((tags == std::vector{1, 2}));
    c.set_value();
    BOOST_TEST(poll() == 1u);
}

BOOST_FIXTURE_TEST_CASE(an_executor_without_memory_loses_nothing, fixture) {
    a.set_value();
    BOOST_CHECK_THROW(group.on_next(refusing_executor(), note()), std::bad_alloc);
    BOOST_TEST(group.try_next()->tag == 1);
    b.set_value(); // nothing is to be called any more, and so nothing throws
    BOOST_TEST(group.try_next()->tag == 2);
}

BOOST_FIXTURE_TEST_CASE(what_it_throws_reaches_who_runs_the_executor, fixture) {
    group.on_next(context.get_executor(), [&](group_type::entry e) {
        if (e.tag == 1)
            throw std::runtime_error("x");
        tags.push_back(e.tag);
    });
    a.set_value();
    b.set_value();
    BOOST_CHECK_THROW(poll(), std::runtime_error);
    poll();
    BOOST_TEST((tags == std::vector{2}));
    BOOST_TEST(group.size() == 1u);
}

BOOST_AUTO_TEST_CASE(it_may_use_and_destroy_the_group) {
    asio::io_context context;
    std::optional<group_type> group(std::in_place);
    async_source<> a, b, late;
    auto alive = std::make_shared<int>();
    late.set_value();
    group->add(a.operation(), 1);
    group->add(b.operation(), 2);
    int calls = 0;
    group->on_next(context.get_executor(), [&, alive](group_type::entry e) {
        if (++calls == 1)
            group->add(late.operation(), 3);
        if (e.tag == 3)
            group.reset();
        BOOST_TEST(alive.use_count() > 1); // it has itself as long as it runs
    });
    a.set_value();
    context.run();
    BOOST_TEST(calls == 2);
    BOOST_TEST(!group);
    BOOST_TEST(alive.use_count() == 1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::group_feeds_an_executor_test
