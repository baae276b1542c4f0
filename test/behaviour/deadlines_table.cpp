// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include <asyncinfo/detail/core/deadline_flow.hpp>
#include <asyncinfo/detail/core/schedule.hpp>

#include "support/test.hpp"

/// When an operation's deadlines ask for what, as a table: of those for the same type the earliest
/// counts, each asks once, and one can be moved. And what their one timer does about it.
namespace asyncinfo_test::deadlines_table_test {
namespace {

using asyncinfo::detail::schedule;
using time_point = schedule::time_point;
using asyncinfo::detail::request_types::pack;

constexpr unsigned terminal = 1, partial = 2, total = 4, all = 15;

constexpr time_point at(int second) { return time_point(std::chrono::seconds(second)); }

enum change { add, renew, merge, take };

struct step {
    change what;
    time_point time;
    unsigned types; ///< of `take`: what it gives
};

struct row {
    const char* name;
    std::vector<step> steps;
    time_point next; ///< afterwards
};

const time_point never = schedule::never;
const time_point at_once = schedule::at_once;

const row table[] = {
    {"nothing", {}, never},
    {"nothing is never due", {{take, never, 0}}, never},
    {"one", {{add, at(5), all}}, at(5)},
    {"one, before it", {{add, at(5), all}, {take, at(4), 0}}, at(5)},
    {"one, at it", {{add, at(5), all}, {take, at(5), all}}, never},
    {"one, once", {{add, at(5), all}, {take, at(6), all}, {take, at(7), 0}}, never},
    {"later, no more types", {{add, at(5), all}, {add, at(6), total}, {take, at(9), all}}, never},
    {"later, more types", {{add, at(5), total}, {add, at(6), all}, {take, at(5), total}}, at(6)},
    {"and then",
     {{add, at(5), total}, {add, at(6), all}, {take, at(5), total}, {take, at(6), 11}},
     never},
    {"earlier, fewer types", {{add, at(6), all}, {add, at(5), total}, {take, at(5), total}}, at(6)},
    {"earlier, the same",
     {{add, at(6), partial}, {add, at(5), partial}, {take, at(9), partial}},
     never},
    {"both over",
     {{add, at(5), total}, {add, at(6), terminal}, {take, at(6), total | terminal}},
     never},
    {"no types", {{add, at(5), 0}, {take, at(6), 0}}, never},
    {"out of reach", {{add, never, all}, {take, never, 0}}, never},
    {"come already", {{add, at_once, total}, {add, at(5), all}, {take, at_once, total}}, at(5)},
    {"moved", {{renew, at(5), all}, {renew, at(8), all}, {take, at(7), 0}}, at(8)},
    {"moved to an earlier time", {{renew, at(8), all}, {renew, at(5), all}}, at(5)},
    {"moved, other types",
     {{renew, at(5), all}, {renew, at(5), total}, {take, at(5), total}},
     never},
    {"taken back", {{renew, at(5), all}, {renew, never, all}, {take, at(9), 0}}, never},
    {"moved to no types", {{renew, at(5), all}, {renew, at(6), 0}, {take, at(9), 0}}, never},
    {"the fixed one stays", {{add, at(9), all}, {renew, at(5), all}, {renew, at(10), all}}, at(9)},
    {"over, and renewed", {{renew, at(5), all}, {take, at(5), all}, {renew, at(7), total}}, at(7)},
    {"merged", {{add, at(6), total}, {merge, at(5), all}, {take, at(5), all}}, never},
    {"merged, later", {{add, at(4), total}, {merge, at(5), total}, {take, at(5), total}}, never},
};

using asyncinfo::detail::deadline_flow;
using next = deadline_flow::next;
using action = deadline_flow::action;

enum event { added, renewed, start_failed, woke, wait_failed, lost, ended };

struct flow_step {
    event what;
    time_point time;
    unsigned types;
    action then;
};

constexpr action nothing{};
constexpr action freed{next::free};
constexpr action start_at(int second) { return {next::start, at(second)}; }
constexpr action move_to(int second) { return {next::move, at(second)}; }
constexpr action wait_until(int second, unsigned types = 0) {
    return {next::wait, at(second), types};
}
constexpr action freed_with(unsigned types) { return {next::free, never, types}; }

struct flow_row {
    const char* name;
    std::vector<flow_step> steps;
};

const flow_step five = {added, at(5), total, start_at(5)};

const flow_row flow_table[] = {
    {"one", {five, {woke, at(5), 0, freed_with(total)}}},
    {"one, and another afterwards",
     {five, {woke, at(5), 0, freed_with(total)}, {added, at(7), total, start_at(7)}}},
    {"out of reach", {{added, never, all, nothing}}},
    {"a later one", {five, {added, at(6), all, nothing}, {woke, at(5), 0, wait_until(6, total)}}},
    {"an earlier one",
     {five, {added, at(4), partial, move_to(4)}, {woke, at(4), 0, wait_until(5, partial)}}},
    {"an earlier one, before it",
     {five, {added, at(4), partial, move_to(4)}, {woke, at(3), 0, wait_until(4)}}},
    {"an earlier one, and one between",
     {five, {added, at(3), partial, move_to(3)}, {added, at(4), partial, nothing}}},
    {"renewed to a later time",
     {{renewed, at(5), all, start_at(5)},
      {renewed, at(8), all, nothing},
      {woke, at(5), 0, wait_until(8)},
      {woke, at(8), 0, freed_with(all)}}},
    {"taken back",
     {{renewed, at(5), all, start_at(5)}, {renewed, never, all, nothing}, {woke, at(5), 0, freed}}},
    {"taken back, and another",
     {{renewed, at(5), all, start_at(5)},
      {renewed, never, all, nothing},
      {renewed, at(6), all, nothing},
      {woke, at(5), 0, wait_until(6)}}},
    {"not started",
     {five,
      {start_failed, {}, 0, freed},
      {added, at(7), all, start_at(7)},
      {woke, at(8), 0, freed_with(all)}}},
    {"not started, with an earlier one",
     {{renewed, at(9), all, start_at(9)},
      {lost, {}, 0, freed},
      five,
      {start_failed, {}, 0, freed},
      {added, at(20), all, start_at(9)}}},
    {"cannot wait again",
     {five,
      {added, at(6), partial, nothing},
      {renewed, at(7), terminal, nothing},
      {woke, at(5), 0, wait_until(6, total)},
      {wait_failed, {}, 0, freed_with(partial | terminal)},
      {added, at(8), total, start_at(8)}}},
    {"the handler is lost", {five, {lost, {}, 0, freed}, {ended, {}, 0, nothing}}},
    {"ended", {{ended, {}, 0, nothing}}},
    {"ended, with a timer", {five, {ended, {}, 0, {next::cancel}}, {woke, at(9), 0, freed}}},
    {"ended, and the handler is lost",
     {five, {ended, {}, 0, {next::cancel}}, {lost, {}, 0, freed}}},
    {"ended, and another", {{ended, {}, 0, nothing}, {added, at(5), all, nothing}}},
    {"ended, and an earlier one",
     {five, {ended, {}, 0, {next::cancel}}, {added, at(4), all, nothing}}},
};

action apply(deadline_flow& flow, const flow_step& step) {
    switch (step.what) {
    case added:
        return flow.set([&](schedule& s) { s.add(step.time, step.types); });
    case renewed:
        return flow.set([&](schedule& s) { s.renew(step.time, step.types); });
    case start_failed:
        return flow.start_failed();
    case woke:
        return flow.woke(step.time);
    case wait_failed:
        return flow.wait_failed();
    case lost:
        return flow.lose_handler();
    case ended:
        break;
    }
    return flow.end();
}

} // namespace

BOOST_AUTO_TEST_SUITE(deadlines_table)

BOOST_AUTO_TEST_CASE(as_it_says) {
    for (const auto& row : table) {
        BOOST_TEST_CONTEXT(row.name) {
            schedule subject, other;
            for (const auto& step : row.steps)
                switch (step.what) {
                case add:
                    subject.add(step.time, step.types);
                    break;
                case renew:
                    subject.renew(step.time, step.types);
                    break;
                case merge:
                    other.add(step.time, step.types);
                    subject.merge(other);
                    break;
                case take:
                    BOOST_TEST(subject.take(step.time) == step.types);
                }
            BOOST_TEST((subject.next() == row.next));
        }
    }
}

BOOST_AUTO_TEST_CASE(the_timer_does_as_it_says) {
    for (const auto& row : flow_table) {
        BOOST_TEST_CONTEXT(row.name) {
            deadline_flow flow;
            int number = 0;
            for (const auto& step : row.steps) {
                BOOST_TEST_INFO("step " << ++number);
                BOOST_TEST((apply(flow, step) == step.then));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(types_are_those_of_asio) {
    BOOST_TEST(pack(asio::cancellation_type::none) == 0u);
    BOOST_TEST(pack(asio::cancellation_type::terminal) == terminal);
    BOOST_TEST(pack(asio::cancellation_type::partial) == partial);
    BOOST_TEST(pack(asio::cancellation_type::total) == total);
    BOOST_TEST(pack(asio::cancellation_type::all) == all);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::deadlines_table_test
