// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include <asyncinfo/detail/core/coroutine_phase.hpp>

#include "support/state_search.hpp"

#include <boost/test/unit_test.hpp>

#include <compare>
#include <cstddef>

/// All orders of what can happen to a coroutine: it suspends and ends, the right to resume comes
/// back or is lost, its callback is called, its context ends. The gate makes one event of each, so
/// the states that are reached are all there is.
namespace asyncinfo_test::coroutine_phases_interleavings_test {
namespace {

using asyncinfo::detail::coroutine_phase;
using next = coroutine_phase::next;

/// What the body really does; `returns` is on its way off the stack.
enum class body { fresh, runs, suspends, returns, suspended, called_back, gone };
enum class context { lives, ending, over };

struct world {
    coroutine_phase phase;
    body what = body::fresh;
    bool owner = false;     ///< somebody has the right to resume
    bool reference = false; ///< and a reference of its own
    bool back = false;      ///< the right came back while the body suspended or was called back
    bool lost = false;      ///< or was lost then
    bool given_back = false;
    context executor = context::lives;
    bool by_a_step = false; ///< the context was ended by a step of the awaited operation
    bool home = true;       ///< the body runs on its executor, or was suspended there
    bool listed = false;    ///< it has suspended, and so is in its context's list
    int suspensions = 2;
    int callbacks = 1;
    int moves = 1;

    friend auto operator<=>(const world&, const world&) = default;
};

class exploration : public state_search<world> {
public:
    void run() {
        reach(world());
        world away;
        away.phase.begin_away();
        away.home = false;
        reach(away);
        search([this](const world& w) { step(w); });
    }

private:
    void reach(const world& w) {
        require(w.reference == (w.owner && w.what == body::gone),
                "the owner of the right has a reference exactly without a frame");
        if (w.what == body::suspended) {
            require(w.owner || w.given_back, "nobody can resume it");
            require(w.executor != context::over || (w.by_a_step && w.owner),
                    "it outlives its context");
        }
        state_search::reach(w);
    }

    void step(const world& w) {
        switch (w.what) {
        case body::fresh:
            begin(w);
            break;
        case body::runs:
            if (w.suspensions != 0)
                suspend(w);
            end(w);
            break;
        case body::suspends:
            has_suspended(w);
            break;
        case body::returns:
            return has_returned(w); // nothing else happens meanwhile
        case body::suspended:
            if (w.callbacks != 0)
                call_back(w);
            break;
        case body::called_back:
            callback_ends(w);
            break;
        case body::gone:
            break;
        }
        if (w.owner)
            use_right(w);
        if (w.owner && w.what == body::suspends && w.moves != 0)
            move(w);
        if (w.what != body::fresh && w.executor != context::over)
            end_context(w);
    }

    void perform(world w, next then) {
        switch (then) {
        case next::resume:
            require(w.what == body::suspended, "a body is resumed that is not suspended");
            require(!w.owner, "a body is resumed while another may do so");
            require(!w.phase.take_right(), "a body that is resumed has lost the right");
            w.what = body::runs;
            w.home = true;
            w.back = false;
            break;
        case next::take_away:
            require(w.owner, "a reference for nobody");
            w.reference = true;
            [[fallthrough]];
        case next::destroy:
            require(w.what == body::suspended, "a frame is destroyed that is not suspended");
            require(w.reference == w.owner, "the owner of the right is not told");
            require(!w.back, "a body is destroyed that is to be resumed");
            w.what = body::gone;
            w.lost = w.given_back = false;
            break;
        case next::let_go:
            require(w.reference, "a reference is released that nobody has");
            w.reference = false;
            break;
        case next::post:
            require(w.what == body::suspends && !w.owner, "what has suspended is posted");
            w.owner = true;
            break;
        case next::postpone:
            require(w.executor == context::ending, "the last call of the context is put off");
            break;
        case next::nothing:
            break;
        }
        reach(w);
    }

    void begin(world w) {
        w.phase.begin();
        w.what = body::runs;
        reach(w);
    }

    void suspend(world w) {
        --w.suspensions;
        w.phase.suspend();
        w.what = body::suspends;
        w.back = w.lost = w.given_back = false;
        world refused = w;
        refused.phase.not_suspended();
        require(!refused.phase.take_right(), "a right is lost that was never given away");
        refused.what = body::runs;
        reach(refused);
        w.owner = true;
        reach(w);
    }

    void has_suspended(world w) {
        const bool stays = w.phase.suspended();
        require(stays == (!w.back && !w.lost), "it suspends, but nobody resumes it; or reverse");
        w.what = stays ? body::returns : body::runs;
        w.listed |= stays;
        if (!stays) {
            require(w.phase.take_right() == w.lost, "it is told of a right that was not lost");
            require(!w.phase.take_right(), "it is told twice");
        }
        w.back = w.lost = false;
        reach(w);
        if (stays) {
            w.phase.context_was_over();
            w.executor = context::over;
            w.by_a_step = false;
            reach(w);
        }
    }

    void has_returned(world w) {
        w.what = body::suspended;
        const auto then = w.phase.body_returned();
        perform(w, then);
    }

    /// The executor is given back before the status is published, with no lock held.
    void end(world w) {
        require(!w.listed || w.home, "it leaves its context's list on a thread of another");
        w.phase.end();
        w.what = body::gone;
        require(w.phase.body_returned() == next::nothing, "a body that has ended goes on");
        reach(w);
    }

    void move(world w) {
        --w.moves;
        w.phase.change_context();
        w.home = w.listed = false;
        w.executor = context::lives;
        w.by_a_step = false;
        reach(w);
    }

    void call_back(world w) {
        --w.callbacks;
        w.phase.begin_callback();
        w.what = body::called_back;
        reach(w);
    }

    void callback_ends(world w) {
        w.what = body::suspended;
        const auto then = w.phase.end_callback();
        require(!w.lost || then == next::destroy, "the callback has abandoned it, and it stays");
        perform(w, then);
    }

    void use_right(world w) {
        w.owner = false;
        const bool waits = w.what == body::suspends || w.what == body::called_back;
        for (const bool inside : {false, true}) {
            world n = w;
            const auto then = inside ? n.phase.come_back_inside() : n.phase.come_back();
            require(n.what != body::suspended || then == next::resume, "the right does nothing");
            n.back = waits && then != next::post;
            perform(n, then);
        }
        world dropped = w;
        auto then = dropped.phase.lose();
        require(w.what != body::suspended || then == next::destroy, "an abandoned body stays");
        dropped.lost = waits;
        perform(dropped, then);
        if (w.executor == context::lives)
            return;
        then = w.phase.give_back();
        w.given_back = w.what != body::gone;
        perform(w, then);
    }

    /// A context calls until the coroutine does not put it off, and once more at the most.
    void end_context(world w) {
        const bool may_wait = w.what != body::runs && w.what != body::gone;
        for (const bool on_stack : {false, true})
            for (const bool awaits : {false, true})
                if ((awaits <= may_wait) &&
                    (w.what == body::suspended || on_stack == (w.what != body::gone)))
                    call(w, on_stack, awaits);
        w.executor = context::ending;
        reach(w);
    }

    void call(world w, bool on_stack, bool awaits) {
        const auto then = w.phase.context_ends(on_stack, awaits);
        require((then == next::postpone) == (awaits && !w.given_back),
                "it is put off, and waits for nothing; or reverse");
        require(!on_stack || !w.owner || then == next::nothing || then == next::postpone,
                "it is destroyed under a step of what it awaits");
        w.executor = then == next::postpone ? context::ending : context::over;
        w.by_a_step = w.executor == context::over && on_stack && w.what == body::suspended;
        perform(w, then);
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(coroutine_phases_interleavings)

BOOST_AUTO_TEST_CASE(every_state_keeps_the_promises) {
    exploration all_of_them;
    all_of_them.run();
    BOOST_TEST(all_of_them.failure() == "");
    BOOST_TEST_MESSAGE(all_of_them.states() << " states");
    BOOST_TEST(all_of_them.states() > 500u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::coroutine_phases_interleavings_test
