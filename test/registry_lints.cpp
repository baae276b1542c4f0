// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/registry_on.hpp"
#include "support/test.hpp"

#include <asyncinfo/registry_lints.hpp>

namespace asyncinfo_test::registry_lints_test {

using asyncinfo::registry::clock;
using asyncinfo::registry::find_lints;
using asyncinfo::registry::finding;
using asyncinfo::registry::lint;
using asyncinfo::registry::report;
using asyncinfo::registry::snapshot;

BOOST_AUTO_TEST_SUITE(registry_lints)

/// Reports that differ in time only: what is found in them depends on nothing else.
struct in_reports {
    static constexpr auto long_ago = clock::time_point(1h);
    static constexpr auto later = long_ago + 10s;
    report before;
    report now;
    in_reports() {
        before.taken = long_ago;
        now.taken = later;
    }

    asyncinfo::registry::outstanding& add(report& where) {
        auto& row = where.running.emplace_back();
        row.id = 7;
        row.name = "login";
        return row;
    }

    /// The only finding.
    finding found() const {
        const auto all = find_lints(now, before);
        BOOST_REQUIRE(all.size() == 1);
        return all.front();
    }
    bool is_clean() const { return find_lints(now, before).empty(); }
};

BOOST_FIXTURE_TEST_CASE(nothing_is_wrong_with_nothing, in_reports) {
    BOOST_TEST(is_clean());
    add(now);
    BOOST_TEST(is_clean());
}

BOOST_FIXTURE_TEST_CASE(an_operation_that_does_not_stop, in_reports) {
    add(now).request = {asyncinfo::cancel_source::group, later - 4999ms};
    BOOST_TEST(is_clean());
    now.running.front().request->at = later - 5s;
    const finding told = found();
    BOOST_TEST((told.lint == lint::not_stopped));
    BOOST_TEST(told.operation == 7u);
    BOOST_TEST(told.what == "login");
    BOOST_TEST(told.text == "It was asked to stop 5 s ago (group), and runs on.");
}

BOOST_FIXTURE_TEST_CASE(an_operation_without_progress, in_reports) {
    add(now).progress = {1, {}, later - 29s};
    BOOST_TEST(is_clean());
    now.running.front().progress->at = later - 30s;
    BOOST_TEST((found().lint == lint::no_progress));
    BOOST_TEST(found().text == "Its last progress was 30 s ago.");
}

BOOST_FIXTURE_TEST_CASE(a_handle_that_is_polled_all_the_time, in_reports) {
    add(before).polls = 100;
    add(now).polls = 100 + 499'999;
    BOOST_TEST(is_clean());
    now.running.front().polls = 100 + 500'000;
    BOOST_TEST((found().lint == lint::hot_poll));
    BOOST_TEST(found().text == "Its status was asked for 50000 times a second.");
    before = {}; // there is no rate without an earlier report
    BOOST_TEST(is_clean());
}

BOOST_FIXTURE_TEST_CASE(operations_that_grow_in_number, in_reports) {
    const auto family = [](std::uint64_t started, std::uint64_t ended) {
        asyncinfo::registry::family f;
        f.name = "request";
        f.started = started;
        f.completed = ended;
        return f;
    };
    now.families = {family(1500, 501)};
    BOOST_TEST(is_clean());
    now.families = {family(1500, 500)};
    BOOST_TEST((found().lint == lint::growing));
    BOOST_TEST(found().what == "request");
    before.families = {family(1100, 200)};
    BOOST_TEST(found().text == "1000 are outstanding, 100 more than before.");
    before.families = {family(1100, 100)};
    BOOST_TEST(is_clean()); // many, but no more
}

BOOST_FIXTURE_TEST_CASE(errors_that_nobody_asked_for, in_reports) {
    asyncinfo::registry::family f;
    f.what = "async_read";
    f.started = f.failed = 3;
    f.unseen = 1;
    before.families = {f};
    now.families = {f};
    BOOST_TEST(is_clean());
    now.families.front().unseen = 3;
    BOOST_TEST((found().lint == lint::unseen_error));
    BOOST_TEST(found().what == "async_read");
    BOOST_TEST(found().text == "2 have failed, and nobody asked for the error.");
}

BOOST_FIXTURE_TEST_CASE(contexts_that_are_not_run, in_reports) {
    asyncinfo::registry::watched w;
    w.name = "network";
    now.contexts = {w};
    BOOST_TEST(is_clean()); // nothing waits there
    now.contexts.front().waits_since = later - 4s;
    BOOST_TEST(is_clean());
    now.contexts.front().waits_since = later - 6s;
    BOOST_TEST((found().lint == lint::context_not_run));
    BOOST_TEST(found().text == "No thread has run it for 6 s.");
    now.contexts.front().has_run = true;
    BOOST_TEST((found().lint == lint::context_blocked));
    now.contexts.front().is_stopped = true;
    BOOST_TEST((found().lint == lint::context_not_run));
}

BOOST_AUTO_TEST_CASE(each_has_a_name_and_a_remedy) {
    for (int i = 0; i <= static_cast<int>(lint::context_blocked); ++i) {
        BOOST_TEST(to_string(static_cast<lint>(i)) != "(unknown)");
        BOOST_TEST(remedy(static_cast<lint>(i)).ends_with('.'));
    }
    BOOST_TEST(to_string(static_cast<lint>(99)) == "(unknown)");
}

// --- In a program -------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_context_that_nobody_runs) {
    asio::io_context context;
    asyncinfo::registry::watch(context, "network");
    const auto first = snapshot().contexts;
    BOOST_REQUIRE(first.size() == 1);
    BOOST_TEST(first[0].name == "network");
    BOOST_TEST((first[0].context == static_cast<asio::execution_context*>(&context)));
    BOOST_TEST(first[0].waits_since.has_value());
    BOOST_TEST(!first[0].has_run);
    const auto second = snapshot().contexts;
    BOOST_TEST((second[0].waits_since == first[0].waits_since)); // the same function still waits
    BOOST_TEST(context.run() == 1u);
    const auto third = snapshot().contexts;
    BOOST_TEST(third[0].has_run);
    BOOST_TEST(third[0].is_stopped);
}

BOOST_AUTO_TEST_CASE(a_handler_that_blocks) {
    std::promise<void> begun, end; // the handler uses them
    running_context context;
    asyncinfo::registry::watch(context, "screen");
    const auto waits = [] { return snapshot().contexts.front().waits_since.has_value(); };
    while (!snapshot().contexts.front().has_run)
        std::this_thread::yield();
    asio::post(context, [&] {
        begun.set_value();
        end.get_future().wait();
    });
    begun.get_future().wait();
    BOOST_TEST(waits());
    const auto blocked = find_lints(snapshot(), {}, {.blocked = 0ms});
    end.set_value(); // before the checks: one that fails leaves no handler that waits
    BOOST_TEST(std::ranges::count_if(blocked, [](const finding& f) {
                   return f.lint == lint::context_blocked && f.what == "screen";
               }) == 1);
}

BOOST_AUTO_TEST_CASE(a_context_is_watched_until_it_is_gone) {
    {
        asio::io_context context;
        asyncinfo::registry::watch(context, "first");
        asyncinfo::registry::watch(context, "renamed");
        BOOST_REQUIRE(snapshot().contexts.size() == 1u);
        BOOST_TEST(snapshot().contexts[0].name == "renamed");
    }
    BOOST_TEST(snapshot().contexts.empty());
    asio::thread_pool pool(1);
    asyncinfo::registry::watch(pool, "pool");
    BOOST_TEST(snapshot().contexts.size() == 1u);
    pool.join();
}

/// The handler of unseen errors, as long as this lives.
struct unseen_errors {
    std::vector<asyncinfo::registry::ended> told;

    unseen_errors() {
        asyncinfo::registry::on_unseen_error(
            [this](const asyncinfo::registry::ended& lost) { told.push_back(lost); });
    }
    ~unseen_errors() { asyncinfo::registry::on_unseen_error(nullptr); }
};

BOOST_AUTO_TEST_CASE(a_handler_is_told_of_errors_that_nobody_asked_for) {
    const registry_on on;
    unseen_errors handler;
    {
        const auto op =
            pending<void(error_code)>::ended(use_async_info.named("lost"), asio::error::eof);
        BOOST_TEST(handler.told.empty());
    }
    BOOST_REQUIRE(handler.told.size() == 1);
    BOOST_TEST(handler.told[0].name == "lost");
    BOOST_TEST(handler.told[0].code == asio::error::eof);
    BOOST_TEST((handler.told[0].ending.reason == asyncinfo::ending_reason::failed));
    BOOST_TEST((handler.told[0].at >= handler.told[0].started));

    const auto seen =
        pending<void(error_code)>::ended(use_async_info, asio::error::eof).ErrorCode();
    const auto stopped =
        pending<void(error_code)>::ended(use_async_info, asio::error::operation_aborted).Status();
    const auto success = pending<void(error_code)>::ended(use_async_info, {}).Status();
    BOOST_TEST(seen == asio::error::eof);
    BOOST_TEST(stopped == AsyncStatus::Canceled);
    BOOST_TEST(success == AsyncStatus::Completed);
    BOOST_TEST(handler.told.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_report_after_the_end_harms_nothing) {
    const registry_on on;
    unseen_errors handler;
    {
        async_source<void, double> source("late");
        source.set_error(asio::error::eof);
        BOOST_TEST(!source.report(0.5));
    }
    BOOST_REQUIRE(handler.told.size() == 1);
    BOOST_TEST(handler.told[0].code == asio::error::eof);
}

BOOST_AUTO_TEST_CASE(also_of_what_was_abandoned_or_too_late) {
    const registry_on on;
    unseen_errors handler;
    {
        pending<void(error_code)> source;
        const auto op = source.start(use_async_info);
        source.drop();
    }
    {
        asio::io_context context;
        const auto op = async_wait_for_ever(context.get_executor(), use_async_info);
        op.cancel_after(0ms);
        context.run();
    }
    BOOST_REQUIRE(handler.told.size() == 2);
    BOOST_TEST((handler.told[0].ending.reason == asyncinfo::ending_reason::abandoned));
    BOOST_TEST((handler.told[1].ending.reason == asyncinfo::ending_reason::deadline));
    BOOST_TEST((handler.told[1].ending.asked_by == asyncinfo::cancel_source::deadline));
    BOOST_TEST((handler.told[1].ending.asked_types == asio::cancellation_type::all));
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace asyncinfo_test::registry_lints_test
