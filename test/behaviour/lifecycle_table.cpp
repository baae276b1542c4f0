// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// The lifecycle as a table: each function and each of its branches, one row; then what holds for
// all words and events (§3: the status leaves Started exactly once, and only Close follows).

#include <asyncinfo/detail/core/lifecycle.hpp>
#include <asyncinfo/detail/core/lifecycle_shortcuts.hpp>

#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string_view>
#include <utility>
#include <vector>

namespace lifecycle_table_test {
namespace {

using namespace asyncinfo::detail::lifecycle;

constexpr word completed = 1; // AsyncStatus::Completed
constexpr word failed = 3;    // AsyncStatus::Error

constexpr word in(word n) { return n * one_inside; }
constexpr word refs(word n) { return n * one_reference; }
constexpr word asked(word types) { return types << requested_shift; }

const char* name(next n) {
    constexpr const char* names[] = {"nothing", "wait",     "emit",   "submit",  "finish", "notify",
                                     "perform", "call_now", "refuse", "discard", "destroy"};
    return names[static_cast<int>(n)];
}

struct row {
    std::string_view what;
    transition got;
    word value;
    next then;
};

void check(const std::vector<row>& rows) {
    for (const row& r : rows)
        BOOST_TEST_CONTEXT(r.what) {
            BOOST_TEST(r.got.value == r.value);
            BOOST_TEST(name(r.got.then) == name(r.then));
        }
}

/// Each event with the words at which it can happen.
struct event {
    std::string_view name;
    bool (*possible)(word);
    transition (*happen)(word);
};

constexpr bool running(word w) { return started(w); }

const event events[] = {
    {"release", [](word w) { return references(w) >= 1; }, [](word w) { return release(w); }},
    {"retain_if_running", [](word) { return true; }, [](word w) { return retain_if_running(w); }},
    {"enter", [](word) { return true; }, [](word w) { return enter(w); }},
    {"leave a step", [](word w) { return inside(w) >= 1; },
     [](word w) { return leave(w, true, 0); }},
    {"leave after an emission", [](word w) { return inside(w) >= 1; },
     [](word w) { return leave(w, true, 1); }},
    {"leave the initiation", [](word w) { return inside(w) >= 1; },
     [](word w) { return leave(w, false, 0); }},
    {"request", [](word) { return true; }, [](word w) { return request(w, 1); }},
    {"request all", [](word) { return true; }, [](word w) { return request(w, 15); }},
    {"expire", [](word) { return true; }, [](word w) { return expire(w, 15); }},
    {"submitted", [](word w) { return (w & submitting) != 0; },
     [](word w) { return submitted(w); }},
    {"forward", [](word w) { return (w & hop) && references(w) >= 1; },
     [](word w) { return forward(w, false); }},
    {"forward inline", [](word w) { return (w & hop) && (w & submitting) && references(w) >= 1; },
     [](word w) { return forward(w, true); }},
    {"arrive", [](word w) { return (w & hop) && references(w) >= 1; },
     [](word w) { return arrive(w); }},
    {"lose_delivery", [](word w) { return (w & hop) && references(w) >= 1; },
     [](word w) { return lose_delivery(w); }},
    {"end", [](word w) { return running(w) && !(w & ended) && references(w) >= 1; },
     [](word w) { return end(w); }},
    {"retire", [](word w) { return running(w) && inside(w) >= 1; },
     [](word w) { return retire(w, false); }},
    {"retire inline", [](word w) { return running(w) && inside(w) >= 1; },
     [](word w) { return retire(w, true); }},
    {"publish",
     [](word w) {
         return running(w) && (w & ended) && (w & locked) && inside(w) == 1 && references(w) >= 1;
     },
     [](word w) { return publish(w, completed); }},
    {"lock", [](word) { return true; }, [](word w) { return lock(w); }},
    {"unlock", [](word w) { return running(w) && (w & locked); },
     [](word w) { return unlock(w, true); }},
    {"unlock with nobody", [](word w) { return running(w) && (w & locked); },
     [](word w) { return unlock(w, false); }},
    {"unlock having looked", [](word w) { return running(w) && (w & locked); },
     [](word w) { return unlock(w); }},
    {"assign", [](word) { return true; }, [](word w) { return assign(w); }},
    {"hold", [](word) { return true; }, [](word w) { return hold(w); }},
    {"read", [](word) { return true; }, [](word w) { return read(w, false); }},
    {"read and claim", [](word) { return true; }, [](word w) { return read(w, true); }},
    {"claim if sole", [](word) { return true; }, [](word w) { return claim_if_sole(w, 1); }},
    {"close", [](word) { return true; }, [](word w) { return close(w); }},
    {"discarded", [](word w) { return !running(w) && (w & closed) && inside(w) >= 1; },
     [](word w) { return discarded(w); }},
};

/// What the events may change: all bits but these stay as they are.
word may_change(std::string_view event, next then) {
    const word counts = inside_mask | ~(one_reference - 1);
    word bits = counts;
    if (then == next::submit)
        bits |= hop | submitting;
    if (event.starts_with("leave") || event.starts_with("request") || event == "expire")
        bits |= hop | submitting | again;
    if (event.starts_with("request") || event == "expire")
        bits |= requested_mask;
    if (event == "expire")
        bits |= expired;
    if (event == "submitted")
        bits |= hop | submitting | again;
    if (event.starts_with("forward"))
        bits |= hop | submitting;
    if (event.starts_with("arrive") || event == "lose_delivery")
        bits |= hop;
    if (event == "end")
        bits |= ended;
    if (event.starts_with("retire"))
        bits |= ended | locked;
    if (event == "publish")
        bits |= status_mask | observed | locked;
    if (event.starts_with("lock") || event.starts_with("unlock"))
        bits |= locked | observed;
    if (event == "assign")
        bits |= assigned | locked;
    if (event == "read and claim" || event == "claim if sole")
        bits |= claimed;
    if (event == "close")
        bits |= closed;
    return bits;
}

/// Every word there is, with few readers and references.
template <typename Function>
void for_each_word(Function function) {
    for (word bits = 0; bits < one_inside; ++bits)
        for (word inside = 0; inside <= 2; ++inside)
            for (word references = 0; references <= 2; ++references)
                function(bits | in(inside) | refs(references));
}

} // namespace
} // namespace lifecycle_table_test

BOOST_AUTO_TEST_SUITE(lifecycle_table)

using namespace lifecycle_table_test;

BOOST_AUTO_TEST_CASE(parts_of_the_word) {
    const word w = completed | ended | asked(5) | in(3) | refs(7);
    BOOST_TEST(status(w) == 1u);
    BOOST_TEST(!started(w));
    BOOST_TEST(started(w & ~status_mask));
    BOOST_TEST(inside(w) == 3u);
    BOOST_TEST(references(w) == 7u);
    BOOST_TEST(requested(w) == 5u);
    // Held by the initiator; a reference for the handle and one for the completion handler.
    BOOST_TEST(born() == (in(1) | refs(2)));

    word seen = 0;
    for (const word part :
         {status_mask, ended, again, hop, submitting, locked, closed, assigned, claimed, observed,
          requested_mask, contended, expired, inside_mask, ~(one_reference - 1)}) {
        BOOST_TEST((seen & part) == 0u);
        seen |= part;
    }
    BOOST_TEST(seen == ~(word{7} << 29)); // three bits are free
}

BOOST_AUTO_TEST_CASE(steps) {
    check({
        {"enter", enter(refs(2)), refs(2) | in(1), next::nothing},
        {"enter, somebody is inside", enter(refs(2) | in(1)), refs(2) | in(1), next::wait},
        {"enter, late", enter(completed | ended | refs(1) | in(1)),
         completed | ended | refs(1) | in(2), next::nothing},
        {"enter, ended but not published", enter(ended | refs(2) | in(1)), ended | refs(2) | in(1),
         next::wait},

        {"leave", leave(refs(2) | in(1), true, 0), refs(2), next::nothing},
        {"leave, nested", leave(refs(2) | in(2) | asked(1), true, 0), refs(2) | in(1) | asked(1),
         next::nothing},
        {"leave, nested, ended", leave(refs(2) | in(2) | ended, true, 0), refs(2) | in(1) | ended,
         next::nothing},
        {"leave, ended", leave(refs(2) | in(1) | ended, true, 0), refs(2) | in(1) | ended,
         next::finish},
        {"leave, ended while asked", leave(refs(2) | in(1) | ended | asked(1), true, 0),
         refs(2) | in(1) | ended | asked(1), next::finish},
        {"leave, asked", leave(refs(2) | in(1) | asked(1), true, 0), refs(2) | in(1) | asked(1),
         next::deliver},
        {"leave, delivered", leave(refs(2) | in(1) | asked(1), true, 1), refs(2) | asked(1),
         next::nothing},
        {"leave, asked for more", leave(refs(2) | in(1) | asked(3), true, 1),
         refs(2) | in(1) | asked(3), next::deliver},
        {"leave the initiation, asked", leave(refs(2) | in(1) | asked(1), false, 0),
         refs(3) | hop | submitting | asked(1), next::submit},
        {"leave the initiation, on its way", leave(refs(2) | in(1) | asked(1) | hop, false, 0),
         refs(2) | asked(1) | hop, next::nothing},
        {"leave the initiation, being submitted",
         leave(refs(2) | in(1) | asked(1) | submitting, false, 0),
         refs(2) | asked(1) | submitting | again, next::nothing},

        {"leave late", leave(completed | ended | refs(1) | in(1), true, 0),
         completed | ended | refs(1), next::nothing},
        {"leave late, last", leave(completed | ended | in(1), true, 0), completed | ended,
         next::destroy},
        {"leave late, last but submitting", leave(completed | ended | submitting | in(1), true, 0),
         completed | ended | submitting, next::nothing},
        {"leave late, closed meanwhile",
         leave(completed | ended | closed | refs(1) | in(1), true, 0),
         completed | ended | closed | refs(1) | in(1), next::discard},
        {"leave late, others read", leave(completed | ended | closed | refs(1) | in(2), true, 0),
         completed | ended | closed | refs(1) | in(1), next::nothing},
        {"leave late, asked", leave(completed | ended | asked(1) | refs(1) | in(1), true, 0),
         completed | ended | asked(1) | refs(1), next::nothing},
    });
}

BOOST_AUTO_TEST_CASE(cancellation) {
    check({
        {"request", request(refs(2), 1), refs(3) | hop | submitting | asked(1), next::submit},
        {"request, nothing asked", request(refs(2), 0), refs(2), next::nothing},
        {"request, somebody is inside", request(refs(2) | in(1), 2), refs(2) | in(1) | asked(2),
         next::nothing},
        {"request, on its way", request(refs(3) | hop | asked(1), 2), refs(3) | hop | asked(3),
         next::nothing},
        {"request, on its way, another submits", request(refs(3) | hop | submitting | asked(1), 2),
         refs(3) | hop | submitting | asked(3), next::nothing},
        {"request, another submits", request(refs(2) | submitting | asked(1), 2),
         refs(2) | submitting | again | asked(3), next::nothing},
        {"request, delivered before", request(refs(2) | asked(1), 1),
         refs(3) | hop | submitting | asked(1), next::submit},
        {"request, ended", request(refs(2) | ended | in(1), 1), refs(2) | ended | in(1),
         next::nothing},
        {"request, published", request(completed | ended | refs(1), 1), completed | ended | refs(1),
         next::nothing},

        {"expire", expire(refs(2), 8), refs(3) | hop | submitting | expired | asked(8),
         next::submit},
        {"expire, nothing asked", expire(refs(2), 0), refs(2), next::nothing},
        {"expire, somebody is inside", expire(refs(2) | in(1), 8),
         refs(2) | in(1) | expired | asked(8), next::nothing},
        {"expire, asked before", expire(refs(2) | in(1) | asked(1), 8), refs(2) | in(1) | asked(9),
         next::nothing},
        {"expire, asked before, undelivered", expire(refs(2) | asked(8), 8),
         refs(3) | hop | submitting | asked(8), next::submit},
        {"expire, another submits", expire(refs(2) | submitting, 8),
         refs(2) | submitting | again | expired | asked(8), next::nothing},
        {"expire, expired", expire(refs(2) | in(1) | expired | asked(8), 8),
         refs(2) | in(1) | expired | asked(8), next::nothing},
        {"expire, ended", expire(refs(2) | ended | in(1), 8), refs(2) | ended | in(1),
         next::nothing},
        {"expire, published", expire(completed | ended | refs(1), 8), completed | ended | refs(1),
         next::nothing},
        {"request, expired", request(refs(2) | in(1) | expired | asked(8), 1),
         refs(2) | in(1) | expired | asked(9), next::nothing},

        {"submitted", submitted(refs(3) | hop | submitting), refs(3) | hop, next::nothing},
        {"submitted, delivered already", submitted(refs(2) | submitting), refs(2), next::nothing},
        {"submitted, asked again", submitted(refs(2) | submitting | again | asked(3)),
         refs(3) | hop | submitting | asked(3), next::submit},
        {"submitted, asked again, on its way", submitted(refs(3) | hop | submitting | again),
         refs(3) | hop, next::nothing},
        {"submitted, asked again, somebody is inside",
         submitted(refs(2) | in(1) | submitting | again), refs(2) | in(1), next::nothing},
        {"submitted, asked again, ended", submitted(refs(2) | ended | submitting | again),
         refs(2) | ended, next::nothing},
        {"submitted, asked again, published",
         submitted(completed | ended | refs(1) | submitting | again), completed | ended | refs(1),
         next::nothing},
        {"submitted, last", submitted(completed | ended | submitting), completed | ended,
         next::destroy},

        {"forward", forward(refs(3) | hop, false), refs(3) | hop | submitting, next::perform},
        {"forward, inline", forward(refs(3) | hop | submitting, true), refs(3) | hop | submitting,
         next::perform},
        {"forward, another submits", forward(refs(3) | hop | submitting, false),
         refs(3) | hop | submitting, next::wait},
        {"forward, somebody is inside", forward(refs(3) | hop | in(1), false), refs(2) | in(1),
         next::nothing},
        {"forward, ended", forward(refs(3) | hop | ended, false), refs(2) | ended, next::nothing},
        {"forward, published", forward(completed | ended | refs(2) | hop, false),
         completed | ended | refs(1), next::nothing},
        {"forward, last", forward(completed | ended | refs(1) | hop, false), completed | ended,
         next::destroy},

        {"arrive", arrive(refs(3) | hop | asked(1)), refs(2) | in(1) | asked(1), next::perform},
        {"arrive, somebody is inside", arrive(refs(3) | hop | in(1)), refs(2) | in(1),
         next::nothing},
        {"arrive, published", arrive(completed | ended | refs(2) | hop),
         completed | ended | refs(1), next::nothing},
        {"arrive, last", arrive(completed | ended | refs(1) | hop), completed | ended,
         next::destroy},
        {"lose_delivery", lose_delivery(refs(3) | hop | asked(1)), refs(2) | asked(1),
         next::nothing},
        {"lose_delivery, last", lose_delivery(completed | ended | refs(1) | hop), completed | ended,
         next::destroy},
    });
}

BOOST_AUTO_TEST_CASE(the_end) {
    check({
        {"end", end(refs(2)), refs(2) | in(1) | ended, next::finish},
        {"end, somebody is inside", end(refs(2) | in(1)), refs(2) | in(1) | ended, next::nothing},

        {"retire", retire(refs(2) | in(1) | ended, false), refs(2) | in(1) | ended | locked,
         next::perform},
        {"retire, ended in this thread's step", retire(refs(2) | in(1), false),
         refs(2) | in(1) | ended | locked, next::perform},
        {"retire, locked", retire(refs(2) | in(1) | ended | locked, false),
         refs(2) | in(1) | ended | locked, next::wait},
        {"retire, locked, inline", retire(refs(2) | in(1) | ended | locked, true),
         refs(2) | in(1) | ended | locked, next::wait},
        {"retire, another submits", retire(refs(2) | in(1) | ended | submitting, false),
         refs(2) | in(1) | ended | submitting, next::wait},
        {"retire, inline", retire(refs(2) | in(1) | ended | submitting, true),
         refs(2) | in(1) | ended | locked | submitting, next::perform},

        {"publish", publish(refs(2) | in(1) | ended | locked, 2), 2 | refs(1) | ended,
         next::nothing},
        {"publish, no handle", publish(refs(1) | in(1) | ended | locked, 1), 1 | ended,
         next::destroy},
        {"publish, no handle, inline", publish(refs(1) | in(1) | ended | locked | submitting, 1),
         1 | ended | submitting, next::nothing},
        {"publish, observed", publish(refs(2) | in(1) | ended | locked | observed, 3),
         3 | refs(2) | ended, next::notify},
        {"publish, contended", publish(refs(2) | in(1) | ended | locked | contended, 3),
         3 | refs(1) | ended | contended, next::nothing},

        {"retain_if_running", retain_if_running(refs(1)), refs(2), next::perform},
        {"retain_if_running, no reference", retain_if_running(in(1)), in(1), next::refuse},
        {"retain_if_running, ended", retain_if_running(completed | ended | refs(2)),
         completed | ended | refs(2), next::refuse},

        {"release", release(completed | ended | refs(2)), completed | ended | refs(1),
         next::nothing},
        {"release, last", release(completed | ended | refs(1)), completed | ended, next::destroy},
        {"release, last, a late step", release(completed | ended | refs(1) | in(1)),
         completed | ended | in(1), next::nothing},
        {"release, last, submitting", release(completed | ended | refs(1) | submitting),
         completed | ended | submitting, next::nothing},
    });
}

BOOST_AUTO_TEST_CASE(observers_readers_and_close) {
    const word over = completed | ended | refs(1);
    check({
        {"lock", lock(refs(2)), refs(2) | locked, next::perform},
        {"lock, locked", lock(refs(2) | locked), refs(2) | locked, next::wait},
        {"lock, ended but not published", lock(refs(2) | in(1) | ended),
         refs(2) | in(1) | ended | locked, next::perform},
        {"lock, published", lock(over), over, next::refuse},
        {"unlock", unlock(refs(2) | locked, true), refs(2) | observed, next::nothing},
        {"unlock, nobody left", unlock(refs(2) | locked | observed, false), refs(2), next::nothing},
        {"unlock, having looked", unlock(refs(2) | locked | observed), refs(2) | observed,
         next::nothing},
        {"unlock, having looked for nobody", unlock(refs(2) | locked), refs(2), next::nothing},

        {"assign", assign(refs(2)), refs(2) | assigned | locked, next::perform},
        {"assign, locked", assign(refs(2) | locked), refs(2) | locked, next::wait},
        {"assign, again", assign(refs(2) | assigned), refs(2) | assigned, next::refuse},
        {"assign, again, locked", assign(refs(2) | assigned | locked), refs(2) | assigned | locked,
         next::refuse},
        {"assign, late", assign(over), over | assigned, next::call_now},
        {"assign, late, again", assign(over | assigned), over | assigned, next::refuse},
        {"assign, closed", assign(over | closed), over | closed, next::refuse},

        {"hold", hold(over), over | in(1), next::perform},
        {"hold, claimed", hold(over | claimed), over | claimed | in(1), next::perform},
        {"hold, running", hold(refs(2)), refs(2), next::refuse},
        {"hold, closed", hold(over | closed), over | closed, next::refuse},
        {"read", read(over | in(1), false), over | in(2), next::perform},
        {"read and claim", read(over, true), over | claimed | in(1), next::perform},
        {"read, claimed", read(over | claimed, false), over | claimed, next::refuse},
        {"read and claim, claimed", read(over | claimed, true), over | claimed, next::refuse},
        {"read and claim, running", read(refs(2), true), refs(2), next::refuse},
        {"read and claim, closed", read(over | closed, true), over | closed, next::refuse},

        {"close", close(over), over | closed | in(1), next::discard},
        {"close, running", close(refs(2)), refs(2), next::refuse},
        {"close, running and asked to stop", close(refs(2) | asked(8)), refs(2) | asked(8),
         next::refuse},
        {"close, ended but not published", close(refs(2) | in(1) | ended), refs(2) | in(1) | ended,
         next::refuse},
        {"close, closed", close(over | closed), over | closed, next::nothing},
        {"close, somebody reads", close(over | in(1)), over | closed | in(1), next::nothing},
        {"discarded", discarded(over | closed | in(1)), over | closed, next::nothing},
        {"discarded, last", discarded(completed | ended | closed | in(1)),
         completed | ended | closed, next::destroy},
        {"discarded, a late step", discarded(completed | ended | closed | in(2)),
         completed | ended | closed | in(1), next::nothing},
    });
}

// For all words and events. Counted, not reported one by one: there are millions.
BOOST_AUTO_TEST_CASE(invariants) {
    for (const event& e : events)
        BOOST_TEST_CONTEXT(e.name) {
            unsigned long possible = 0;
            unsigned long status_changed = 0;
            unsigned long other_bits_changed = 0;
            unsigned long lost = 0;
            unsigned long moved_though_it_waits = 0;
            unsigned long counted_wrongly = 0;
            unsigned long destroyed_in_use = 0;
            unsigned long expired_though_asked = 0;
            for_each_word([&](word w) {
                if (!e.possible(w))
                    return;
                ++possible;
                const auto [value, then] = e.happen(w);
                status_changed += status(value) != status(w) && e.name != "publish";
                other_bits_changed += ((value ^ w) & ~may_change(e.name, then)) != 0;
                lost += (w & ~value &
                         (ended | closed | assigned | claimed | requested_mask | expired)) != 0;
                expired_though_asked +=
                    (value & ~w & expired) &&
                    (requested(w) || (w & ended) || !started(w) || !requested(value));
                lost += !started(w) && status(value) != status(w);
                moved_though_it_waits += (then == next::wait || then == next::refuse) && value != w;
                // One reference for each delivery submitted; one less where one is given up.
                const auto given_up =
                    e.name == "release" || e.name == "lose_delivery" ||
                    e.name.starts_with("arrive") ||
                    (e.name.starts_with("forward") && then != next::perform &&
                     then != next::wait) ||
                    (e.name == "publish" && then != next::notify && then != next::wait);
                counted_wrongly += references(value) + given_up !=
                                   references(w) + (then == next::submit) +
                                       (e.name == "retain_if_running" && then == next::perform);
                counted_wrongly += inside(value) > inside(w) + 1 || inside(w) > inside(value) + 1;
                destroyed_in_use += then == next::destroy &&
                                    (references(value) || inside(value) || (value & submitting));
            });
            BOOST_TEST(possible > 0u);
            BOOST_TEST(status_changed == 0u);
            BOOST_TEST(other_bits_changed == 0u);
            BOOST_TEST(lost == 0u);
            BOOST_TEST(moved_though_it_waits == 0u);
            BOOST_TEST(counted_wrongly == 0u);
            BOOST_TEST(destroyed_in_use == 0u);
            BOOST_TEST(expired_though_asked == 0u);
        }
}

// A shortcut is an optimisation, and no rule of its own.
BOOST_AUTO_TEST_CASE(shortcuts_give_what_the_transitions_give) {
    int applied[11] = {};
    int wrong[11] = {};
    for_each_word([&](word w) {
        const auto check = [&](int which, bool applies, word value, auto transitions) {
            if (!applies)
                return;
            ++applied[which];
            wrong[which] += !transitions(value);
        };
        const auto entered = enter_at_once(w);
        check(0, entered.applies, entered.value,
              [&](word value) { return enter(w) == transition{value, next::nothing}; });
        const auto left = leave_at_once(w, 0);
        // While it runs the completion handler has a reference.
        check(1, left.applies && references(w) >= 1, left.value, [&](word value) {
            return leave(w, true, 0) == transition{value, next::nothing} &&
                   leave(w, false, 0) == transition{value, next::nothing};
        });
        const auto delivered = leave_at_once(w, 5);
        check(9, delivered.applies && references(w) >= 1, delivered.value,
              [&](word value) { return leave(w, true, 5) == transition{value, next::nothing}; });
        const auto taken = submitted_at_once(w);
        check(10, (w & submitting) && taken.applies, taken.value,
              [&](word value) { return submitted(w) == transition{value, next::nothing}; });
        const auto published_by = [](word inside, word value, next then) {
            const auto retired = retire(inside, false);
            return retired.then == next::perform &&
                   publish(retired.value, failed) == transition{value, then};
        };
        const auto ending = [&](word value, next then) {
            const auto finishing = end(w);
            return finishing.then == next::finish && published_by(finishing.value, value, then);
        };
        if (started(w)) {
            const auto then = (w & observed) ? next::notify : next::nothing;
            // Outside the gate, by the completion handler alone.
            const auto outside = end_at_once(w, 0, failed);
            check(2, outside.applies && !(w & ended), outside.value,
                  [&](word value) { return ending(value, then); });
            // On leaving; the completion handler was called by this thread, or by another one.
            const auto leaving = end_at_once(w, in(1), failed);
            check(3, leaving.applies, leaving.value, [&](word value) {
                const auto finishing = leave(end(w).value, true, 0);
                return finishing.then == next::finish &&
                       published_by(finishing.value, value, then) && published_by(w, value, then);
            });
        }
        const auto observed_alone = observe_as_owner(w);
        check(5, observed_alone.applies, observed_alone.value, [&](word value) {
            const auto alone = lock(w);
            return references(w) == 2 && !(w & (ended | observed)) && alone.then == next::perform &&
                   unlock(alone.value, true).value == value;
        });
        const auto assigning = assign_at_once(w);
        check(6, assigning.applies, assigning.value,
              [&](word value) { return assign(w) == transition{value, next::perform}; });
        const auto unlocked = unlock_at_once(w);
        check(7, unlocked.applies, unlocked.value,
              [&](word value) { return unlock(w, true) == transition{value, next::nothing}; });
        const auto inheriting = observe_as_heir(w);
        check(8, inheriting.applies, inheriting.value, [&](word value) {
            const auto alone = observe_as_owner(w);
            return alone.applies && release(alone.value) == transition{value, next::nothing};
        });
        if (references(w) >= 1)
            check(4, is_last_reference(w), 0,
                  [&](word) { return release(w).then == next::destroy; });
    });
    for (int which = 0; which != 11; ++which)
        BOOST_TEST_CONTEXT(which) {
            BOOST_TEST(applied[which] > 0);
            BOOST_TEST(wrong[which] == 0);
        }
}

BOOST_AUTO_TEST_SUITE_END()
