// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include <asyncinfo/detail/core/shared_work.hpp>

#include "support/state_search.hpp"

#include <boost/test/unit_test.hpp>

#include <compare>

/// The work that a context's coroutines share: all orders in which three of them come, go and come
/// again, and the context ends. Each event happens under one lock, so the states that are reached
/// are all there is.
namespace asyncinfo_test::shared_work_table_test {
namespace {

using asyncinfo::detail::shared_work;
using next = shared_work::next;

constexpr int workers = 3;

struct world {
    shared_work machine;
    bool counted = false; ///< Asio counts the work
    bool over = false;
    bool works[workers] = {};

    friend auto operator<=>(const world&, const world&) = default;
};

class exploration : public state_search<world> {
public:
    void run() {
        reach(world());
        search([this](const world& w) { step(w); });
    }

private:
    void step(const world& w) {
        for (int i = 0; i != workers; ++i) {
            world after = w;
            after.works[i] = !w.works[i];
            if (w.works[i])
                perform(after, &shared_work::leave);
            else if (!w.over)
                perform(after, &shared_work::join);
        }
        // The service says twice that its context ends.
        world ended = w;
        ended.over = true;
        perform(ended, &shared_work::context_ends);
    }

    void perform(world w, next (shared_work::*event)() noexcept) {
        const next then = (w.machine.*event)();
        if (then != next::nothing) {
            const bool begins = then == next::begin;
            require(begins != w.counted, "what is counted already begins, or the reverse ends");
            w.counted = begins;
        }
        bool anybody = false;
        for (const bool works : w.works)
            anybody |= works;
        require(w.counted == (anybody && !w.over),
                "the context goes on without workers, or stops with some, or outlives its end");
        reach(w);
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(shared_work_table)

BOOST_AUTO_TEST_CASE(what_each_event_gives) {
    shared_work work;
    BOOST_TEST((work.join() == next::begin));
    BOOST_TEST((work.join() == next::nothing));
    BOOST_TEST((work.leave() == next::nothing));
    BOOST_TEST((work.leave() == next::end));
    BOOST_TEST((work.join() == next::begin));
    BOOST_TEST((work.context_ends() == next::end));
    BOOST_TEST((work.context_ends() == next::nothing));
    BOOST_TEST((work.leave() == next::nothing));
}

BOOST_AUTO_TEST_CASE(every_order_keeps_the_promises) {
    exploration all;
    all.run();
    BOOST_TEST(all.failure() == "");
    BOOST_TEST(all.states() == 16u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::shared_work_table_test
