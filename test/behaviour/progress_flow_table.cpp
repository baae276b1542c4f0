// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// The calls of a Progress handler as a table: for each event and each state in which it can come,
// exactly one row says what the caller does next and what changes.

#include <asyncinfo/detail/core/progress_flow.hpp>

#include "support/progress_flow_states.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

namespace asyncinfo_test::progress_flow_table_test {
namespace {

using flow = progress_flow;

/// A state, and what comes with an event.
struct input {
    flow f;
    bool is_due;
    flow::target handler;
};

/// The states in which a row applies: each field is a set, as bits in the order of the values.
struct pattern {
    unsigned at = ~0u;
    unsigned by = ~0u;
    unsigned handler = ~0u;
    unsigned queue = ~0u;
    unsigned bound = ~0u;
    unsigned held = ~0u;
    unsigned due = ~0u;
    unsigned replacement = ~0u;

    bool has(const input& i) const {
        const auto holds = [](unsigned set, auto value) {
            return ((set >> static_cast<unsigned>(value)) & 1) != 0;
        };
        const auto number = [](const flow::target& t) {
            return std::find(targets.begin(), targets.end(), t) - targets.begin();
        };
        return holds(at, i.f.at) && holds(by, i.f.draining) &&
               holds(handler, number(i.f.handler)) && holds(queue, i.f.queued != 0) &&
               holds(bound, i.f.is_bound_there) && holds(held, i.f.holds_completed) &&
               holds(due, i.is_due) && holds(replacement, number(i.handler));
    }
};

constexpr unsigned running = 1, ending = 2, left = 4, ended = 8;
constexpr unsigned nobody = 1, here = 2, on_its_way = 4, there = 8, another = ~nobody;
constexpr unsigned missing = 1, every_value = 2 | 8, throttles = 4 | 16;
constexpr unsigned without_executor = 2 | 4, with_executor = 8 | 16;
constexpr unsigned no = 1, yes = 2;

struct row {
    std::string_view event;
    pattern when;
    std::string_view then;
    void (*change)(flow&);
};

void same(flow&) {}
void add(flow& f) { ++f.queued; }
void only_latest(flow& f) { f.queued = 1; }
void empty(flow& f) { f.queued = 0; }
void hold(flow& f) { f.holds_completed = true; }
void empty_and_hold(flow& f) { f.queued = 0, f.holds_completed = true; }
void stop(flow& f) { f.draining = flow::drainer::nobody, f.is_bound_there = false; }
void empty_and_stop(flow& f) { stop(f), empty(f); }
void call_here(flow& f) { f.draining = flow::drainer::here, --f.queued; }
void call_there(flow& f) { f.draining = flow::drainer::there, --f.queued; }
void bind(flow& f) { f.draining = flow::drainer::on_its_way, f.is_bound_there = true; }
void bind_and_end(flow& f) { bind(f), f.at = flow::stage::ending; }
void leave(flow& f) { f.at = flow::stage::left; }
void end(flow& f) { f.at = flow::stage::ended; }
void finish(flow& f) { f = {}, end(f); }

const row table[] = {
    // A value is kept for the handler, if there is one. Whoever finds nobody draining drains.
    {"report", {.at = ~running}, "refuse", same},
    {"report", {.at = running, .handler = missing}, "keep", same},
    {"report", {.at = running, .by = nobody, .handler = every_value}, "drain", add},
    {"report", {.at = running, .by = nobody, .handler = throttles}, "drain", only_latest},
    {"report", {.at = running, .by = another, .handler = every_value}, "queue", add},
    {"report", {.at = running, .by = another, .handler = throttles}, "queue", only_latest},

    // Nothing to call, or not yet.
    {"drain", {.at = running | ending, .queue = no}, "nothing", stop},
    {"drain", {.at = running, .queue = yes, .due = no}, "nothing", stop},
    {"drain", {.at = left, .queue = no}, "perform_end", finish},
    {"drain", {.at = ended, .queue = no}, "complete", finish},
    {"drain", {.at = ended, .handler = without_executor, .queue = yes}, "complete", finish},
    // A handler without an executor: at the end all is due.
    {"drain",
     {.at = running, .handler = without_executor, .queue = yes, .due = yes},
     "deliver",
     call_here},
    {"drain",
     {.at = ending | left, .handler = without_executor, .queue = yes},
     "deliver",
     call_here},
    // A handler with an executor.
    {"drain",
     {.at = running, .handler = with_executor, .queue = yes, .bound = yes, .due = yes},
     "deliver",
     call_there},
    {"drain",
     {.at = ending | ended, .handler = with_executor, .queue = yes, .bound = yes},
     "deliver",
     call_there},
    {"drain",
     {.at = running, .handler = with_executor, .queue = yes, .bound = no, .due = yes},
     "submit",
     bind},
    {"drain",
     {.at = ending | ended, .handler = with_executor, .queue = yes, .bound = no},
     "submit",
     bind},
    {"drain", {.at = left, .handler = with_executor, .queue = yes}, "submit_and_end", bind_and_end},

    {"lose", {.at = running | ending}, "nothing", empty_and_stop},
    {"lose", {.at = ended}, "complete", finish},

    // The end waits for a handler without an executor only.
    {"end", {.by = here}, "nothing", leave},
    {"end", {.by = nobody, .queue = yes}, "drain", leave},
    {"end", {.by = nobody, .queue = no}, "perform_end", finish},
    {"end", {.by = on_its_way | there}, "perform_end", end},

    // Completed waits for a call, and for a throttled handler's last one.
    {"Completed", {.at = ~ended}, "call", same},
    {"Completed", {.at = ended, .held = yes}, "call", same},
    {"Completed", {.at = ended, .by = nobody}, "call", same},
    {"Completed",
     {.at = ended, .by = on_its_way, .handler = ~throttles, .held = no},
     "call",
     empty},
    {"Completed",
     {.at = ended, .by = on_its_way, .handler = throttles, .queue = no, .held = no},
     "call",
     same},
    {"Completed",
     {.at = ended, .by = on_its_way, .handler = throttles, .queue = yes, .held = no},
     "hold back",
     hold},
    {"Completed",
     {.at = ended, .by = there, .handler = ~throttles, .held = no},
     "hold back",
     empty_and_hold},
    {"Completed", {.at = ended, .by = there, .handler = throttles, .held = no}, "hold back", hold},

    // What is queued goes to the next handler, if somebody drains.
    // What is queued goes to the next handler, if somebody drains. ("store" stores it.)
    {"set", {.at = ended}, "refuse", empty},
    {"set", {.at = ~ended, .replacement = missing}, "store", empty},
    {"set", {.at = ~ended, .by = nobody, .replacement = ~missing}, "store", empty},
    {"set", {.at = ~ended, .by = another, .replacement = every_value}, "store", same},
    {"set", {.at = ~ended, .by = another, .queue = no, .replacement = throttles}, "store", same},
    {"set",
     {.at = ~ended, .by = another, .queue = yes, .replacement = throttles},
     "store",
     only_latest},

    {"discard", {}, "nothing", empty},
};

std::string_view name_of(flow::next n) {
    constexpr std::array names{"nothing", "refuse", "keep",           "queue",       "drain",
                               "deliver", "submit", "submit_and_end", "perform_end", "complete"};
    return names.at(static_cast<std::size_t>(n));
}

/// A value has been queued that nobody drains yet: inside of what a thread does under the lock.
bool is_about_to_drain(const flow& f) {
    const unsigned most = f.handler.is_throttled ? 1 : 2;
    return f.draining == flow::drainer::nobody && f.handler.exists &&
           (f.at == flow::stage::running || f.at == flow::stage::left) && f.queued != 0 &&
           f.queued <= most && !f.is_bound_there && !f.holds_completed;
}

struct event {
    std::string_view name;
    bool (*can_come)(const flow&);
    std::string_view (*come)(flow&, const input&);
};

const event events[] = {
    {"report", can_occur, [](flow& f, const input&) { return name_of(f.report()); }},
    {"drain",
     [](const flow& f) {
         return is_about_to_drain(f) || (can_occur(f) && f.draining != flow::drainer::nobody);
     },
     [](flow& f, const input& i) { return name_of(f.drain(i.is_due)); }},
    {"lose", [](const flow& f) { return can_occur(f) && f.draining == flow::drainer::on_its_way; },
     [](flow& f, const input&) { return name_of(f.lose()); }},
    {"end",
     [](const flow& f) {
         return (f.at == flow::stage::running || f.at == flow::stage::ending) &&
                (can_occur(f) || is_about_to_drain(f));
     },
     [](flow& f, const input&) { return name_of(f.end()); }},
    {"Completed", can_occur,
     [](flow& f, const input&) -> std::string_view {
         return f.may_complete() ? "call" : "hold back";
     }},
    {"set", can_occur,
     [](flow& f, const input& i) -> std::string_view {
         return f.set_handler(i.handler) ? "store" : "refuse";
     }},
    {"discard", [](const flow& f) { return can_occur(f) && f.at == flow::stage::ended; },
     [](flow& f, const input&) -> std::string_view {
         f.discard();
         return "nothing";
     }},
};

void check(const event& e, const input& i, std::vector<const row*>& used) {
    std::vector<const row*> found;
    for (const row& r : table)
        if (r.event == e.name && r.when.has(i))
            found.push_back(&r);
    BOOST_TEST_REQUIRE(found.size() == 1u);
    used.push_back(found.front());
    flow expected = i.f, got = i.f;
    found.front()->change(expected);
    if (found.front()->then == "store") {
        expected.handler = i.handler;
        expected.is_bound_there = false;
    }
    BOOST_TEST(e.come(got, i) == found.front()->then);
    BOOST_TEST(name(got) == name(expected));
}

} // namespace

BOOST_AUTO_TEST_SUITE(progress_flow_table)

BOOST_AUTO_TEST_CASE(each_event_in_each_state_has_one_row) {
    std::vector<const row*> used;
    for (const event& e : events)
        for (const flow& f : all_flows())
            if (e.can_come(f))
                for (const bool is_due : {false, true})
                    for (const auto& handler : targets)
                        BOOST_TEST_CONTEXT(e.name << ": " << name(f) << (is_due ? "" : ", not due")
                                                  << ", with " << name(handler)) {
                            check(e, {f, is_due, handler}, used);
                        }
    for (const row& r : table)
        BOOST_TEST_CONTEXT("row " << &r - table << ", of " << r.event) {
            BOOST_TEST(std::count(used.begin(), used.end(), &r) != 0);
        }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::progress_flow_table_test
