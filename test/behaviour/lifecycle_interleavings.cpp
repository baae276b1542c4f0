// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Races proven, not sampled: the real `detail::gate`, with all that it leaves to
// `detail::lifecycle`, run by two and three actors (and the executor's thread) in every
// interleaving of their accesses to the word. What "every" means, and what it presumes, is told in
// support/explorer.hpp.
//
// What holds in each schedule, by section of the contract:
//   §2    nothing is released under a reader; Close is refused until the operation has ended
//   §3    the status leaves Started once, and whoever sees it sees the outcome; of the deadline and
//         Cancel, whoever came first is the one that is remembered
//   §4.1  a request stays latched until it is delivered or the operation has ended
//   §4.2  nothing is emitted while a step or the initiating function runs, nor outside the executor
//   §4.4  the slot is cleared before the status is published, and nothing is emitted after
//   §4.7  once the context's thread has abandoned the operation, no Cancel uses the executor
//   §5    Completed is called exactly once, whenever it was assigned; all who wait are woken
// And: the block is destroyed once, by whoever gives up the last reference, and nobody touches it
// after; no schedule blocks or goes round for ever; no data race, by the memory orders as written.

#include "support/explorer.hpp"
#include "support/sanitizer.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <new>
#include <ostream>
#include <stdexcept>
#include <utility>
#include <vector>

namespace lifecycle_interleavings_test {
namespace {

namespace lifecycle = asyncinfo::detail::lifecycle;
using asyncinfo_test::explorer;
using asyncinfo_test::model_atomic;
using asyncinfo_test::plain_memory;

/// What an actor does.
enum class act {
    // These end the operation; there is one of them at most.
    complete_in_step, ///< a step of the operation invokes the completion handler
    complete,         ///< the completion handler is invoked outside the gate
    complete_plainly, ///< the same for an operation that has no executor to give back
    complete_plainly_in_step,
    abandon, ///< the context is being destroyed, and with it the completion handler
    // These go on beside it.
    initiate,      ///< the initiating function is still running
    step,          ///< an intermediate step, or a late one
    throwing_step, ///< the same, ending by an exception
    cancel,
    expire, ///< the operation's own deadline
    close,
    assign,        ///< Completed(handler)
    wait,          ///< get()
    wait_as_owner, ///< who observes a member of a combination may have the only handle; the
                   ///< operation locks its executor meanwhile, as a coroutine does
    inherit,       ///< the same, as an heir, which gives up its handle meanwhile
    wait_a_little, ///< wait_for() whose time is over: observe and unobserve
    read,          ///< GetResults()
    drop,          ///< give up a handle
    copy,          ///< copy a handle, and give up both
    visit          ///< who cancels the members of a combination has no handle of theirs, but a
                   ///< reference for as long as it looks at one
};

constexpr act enders[] = {act::complete_in_step, act::complete, act::complete_plainly,
                          act::complete_plainly_in_step, act::abandon};
constexpr act others[] = {act::initiate,      act::step,    act::throwing_step, act::cancel,
                          act::expire,        act::close,   act::assign,        act::wait,
                          act::wait_as_owner, act::inherit, act::wait_a_little, act::read,
                          act::drop};

std::ostream& operator<<(std::ostream& out, act a) {
    constexpr const char* names[] = {"complete_in_step",
                                     "complete",
                                     "complete_plainly",
                                     "complete_plainly_in_step",
                                     "abandon",
                                     "initiate",
                                     "step",
                                     "throwing_step",
                                     "cancel",
                                     "expire",
                                     "close",
                                     "assign",
                                     "wait",
                                     "wait_as_owner",
                                     "inherit",
                                     "wait_a_little",
                                     "read",
                                     "drop",
                                     "copy",
                                     "visit"};
    return out << names[static_cast<int>(a)];
}

/// Where the delivery of a request runs.
enum class executor { pool, caller, out_of_memory };

struct scenario {
    std::vector<act> acts;
    executor where = executor::pool;
    /// How many executors the delivery comes by, the last being the operation's.
    unsigned hops = 1;
    /// The cancellation handler invokes the completion handler, at once.
    bool ends_when_cancelled = false;
    /// Completed drops the handle that Cancel is being called on.
    bool drops_handle_in_completed = false;
    explorer::grain grain = explorer::grain::access;

    bool has(act a) const { return std::count(acts.begin(), acts.end(), a) != 0; }
    bool has_step() const { return has(act::step) || has(act::throwing_step); }
    bool ends_in_step() const {
        return has(act::complete_in_step) || has(act::complete_plainly_in_step);
    }
    bool is_plain() const {
        return has(act::complete_plainly) || has(act::complete_plainly_in_step);
    }
    bool has_request() const { return has(act::cancel) || has(act::expire); }

    friend std::ostream& operator<<(std::ostream& out, const scenario& s) {
        for (const act a : s.acts)
            out << a << ' ';
        return out << (s.where == executor::pool     ? "on a pool"
                       : s.where == executor::caller ? "inline"
                                                     : "without memory")
                   << (s.hops == 1 ? "" : " by way of another executor")
                   << (s.ends_when_cancelled ? ", ends when cancelled" : "")
                   << (s.drops_handle_in_completed ? ", drops the handle" : "");
    }
};

bool ends(act a) { return a <= act::abandon; }

/// An operation as the gate sees it, with a mirror of what `operation_base` does around it.
class operation : public asyncinfo::detail::gate<operation, model_atomic>, public explorer::world {
public:
    explicit operation(const scenario& s) : scenario_(s) {
        const bool born = s.has(act::initiate);
        if (!born)
            run_initiation([] {});
        for (const act a : s.acts)
            if (!ends(a) && a != act::initiate && a != act::visit)
                retain();
        if (!born)
            release();
    }

    std::vector<std::function<void()>> actors() override {
        std::vector<std::function<void()>> all;
        for (const act a : scenario_.acts)
            all.push_back([this, a] { play(a); });
        // A context is destroyed after its threads.
        if (scenario_.has_request() && scenario_.where == executor::pool &&
            !scenario_.has(act::abandon))
            all.push_back([this] { run_pool(); });
        return all;
    }

    std::uint64_t state() const override {
        std::uint64_t hash = 0;
        for (const std::uint64_t v :
             {deliveries_.size(), std::size_t{hops_on_their_way()}, inside_by_, inside_depth_,
              completed_calls_, std::size_t{waiting_}, std::size_t{heirs_}, std::size_t{emitted_}})
            hash = explorer::mix(hash, v);
        for (const bool b : {handler_, placed_, ended_, cleaned_, told_, assigned_, destroyed_})
            hash = explorer::mix(hash, b);
        return hash;
    }

    void touched() override { require(!destroyed_, "the block is touched after its end"); }

    void written(lifecycle::word from, lifecycle::word to) override {
        using namespace lifecycle;
        if (status(from) != status(to)) {
            require(started(from), "the status changes after the end");
            require((to & ended) != 0, "a status without an end");
            require(cleaned_ || (scenario_.is_plain() && !placed_),
                    "published before it is cleaned up");
            over_ = true;
        }
        for (const word stays : {ended, closed, assigned, claimed, requested_mask, expired})
            require((from & stays & ~to) == 0, "a bit that stays is lost");
        if (requested(to) && !requested(from))
            require(((to & expired) != 0) ==
                        (me() < scenario_.acts.size() && scenario_.acts[me()] == act::expire),
                    "a deadline that came first is taken for a Cancel, or the reverse");
        else
            require((to & expired) == (from & expired), "expired after a request");
        require(references(to) <= 8 && inside(to) <= 8, "a count runs below zero");
    }

    void finished() override {
        require(deliveries_.empty(), "a delivery is left over");
        require(waiting_ == 0, "somebody still waits");
        require(inside_depth_ == 0, "somebody is left inside");
        if (ended_)
            require(completed_calls_ == (assigned_ ? 1u : 0u),
                    "Completed is not called exactly once");
        else if (scenario_.where != executor::out_of_memory)
            require(emitted_ == all_requests(), "a request is not delivered");
        else
            require(lifecycle::requested(load()) == all_requests(), "a request is not latched");
        for (const act a : scenario_.acts)
            if (keeps_handle(a))
                release();
        require(destroyed_ == ended_, "destroyed though it runs, or not though it does not");
    }

private:
    friend class asyncinfo::detail::gate<operation, model_atomic>;

    static explorer& exploring() { return *explorer::current; }
    static std::size_t me() { return exploring().actor(); }
    static void require(bool holds, const char* invariant) {
        exploring().require(holds, invariant);
    }

    unsigned hops_on_their_way() const {
        unsigned hops = 0;
        for (const delivery& d : deliveries_)
            hops = hops * 4 + d.hops();
        return hops;
    }

    /// A place in this file; in the gate an actor comes by each of them on one way only.
    static void at(std::uint64_t place) { exploring().reached(place); }

    /// Each Cancel asks for a type of its own, and so does the deadline.
    unsigned all_requests() const {
        const auto& a = scenario_.acts;
        return ((1u << std::count(a.begin(), a.end(), act::cancel)) - 1) |
               (scenario_.has(act::expire) ? deadline_type : 0);
    }

    /// In the larger scenarios most keep their handles until all is over, and so does who is visited.
    bool keeps_handle(act a) const {
        if (scenario_.has(act::visit))
            return a == act::wait_as_owner;
        return scenario_.grain == explorer::grain::transition && !ends(a) && a != act::drop &&
               a != act::initiate;
    }

    // --- The effects that the gate asks for -----------------------------------------------------

    void deliver(unsigned types) {
        at('e' + 256 * types);
        const holder in(*this);
        require(!cleaned_, "emitted after the end");
        require(runs_on_executor(), "emitted outside the executor");
        slot_.read();
        due_.write();
        exploring().yield();
        emitted_ |= types;
        if (scenario_.ends_when_cancelled && !ended_)
            end_operation();
    }

    /// The pool's thread, the steps, and who submits to an inline executor.
    bool runs_on_executor() const {
        if (me() >= scenario_.acts.size() || scenario_.where == executor::caller)
            return true;
        const act a = scenario_.acts[me()];
        return ends(a) || a == act::step || a == act::throwing_step;
    }

    void submit(delivery&& request) {
        at('s' + 256 * request.hops());
        exploring().yield();
        executor_.read();
        context_.read();
        request.set_last(request.hops() == scenario_.hops - 1);
        if (scenario_.where == executor::out_of_memory)
            throw std::bad_alloc();
        delivery submitted(std::move(request));
        if (scenario_.where == executor::caller)
            return submitted();
        exploring().release(queue);
        deliveries_.push_back(std::move(submitted));
        exploring().yield();
        executor_.read();
        context_.read();
    }

    bool emits_anywhere() const { return true; }
    void arrived_here() {}

    bool has_clear_slot() {
        slot_.read();
        return scenario_.is_plain() && !placed_;
    }

    void clear_slot() {
        slot_.write();
        placed_ = false;
        require(!cleaned_, "cleared after the executor was given back");
    }

    bool keeps_executor() const { return scenario_.is_plain(); }

    void drop_executor() {
        at('c');
        executor_.write();
        require(!cleaned_, "cleaned up twice");
        cleaned_ = true;
    }

    unsigned final_status() {
        code_.read();
        return 1;
    }

    void notify_observers() {
        at('t');
        observers_.write();
        require(!std::exchange(told_, true), "told twice");
        exploring().release(waking);
        const bool inherits = heirs_ && waiting_ == heirs_ && !handler_;
        if (heirs_ && !inherits)
            retain();
        waiting_ = heirs_ = 0;
        if (std::exchange(handler_, false))
            call_completed();
        at(inherits ? 'I' : 'N');
        if (!inherits)
            release();
    }

    void call_completed() {
        at('C');
        code_.read();
        require(!lifecycle::started(load()), "Completed is called before the end");
        ++completed_calls_;
        if (scenario_.drops_handle_in_completed)
            release();
    }

    void discard() {
        at('d');
        outcome_.write();
    }

    void destroy() {
        at('D');
        for (plain_memory* m : {&block_, &outcome_, &code_, &slot_, &executor_, &observers_})
            m->write();
        require(!std::exchange(destroyed_, true), "destroyed twice");
    }

    // --- What the actors do ---------------------------------------------------------------------

    void play(act a) {
        switch (a) {
        case act::complete_in_step:
        case act::complete_plainly_in_step:
            return run([this] {
                const holder in(*this);
                if ((scenario_.has(act::wait_as_owner) || scenario_.has(act::inherit)) && lock()) {
                    executor_.read();
                    unlock();
                }
                end_operation();
            });
        case act::complete:
        case act::complete_plainly:
            return end_operation();
        case act::abandon:
            lose_deliveries();
            end_operation();
            lose_deliveries();
            context_.write();
            return;
        case act::initiate:
            run_initiation([this] { take_step(true); });
            break;
        case act::step:
            run([this] { take_step(scenario_.ends_in_step()); });
            break;
        case act::throwing_step:
            throw_from_step();
            break;
        case act::cancel:
            if (scenario_.drops_handle_in_completed)
                assign_completed();
            request(1u << std::count(scenario_.acts.begin(),
                                     scenario_.acts.begin() + static_cast<std::ptrdiff_t>(me()),
                                     act::cancel));
            if (scenario_.drops_handle_in_completed)
                return;
            break;
        case act::expire:
            gate::expire(deadline_type);
            break;
        case act::close:
            if (close())
                require(ended_, "closed while it runs");
            break;
        case act::assign:
            assign_completed();
            break;
        case act::inherit:
        case act::wait_as_owner:
            if (observe_alone(a == act::inherit)) {
                wait_to_be_told();
                break;
            }
            [[fallthrough]];
        case act::wait:
        case act::wait_a_little:
            wait_for_end(a != act::wait_a_little);
            break;
        case act::read:
            if (read(false)) {
                at('R');
                outcome_.read();
                exploring().yield();
                outcome_.read();
                end_read();
            }
            break;
        case act::drop:
            break;
        case act::copy:
            at('k');
            retain();
            at('K');
            block_.read();
            release();
            break;
        case act::visit:
            retain();
            at('v');
            if (lock()) {
                executor_.read();
                unlock();
            }
            release();
            return;
        }
        at('r');
        block_.read();
        if (!keeps_handle(a))
            release();
    }

    /// An operation that completes outside the gate has no other steps then that would place a
    /// cancellation handler; but the initiating function may.
    void take_step(bool places) {
        if (over_)
            return;
        const holder in(*this);
        at('S');
        due_.write();
        if (places) {
            slot_.write();
            placed_ = true;
        }
        exploring().yield();
    }

    void throw_from_step() {
        bool thrown = false;
        try {
            run([this] {
                take_step(false);
                throw std::runtime_error("step");
            });
        } catch (const std::runtime_error&) {
            thrown = true;
        }
        require(thrown, "a step's exception is lost");
    }

    void end_operation() {
        at('E');
        ended_ = true;
        outcome_.write();
        code_.write();
        block_.read();
        end();
    }

    void assign_completed() {
        const auto then = assign_at_once() ? lifecycle::next::perform : assign();
        assigned_ |= then != lifecycle::next::refuse;
        switch (then) {
        case lifecycle::next::perform:
            at('p');
            observers_.write();
            handler_ = true;
            return unlock(true);
        case lifecycle::next::call_now:
            return call_completed();
        default:
            require(assigned_ || scenario_.has(act::close), "the first assignment is refused");
        }
    }

    bool observe_alone(bool inherits) {
        if (inherits) {
            bool stored = false;
            at('H');
            if (gate::observe_as_heir([&] {
                    observers_.write();
                    waiting_ |= 1u << me();
                    heirs_ |= 1u << me();
                    stored = true;
                }))
                return true;
            if (!stored)
                return false;
            at('h');
            observers_.write();
            waiting_ &= ~(1u << me());
            heirs_ &= ~(1u << me());
            return false;
        }
        bool stored = false;
        if (gate::observe_as_owner([&] {
                observers_.write();
                waiting_ |= 1u << me();
                stored = true;
            }))
            return true;
        if (!stored)
            return false;
        at('o');
        observers_.write();
        waiting_ &= ~(1u << me());
        return false;
    }

    void wait_to_be_told() {
        at('W');
        exploring().await([this, self = 1u << me()] { return (waiting_ & self) == 0; });
        exploring().acquire(waking);
        code_.read();
    }

    void wait_for_end(bool patient) {
        const auto self = 1u << me();
        if (lock()) {
            at('L');
            if (!(load() & lifecycle::ended))
                executor_.read();
            observers_.write();
            waiting_ |= self;
            unlock(true);
            if (!patient && lock()) {
                at('U');
                observers_.write();
                waiting_ &= ~self;
                return unlock(waiting_ != 0 || handler_);
            }
            wait_to_be_told();
        }
        at('w');
        require(!lifecycle::started(load()), "woken before the end");
        code_.read();
    }

    void run_pool() {
        while (exploring().await([this] { return !deliveries_.empty(); }, true))
            take_delivery()();
    }

    void lose_deliveries() {
        while (!deliveries_.empty())
            take_delivery();
    }

    delivery take_delivery() {
        exploring().acquire(queue);
        delivery first(std::move(deliveries_.front()));
        deliveries_.pop_front();
        at('q' + 256 * first.hops());
        return first;
    }

    /// In a step, the initiating function or the cancellation handler: one actor at a time.
    struct holder {
        explicit holder(operation& o) : self(o) {
            require(self.inside_depth_ == 0 || self.inside_by_ == me(),
                    "two are inside at the same time");
            self.inside_by_ = me();
            ++self.inside_depth_;
        }
        ~holder() {
            if (--self.inside_depth_ == 0)
                self.inside_by_ = explorer::none;
        }
        operation& self;
    };

    static constexpr std::size_t queue = 1;
    static constexpr std::size_t waking = 2;
    static constexpr unsigned deadline_type = 8;

    const scenario& scenario_;
    std::deque<delivery> deliveries_;
    std::size_t inside_by_ = explorer::none;
    std::size_t inside_depth_ = 0;
    std::size_t completed_calls_ = 0;
    unsigned waiting_ = 0; ///< the actors, as bits
    unsigned heirs_ = 0;   ///< those of them that have given up their handle
    unsigned emitted_ = 0;
    bool handler_ = false;
    bool placed_ = false;
    bool ended_ = false;
    bool cleaned_ = false;
    bool over_ = false;
    bool told_ = false;
    bool assigned_ = false;
    bool destroyed_ = false;

    plain_memory block_{0, "a race for the block"};
    plain_memory outcome_{1, "a race for the result"};
    plain_memory code_{2, "a race for the code"};
    plain_memory slot_{3, "a race for the slot"};
    plain_memory due_{4, "a race for what was delivered"};
    plain_memory executor_{5, "a race for the executor"};
    plain_memory observers_{6, "a race for the observers"};
    plain_memory context_{7, "a race for the context"};
};

/// A sanitizer is there for what an actor does on its way from one transition to the next, so it
/// has to see each way, and not each access to the word in each order.
explorer::result explore(const scenario& s, explorer::memory memory = explorer::memory::last) {
    const auto grain = asyncinfo_test::sanitized ? explorer::grain::transition : s.grain;
    explorer e([&s] { return std::make_unique<operation>(s); }, grain, memory);
    const auto result = e.explore();
    BOOST_TEST(result.failure == "", s << ": " << result.failure);
    return result;
}

/// Explores all of the scenarios and says how much that was.
void explore_all(const std::vector<scenario>& scenarios) {
    double schedules = 0;
    std::size_t states = 0;
    std::size_t runs = 0;
    for (const scenario& s : scenarios) {
        const auto result = explore(s);
        BOOST_TEST(result.schedules > 1);
        schedules += result.schedules;
        states += result.states;
        runs += result.runs;
    }
    BOOST_TEST_MESSAGE(scenarios.size() << " scenarios, " << schedules << " schedules, by "
                                        << states << " states in " << runs << " runs");
}

std::vector<scenario> pairs() {
    std::vector<scenario> all;
    for (const act ender : enders)
        for (const act other : others)
            all.push_back({{ender, other}});
    return all;
}

} // namespace
} // namespace lifecycle_interleavings_test

BOOST_AUTO_TEST_SUITE(lifecycle_interleavings)

using namespace lifecycle_interleavings_test;

BOOST_AUTO_TEST_CASE(two_actors) { explore_all(pairs()); }

BOOST_AUTO_TEST_CASE(two_actors_where_requests_are_delivered_by_the_caller_or_not_at_all) {
    std::vector<scenario> all;
    for (const executor where : {executor::caller, executor::out_of_memory})
        for (const act other :
             {act::complete_in_step, act::complete, act::complete_plainly, act::abandon,
              act::initiate, act::step, act::throwing_step, act::cancel, act::expire})
            all.push_back({{act::cancel, other}, where});
    explore_all(all);
}

BOOST_AUTO_TEST_CASE(two_actors_and_the_request_ends_the_operation) {
    std::vector<scenario> all;
    for (const executor where : {executor::pool, executor::caller})
        for (const act other : others)
            all.push_back({.acts = {act::cancel, other},
                           .where = where,
                           .ends_when_cancelled = true,
                           .grain = where == executor::pool ? explorer::grain::transition
                                                            : explorer::grain::access});
    for (const act other : {act::close, act::read, act::drop})
        all.push_back({.acts = {act::cancel, other},
                       .where = executor::caller,
                       .ends_when_cancelled = true,
                       .drops_handle_in_completed = true});
    explore_all(all);
}

BOOST_AUTO_TEST_CASE(two_actors_and_the_request_comes_by_another_executor) {
    std::vector<scenario> all;
    for (const executor where : {executor::pool, executor::caller})
        for (const act other : {act::complete_in_step, act::complete, act::complete_plainly,
                                act::abandon, act::initiate, act::step, act::cancel})
            all.push_back({.acts = {act::cancel, other},
                           .where = where,
                           .hops = 2,
                           .grain = where == executor::pool ? explorer::grain::transition
                                                            : explorer::grain::access});
    explore_all(all);
}

BOOST_AUTO_TEST_CASE(requests_are_delivered_while_the_operation_runs) {
    std::vector<scenario> all;
    for (const auto& acts : std::vector<std::vector<act>>{
             {act::cancel, act::step},
             {act::cancel, act::throwing_step},
             {act::cancel, act::cancel},
             {act::cancel, act::initiate},
             {act::cancel, act::cancel, act::step},
             {act::cancel, act::cancel, act::initiate},
             {act::cancel, act::step, act::initiate},
             {act::cancel, act::cancel, act::cancel},
             {act::expire, act::step},
             {act::expire, act::initiate},
             {act::expire, act::cancel},
             {act::expire, act::expire},
             {act::expire, act::cancel, act::step},
         })
        all.push_back({.acts = acts, .grain = explorer::grain::transition});
    explore_all(all);
}

// Assignments of Completed and waiters that come and go, while the operation runs.
BOOST_AUTO_TEST_CASE(the_observers_are_edited_by_one_at_a_time) {
    explore_all({{{act::assign, act::assign}},
                 {{act::assign, act::wait_a_little}},
                 {{act::wait_a_little, act::wait_a_little}}});
}

// Beside another handle nobody takes himself for the only owner.
BOOST_AUTO_TEST_CASE(only_the_only_owner_observes_without_the_lock) {
    std::vector<scenario> all;
    for (const act alone : {act::wait_as_owner, act::inherit})
        for (const act other : {act::assign, act::wait, act::wait_as_owner, act::inherit,
                                act::wait_a_little, act::copy})
            all.push_back(
                {.acts = {act::complete, alone, other}, .grain = explorer::grain::transition});
    explore_all(all);
}

// A thread that sleeps at the end is nobody to be told, while the owner is about to observe.
BOOST_AUTO_TEST_CASE(who_sleeps_is_no_observer) {
    explore_all({{{act::complete, act::wait_as_owner, act::visit}},
                 {{act::complete_in_step, act::wait_as_owner, act::visit}}});
}

// §1: "cheap to copy [...] as thread-safe as a shared_ptr".
BOOST_AUTO_TEST_CASE(handles_are_copied_and_given_up) {
    explore_all({{{act::copy, act::copy}},
                 {{act::copy, act::drop}},
                 {{act::copy, act::complete}},
                 {{act::copy, act::abandon}}});
}

// A sanitizer would see nothing in these that it does not see with two actors. (A decorator that
// disables them would not do: whoever names the suite runs all of it.)
#if !defined(ASYNCINFO_TEST_ASAN) && !defined(ASYNCINFO_TEST_TSAN)

BOOST_AUTO_TEST_CASE(three_actors) {
    std::vector<scenario> all;
    for (const act ender : enders)
        for (const act* other = others; other != std::end(others); ++other)
            for (const act* third = other; third != std::end(others); ++third) {
                scenario s{.acts = {ender, *other, *third}, .grain = explorer::grain::transition};
                // There is one initiation, and to throw differs only for who is to be told. To be
                // abandoned differs only for who uses the context, whose threads are gone by then.
                if ((*other == act::initiate && *third == act::initiate) ||
                    (s.has(act::throwing_step) && !s.has(act::cancel)) ||
                    (ender == act::abandon && (!s.has(act::cancel) || s.has_step())))
                    continue;
                // The deadline differs from a Cancel only for another request.
                if (s.has(act::expire) && !s.has(act::cancel))
                    continue;
                all.push_back(std::move(s));
            }
    explore_all(all);
}

// What the explorer presumes about the gate, so as to have fewer states.
BOOST_AUTO_TEST_CASE(no_schedule_is_lost_by_forgetting) {
    for (const scenario& s : pairs())
        if (!s.has_request() || s.has(act::abandon)) {
            const auto all = explore(s, explorer::memory::all);
            const auto last = explore(s);
            BOOST_TEST(last.schedules == all.schedules, s);
        }
}

#endif

BOOST_AUTO_TEST_SUITE_END()
