// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// The calls of a Progress handler, explored: two threads that report, one that ends the operation,
// the thread of the handlers' executors, one that sets another handler, Completed, and Close, in
// every interleaving of what each does under the lock. `detail::progress_flow` decides, as in
// `detail::progress_state`. All its events come under one lock, so a search over the states of one
// value is all that it takes.
//
// What holds in each state, by section 5 of the contract:
//   calls are made one at a time, in the order of the reports, each handler's on its executor, and
//   none after Completed or, without an executor, after the end; Completed is called once, and
//   meets no call; the end comes once, after the values of a handler without an executor; a
//   throttled handler is called with the last value before Completed; nothing is accepted after the
//   end; and when all are done nobody drains, and nothing is queued or held back

#include <asyncinfo/detail/core/progress_flow.hpp>

#include "support/progress_flow_states.hpp"
#include "support/state_search.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace asyncinfo_test::progress_flow_interleavings_test {
namespace {

using next = progress_flow::next;

struct scenario {
    progress_flow::target first;           ///< the handler at the beginning
    std::vector<progress_flow::target> to; ///< the handlers that are set meanwhile
    bool ends = false;
    bool has_last = false;      ///< a value comes with the end, as the end of a transfer does
    bool has_completed = false; ///< when it is set is of no account: it is due any time after
    bool is_lossy = false;      ///< an executor may lose what is submitted
    bool closes = false;

    friend std::ostream& operator<<(std::ostream& out, const scenario& s) {
        out << name(s.first);
        for (const auto& handler : s.to)
            out << ", then " << name(handler);
        return out << (s.ends ? ", ends" : "") << (s.has_last ? " with a value" : "")
                   << (s.has_completed ? ", Completed" : "") << (s.is_lossy ? ", lossy" : "")
                   << (s.closes ? ", Close" : "");
    }
};

/// A thread that may drain.
struct thread {
    enum class place : unsigned char { free, calling, ends_again, ends_operation, completes };

    place at = place::free;
    unsigned char executor = 0; ///< the number of the handler on whose executor it is
    unsigned char to_report = 0;

    friend constexpr auto operator<=>(const thread&, const thread&) = default;
};

enum class completed : unsigned char { not_due, due, held_back, called };

/// All that the threads share and how far each has come. Values are numbered as they are accepted.
struct world {
    progress_flow flow;
    std::array<thread, 4> threads;
    std::array<unsigned char, 5> queue{};
    unsigned queued = 0;
    unsigned char accepted = 0;
    unsigned char called = 0;       ///< the latest value
    unsigned char last_due = 0;     ///< the latest value that must be called before the end is over
    unsigned char calls = 0;        ///< that are being made
    unsigned char submitted_to = 0; ///< the number of the handler
    unsigned char handler = 1;      ///< its number
    bool is_being_ended = false;
    bool has_ended = false;
    unsigned char sets = 0;
    bool is_closed = false;
    bool has_lost = false;
    completed delegate = completed::not_due;

    friend constexpr auto operator<=>(const world&, const world&) = default;
};

constexpr std::size_t ender = 2, executor = 3;

class exploration : public state_search<world> {
public:
    explicit exploration(const scenario& s) : scenario_(s) {}

    /// Returns the invariant that broke first, or nothing.
    std::string run(std::set<progress_flow>& flows) {
        world begin;
        begin.flow.set_handler(scenario_.first);
        begin.threads[0].to_report = 2;
        begin.threads[1].to_report = 1;
        add(begin);
        search([&](const world& w) {
            flows.insert(w.flow);
            require(can_occur(w.flow), "a state that does not occur");
            const std::size_t before = steps_;
            go_on(w);
            if (steps_ == before)
                finished(w);
        });
        return failure();
    }

private:
    void add(const world& w) {
        ++steps_;
        reach(w);
    }

    /// All that can happen next.
    void go_on(const world& w) {
        for (std::size_t t = 0; t != w.threads.size(); ++t)
            step(w, t);
        if (w.sets != scenario_.to.size())
            set(w);
        if (w.delegate == completed::due)
            call_completed(w);
        if (scenario_.closes && w.has_ended && !w.is_closed) {
            world then = w;
            then.is_closed = true;
            then.flow.discard();
            follow(then);
            add(then);
        }
    }

    void step(const world& w, std::size_t t) {
        world then = w;
        thread& me = then.threads[t];
        switch (me.at) {
        case thread::place::free:
            if (me.to_report != 0)
                report(then, t);
            else if (t == ender && scenario_.ends && !w.is_being_ended)
                begin_end(then);
            else if (t == executor && w.submitted_to != 0)
                arrive(w);
            return;
        case thread::place::calling:
            --then.calls;
            return drain(then, t);
        case thread::place::ends_again:
            return act(then, t, then.flow.end());
        case thread::place::ends_operation:
            return perform_end(then, t);
        case thread::place::completes:
            me.at = thread::place::free;
            require(w.delegate == completed::held_back, "Completed is not held back");
            then.delegate = completed::due;
            return add(then);
        }
    }

    void report(world& w, std::size_t t) {
        --w.threads[t].to_report;
        const next then = w.flow.report();
        require((then == next::refuse) == w.is_being_ended,
                "a value is accepted after the end, or refused before");
        if (then != next::refuse)
            keep(w, then);
        if (then == next::drain)
            drain(w, t);
        else
            add(w);
    }

    void keep(world& w, next then) {
        ++w.accepted;
        if (then == next::keep)
            return;
        require(w.flow.queued != 0, "a value is queued and is not there");
        follow(w, 1);
        w.queue[w.queued++] = w.accepted;
    }

    void begin_end(world& w) {
        if (scenario_.has_last)
            keep(w, w.flow.report());
        w.is_being_ended = true;
        w.last_due = w.flow.queued != 0 ? w.accepted : w.called;
        act(w, ender, w.flow.end());
    }

    void perform_end(world& w, std::size_t t) {
        require(!w.has_ended, "the end comes twice");
        require(w.flow.draining != progress_flow::drainer::here, "the end comes during a call");
        w.has_ended = true;
        if (scenario_.to.empty() && scenario_.first.exists && !scenario_.first.has_executor)
            require(w.called == w.accepted, "the end comes before a value");
        if (scenario_.has_completed)
            w.delegate = completed::due;
        w.threads[t].at = thread::place::free;
        add(w);
    }

    void call_completed(world w) {
        if (!w.flow.may_complete()) {
            w.delegate = completed::held_back;
        } else {
            require(w.calls == 0, "Completed meets a Progress call");
            if (scenario_.to.empty() && scenario_.first.is_throttled && !w.has_lost && !w.is_closed)
                require(w.called == w.accepted, "Completed comes before the last value");
            w.delegate = completed::called;
        }
        follow(w);
        add(w);
    }

    void set(world w) {
        require(w.flow.set_handler(scenario_.to[w.sets]) || w.is_being_ended,
                "a handler is refused before the end");
        w.handler = static_cast<unsigned char>(++w.sets + 1);
        follow(w);
        add(w);
    }

    void arrive(world w) {
        w.threads[executor].executor = std::exchange(w.submitted_to, 0);
        drain(w, executor);
        if (!scenario_.is_lossy)
            return;
        w.has_lost = true;
        act(w, executor, w.flow.lose());
    }

    /// With a throttle, the next value may be due or not.
    void drain(const world& w, std::size_t t) {
        for (const bool is_due : {false, true})
            if (is_due || w.flow.handler.is_throttled) {
                world then = w;
                act(then, t, then.flow.drain(is_due));
            }
    }

    /// What `detail::progress_state` does. `after`: the world after the event that gave `then`; a
    /// reference, since the event is an argument of the same call.
    void act(const world& after, std::size_t t, next then) {
        world w = after;
        thread& me = w.threads[t];
        me.at = thread::place::free;
        switch (then) {
        case next::nothing:
            break;
        case next::drain:
            follow(w);
            return drain(w, t);
        case next::deliver:
            deliver(w, t);
            break;
        case next::submit:
        case next::submit_and_end:
            require(w.submitted_to == 0, "two submissions at once");
            w.submitted_to = w.handler;
            if (then == next::submit_and_end)
                me.at = thread::place::ends_again;
            break;
        case next::perform_end:
            me.at = thread::place::ends_operation;
            break;
        case next::complete:
            if (w.delegate == completed::held_back)
                me.at = thread::place::completes;
            break;
        default:
            require(false, "no step of a thread that drains");
        }
        if (me.at != thread::place::calling && t == executor)
            me.executor = 0;
        follow(w);
        add(w);
    }

    void deliver(world& w, std::size_t t) {
        const auto& handler = w.flow.handler;
        require(w.calls++ == 0, "two Progress calls at once");
        require(w.queued != 0 && w.queue[0] > w.called, "a value out of order");
        require(w.delegate != completed::called, "a Progress call after Completed");
        require(handler.has_executor || !w.has_ended, "a Progress call after the end");
        require(!handler.has_executor || (t == executor && w.threads[t].executor == w.handler),
                "a Progress call not on the handler's executor");
        w.threads[t].at = thread::place::calling;
        w.called = w.queue[0];
        drop_first(w);
    }

    static void drop_first(world& w) {
        std::copy(w.queue.begin() + 1, w.queue.end(), w.queue.begin());
        w.queue[--w.queued] = 0;
    }

    /// The queue has as many values as the flow says, without `more` that come.
    void follow(world& w, unsigned more = 0) {
        require(w.queued + more >= w.flow.queued, "a value is queued and is not there");
        while (w.queued + more > w.flow.queued)
            drop_first(w);
    }

    /// Nobody has anything left to do.
    void finished(const world& w) {
        const bool ended = scenario_.ends;
        require(w.flow.draining == progress_flow::drainer::nobody, "somebody still drains");
        require(ended || scenario_.to.size() || w.flow.queued == 0 || w.flow.handler.is_throttled,
                "a value is left in the queue");
        if (!ended)
            return;
        require(w.has_ended, "the end does not come");
        require(w.flow == progress_flow{.at = progress_flow::stage::ended},
                "something is left after the end");
        require(w.delegate == (scenario_.has_completed ? completed::called : completed::not_due),
                "Completed is not called");
        if (scenario_.to.empty() && scenario_.first.exists && !scenario_.has_completed &&
            !w.has_lost && !w.is_closed)
            require(w.called == w.accepted, "a value is not called");
    }

    scenario scenario_;
    std::size_t steps_ = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(progress_flow_interleavings)

BOOST_AUTO_TEST_CASE(every_state_is_reached_and_all_is_in_order) {
    std::set<progress_flow> reached;
    const auto explore = [&](const scenario& s) {
        BOOST_TEST_CONTEXT(s) { BOOST_TEST(exploration(s).run(reached) == ""); }
    };
    for (const auto& first : targets) {
        scenario s;
        s.first = first;
        explore(s);
        for (unsigned options = 0; options != 16; ++options) {
            s.ends = true;
            s.has_last = options & 1;
            s.has_completed = options & 2;
            s.is_lossy = options & 4;
            s.closes = options & 8;
            s.to.clear();
            explore(s);
            for (const auto& second : targets) {
                s.to = {second};
                explore(s);
                if (options != 3)
                    continue;
                for (const auto& third : targets) {
                    s.to = {second, third};
                    explore(s);
                }
                if (first == plain) {
                    s.to = {on_executor, plain, second};
                    explore(s);
                }
            }
        }
    }
    for (const auto& f : all_flows())
        BOOST_TEST_CONTEXT(name(f)) { BOOST_TEST((reached.count(f) == 1) == can_occur(f)); }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::progress_flow_interleavings_test
