// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include <asyncinfo/detail/core/schedule.hpp>

#include "support/test.hpp"

/// When an operation's deadlines ask for what, as a table: of those for the same type the earliest
/// counts, each asks once, and one can be moved.
namespace asyncinfo_test::deadlines_table_test {
namespace {

using asyncinfo::detail::schedule;
using time_point = schedule::time_point;
using asyncinfo::detail::request_types::pack;

constexpr unsigned terminal = 1, partial = 2, total = 4, all = 15;

constexpr time_point at(int second) { return time_point(std::chrono::seconds(second)); }

enum action { add, renew, merge, take };

struct step {
    action what;
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

BOOST_AUTO_TEST_CASE(types_are_those_of_asio) {
    BOOST_TEST(pack(asio::cancellation_type::none) == 0u);
    BOOST_TEST(pack(asio::cancellation_type::terminal) == terminal);
    BOOST_TEST(pack(asio::cancellation_type::partial) == partial);
    BOOST_TEST(pack(asio::cancellation_type::total) == total);
    BOOST_TEST(pack(asio::cancellation_type::all) == all);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::deadlines_table_test
