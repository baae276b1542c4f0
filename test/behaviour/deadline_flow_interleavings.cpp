// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include <asyncinfo/detail/core/deadline_flow.hpp>

#include "support/state_search.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <compare>
#include <cstddef>

/// All orders of what can happen to an operation's deadlines: they are set and renewed on any
/// threads, the clock goes on, the timer's handler runs, the operation or the context ends, memory
/// runs out. Each event happens under one lock, so the states that are reached are all there is.
namespace asyncinfo_test::deadline_flow_interleavings_test {
namespace {

using asyncinfo::detail::deadline_flow;
using asyncinfo::detail::schedule;
using next = deadline_flow::next;

constexpr int last_time = 3;
constexpr int never = last_time + 1;
constexpr unsigned types_count = 2;
constexpr unsigned all = 3;

schedule::time_point at(int time) {
    return time == never ? schedule::never : schedule::time_point(std::chrono::seconds(time));
}

/// What the deadlines are, said in the simplest way.
struct promise {
    std::array<int, types_count> fixed{never, never}; ///< for each type
    int renewed = never;
    unsigned renewed_types = 0;

    int first() const { return std::min({fixed[0], fixed[1], renewed}); }

    unsigned take(int now) {
        unsigned due = 0;
        for (unsigned n = 0; n < types_count; ++n)
            if (fixed[n] != never && fixed[n] <= now) {
                due |= 1u << n;
                fixed[n] = never;
            }
        if (renewed != never && renewed <= now) {
            due |= renewed_types;
            renewed = never;
        }
        return due;
    }

    friend auto operator<=>(const promise&, const promise&) = default;
};

enum class handler { none, waits, ready }; ///< ready: its time is over, or its wait was cancelled

struct world {
    deadline_flow flow;
    promise due;
    int now = 0;
    bool timer = false;
    handler pending = handler::none;
    int until = never;
    bool running = true;
    bool context = true;
    int sets = 3;         ///< left, by whichever threads
    bool refused = false; ///< the handler, and no timer has been started since
    int failures = 2;

    friend auto operator<=>(const world&, const world&) = default;
};

struct change {
    bool renews;
    int time;
    unsigned types;

    void operator()(schedule& s) const {
        renews ? s.renew(at(time), types) : s.add(at(time), types);
    }
    void operator()(promise& p) const {
        if (renews) {
            p.renewed = types ? time : never;
            p.renewed_types = types;
            return;
        }
        for (unsigned n = 0; n < types_count; ++n)
            if (types & (1u << n))
                p.fixed[n] = std::min(p.fixed[n], time);
    }
};

class exploration : public state_search<world> {
public:
    void run() {
        reach(world());
        search([this](const world& w) { step(w); });
    }

private:
    void reach(const world& w) {
        require(w.timer == (w.pending != handler::none), "a timer without a handler, or reverse");
        if (w.running && w.context && !w.refused)
            require(w.due.first() == never || w.pending == handler::ready ||
                        (w.pending == handler::waits && w.until <= w.due.first()),
                    "a deadline is lost");
        if (!w.running && w.context)
            require(w.pending != handler::waits, "a handler keeps the context of what has ended");
        state_search::reach(w);
    }

    void step(const world& w) {
        if (w.now < last_time)
            tick(w);
        if (w.sets != 0 && w.context)
            set_something(w);
        const bool over = w.pending == handler::waits && w.until <= w.now;
        if (w.context && (w.pending == handler::ready || over)) {
            wake(w);
            if (w.failures != 0)
                refuse(w);
        }
        if (w.running)
            end(w);
        if (w.context)
            end_context(w);
    }

    void tick(world w) {
        ++w.now;
        reach(w);
    }

    void set_something(world w) {
        --w.sets;
        for (unsigned types = 0; types <= all; ++types)
            for (int time = 1; time <= never; ++time)
                for (const bool renews : {false, true})
                    set(w, {renews, time, types});
    }

    void set(world w, change what) {
        const world before = w;
        const auto action = w.flow.set(what);
        require(action.types == 0, "to set a deadline asks for something");
        if (w.running)
            what(w.due);
        switch (action.then) {
        case next::nothing:
            return reach(w);
        case next::start:
            require(w.running, "a timer for what has ended");
            require(!w.timer, "two timers");
            if (w.failures != 0) {
                world failed = w;
                --failed.failures;
                failed.due = before.due;
                require(failed.flow.start_failed() == deadline_flow::action{next::free},
                        "a timer that was not started stays");
                reach(failed);
            }
            return wait(w, action.when);
        case next::move:
            require(w.pending != handler::none, "there is nothing to move");
            require(action.when < at(w.until), "the timer moves to a later time");
            w.pending = handler::ready; // cancelled
            return reach(w);
        default:
            require(false, "to set a deadline does something else");
        }
    }

    void wait(world w, schedule::time_point when) {
        w.timer = true;
        w.refused = false;
        w.pending = handler::waits;
        for (w.until = 0; at(w.until) != when;)
            ++w.until;
        require(w.until != never, "a timer waits for ever");
        require(!w.running || w.until <= w.due.first(), "a timer is late");
        reach(w);
    }

    void request(world& w, unsigned types, unsigned expected) {
        require(w.running || types == 0, "a request after the end");
        require((types & ~expected) == 0, "a request before its time");
        require((expected & ~types) == 0, "a deadline that is due asks for nothing");
    }

    void wake(world w) {
        w.pending = handler::none;
        const auto action = w.flow.woke(at(w.now));
        request(w, action.types, w.running ? w.due.take(w.now) : 0);
        if (action.then == next::free)
            return free(w);
        require(action.then == next::wait, "a handler neither waits again nor frees the timer");
        if (w.failures != 0) {
            world failed = w;
            --failed.failures;
            const auto given_up = failed.flow.wait_failed();
            request(failed, given_up.types, failed.due.take(last_time));
            require(given_up.then == next::free, "a timer that cannot wait stays");
            free(failed);
        }
        wait(w, action.when);
    }

    void free(world w) {
        require(w.timer && w.pending == handler::none, "a timer is freed that waits");
        w.timer = false;
        w.until = never;
        reach(w);
    }

    /// The handler's executor does not take it.
    void refuse(world w) {
        --w.failures;
        w.refused = true;
        w.pending = handler::none;
        w.flow.lose_handler();
        free(w);
    }

    void end(world w) {
        const auto action = w.flow.end();
        require(action.types == 0, "the end asks for something");
        require(action.then == (w.timer ? next::cancel : next::nothing),
                "the end cancels exactly where there is a timer");
        w.running = false;
        // While the context ends its timers are left alone.
        if (action.then == next::cancel && w.context)
            w.pending = handler::ready;
        reach(w);
    }

    /// The handler is destroyed; before that, the operation may end or not.
    void end_context(world w) {
        w.context = false;
        if (w.pending == handler::none)
            return reach(w);
        const auto lose = [this](world left) {
            left.pending = handler::none;
            require(left.flow.lose_handler() == deadline_flow::action{next::free},
                    "a timer outlives its context");
            free(left);
        };
        lose(w);
        if (w.running) {
            require(w.flow.end().then == next::cancel, "the end forgets a timer");
            w.running = false;
            lose(w);
        }
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(deadline_flow_interleavings)

BOOST_AUTO_TEST_CASE(every_state_keeps_the_promises) {
    exploration all_of_them;
    all_of_them.run();
    BOOST_TEST(all_of_them.failure() == "");
    BOOST_TEST_MESSAGE(all_of_them.states() << " states");
    BOOST_TEST(all_of_them.states() > 5'000u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::deadline_flow_interleavings_test
