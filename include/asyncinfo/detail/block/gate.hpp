//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_BLOCK_GATE_HPP
#define ASYNCINFO_DETAIL_BLOCK_GATE_HPP

#include <asyncinfo/detail/base/config.hpp>
#include <asyncinfo/detail/block/activity.hpp>
#include <asyncinfo/detail/block/delivery.hpp>
#include <asyncinfo/detail/block/lifecycle_cell.hpp>
#include <asyncinfo/detail/core/lifecycle.hpp>
#include <asyncinfo/detail/core/lifecycle_shortcuts.hpp>

#include <atomic>
#include <exception>
#include <utility>

namespace asyncinfo::detail {

/// Performs the transitions of the lifecycle and does what each asks for.
///
/// One thread at a time is inside: it runs the initiating function, or a step of the operation, or
/// steps that a step runs. A step that arrives meanwhile waits, as behind a strand, so operations
/// with parallel parts (`asio::cancel_after` has a timer) are safe on a pool. The thread inside
/// delivers requests and clears the slot when it leaves, so a request is never missed and Cancel
/// never waits.
///
/// `Derived` supplies the effects:
///     void deliver(unsigned types)      calls the cancellation handler, if it is due
///     void submit(delivery&&)           submits the delivery to the executor; may throw
///     bool emits_anywhere()             true if any thread may deliver now; called from inside
///     void arrived_here()               the request has come to a thread outside the executor
///     bool has_clear_slot()             true if there is no cancellation handler to be destroyed
///     void clear_slot()                 called once the operation has ended, unless it is clear
///     bool keeps_executor()             true if `drop_executor` need not be called
///     void drop_executor()              called after that, with the observers locked
///     unsigned final_status()           the status that the stored outcome gives
///     void notify_observers()           notifies the observers and gives up the completion
///                                       handler's reference; may throw what a handler throws
///     void discard()                    releases the result
///     void destroy()                    frees the block
///
/// `Word` is `std::atomic` except in the test that explores all interleavings.
template <typename Derived, typename Word = std::atomic<lifecycle::word>>
class ASYNCINFO_DECL gate : lifecycle_cell<Word> {
    using cell = lifecycle_cell<Word>;

public:
    gate(const gate&) = delete;
    gate& operator=(const gate&) = delete;

    // The gate has nothing to do after these; their callers may have.
    using cell::assign;
    using cell::assign_at_once;
    using cell::claim_if_sole;
    using cell::hold;
    using cell::load;
    using cell::lock;
    using cell::observe_as_owner;
    using cell::read;
    using cell::retain;
    using cell::retain_if_running;
    using cell::unlock;

    /// True if this thread is inside, in a step or a cancellation handler. If the operation ends
    /// meanwhile its status is not published before this thread leaves.
    bool is_inside() const noexcept {
        return (load() & lifecycle::inside_mask) && activity::inside(this);
    }

    void release() noexcept {
        // The sole owner of a finished operation need not change the word: no other thread can see
        // it.
        if (lifecycle::is_last_reference(load()))
            return derived().destroy();
        proceed(cell::release());
    }

    /// Runs `step` as a step of the operation. An exception of the step wins over one thrown by
    /// what leaving runs: a cancellation handler, or a Completed handler.
    ///
    /// A request that comes meanwhile is delivered on leaving, if this is a thread of the executor
    /// (`may_emit`), else submitted.
    template <typename Step>
    ASYNCINFO_ALWAYS_INLINE void run(Step&& step, bool may_emit = true) {
        if (!enter())
            return std::forward<Step>(step)();
        run_inside(std::forward<Step>(step), may_emit);
    }

    /// Runs the initiating function, without entering: an operation is born with its initiator
    /// inside.
    template <typename Initiation>
    ASYNCINFO_ALWAYS_INLINE void run_initiation(Initiation&& initiation) {
        run_inside(std::forward<Initiation>(initiation), false);
    }

    void request(unsigned types) noexcept {
        proceed(cell::transit([=](auto w) { return lifecycle::request(w, types); }));
    }

    void expire(unsigned types) noexcept {
        proceed(cell::transit([=](auto w) { return lifecycle::expire(w, types); }));
    }

    /// Called when the completion handler has stored the outcome.
    ASYNCINFO_NOINLINE void end() {
        if (!activity::ends_innermost(this) &&
            !publish_at_once(0, [this] { return derived().has_clear_slot(); }))
            end_with_others();
    }

    /// `store` is called in between, if the shortcut applies.
    template <typename Store>
    bool observe_as_heir(Store store) noexcept {
        return cell::at_once([](auto w) { return lifecycle::observe_as_heir(w); },
                             [&] {
                                 store();
                                 return true;
                             });
    }

    void end_read() noexcept { leave(false, 0); }

    bool close() noexcept {
        const auto then = cell::transit([](auto w) { return lifecycle::close(w); });
        if (then == lifecycle::next::refuse)
            return false;
        proceed(then);
        return true;
    }

    using delivery = detail::delivery<gate>;

protected:
    gate() = default;
    ~gate() = default;

private:
    friend delivery;

    /// Does what the transition asked the thread to do.
    void proceed(lifecycle::next then) {
        if (then != lifecycle::next::nothing)
            do_next(then);
    }

    ASYNCINFO_NOINLINE void do_next(lifecycle::next then) {
        switch (then) {
        case lifecycle::next::submit:
            return hand_over();
        case lifecycle::next::finish:
            return finish();
        case lifecycle::next::discard:
            return discard();
        case lifecycle::next::destroy:
            return derived().destroy();
        default:
            return;
        }
    }

    ASYNCINFO_NOINLINE void discard() {
        derived().discard();
        proceed(cell::transit([](auto w) { return lifecycle::discarded(w); }));
    }

    Derived& derived() noexcept { return static_cast<Derived&>(*this); }

    // What `run` does that does not depend on the step is apart, and compiled once: a program has
    // hundreds of kinds of steps.

    /// False if this thread is inside already.
    ASYNCINFO_ALWAYS_INLINE bool enter() noexcept {
        if (cell::at_once([](auto w) { return lifecycle::enter_at_once(w); }))
            return true;
        if (is_inside())
            return false;
        cell::transit([](auto w) { return lifecycle::enter(w); });
        return true;
    }

    ASYNCINFO_ALWAYS_INLINE void leave_after(bool ended, bool may_emit) {
        if (ended)
            finish();
        else if (!cell::at_once([](auto w) { return lifecycle::leave_at_once(w, 0); }))
            leave_slowly(may_emit);
    }

    template <typename Function>
    ASYNCINFO_ALWAYS_INLINE void run_inside(Function&& function, bool may_emit) {
        bool ended = false;
        try {
            const activity here(this, ended);
            std::forward<Function>(function)();
        } catch (...) {
            leave_after_exception(may_emit, ended);
            throw;
        }
        leave_after(ended, may_emit);
    }

    void leave_after_exception(bool may_emit, bool ended) noexcept {
        try {
            if (ended)
                finish();
            else
                leave_slowly(may_emit);
        } catch (...) {
        }
    }

    /// The end where this thread is inside, and finishes on leaving, or another one is; or where
    /// there is something to clean up.
    ASYNCINFO_NOINLINE void end_with_others() {
        if (bool* const ends = activity::inside(this))
            *ends = true;
        else
            proceed(cell::transit([](auto w) { return lifecycle::end(w); }));
    }

    ASYNCINFO_NOINLINE void leave_slowly(bool may_emit) {
        std::exception_ptr thrown;
        unsigned delivered = 0;
        for (;;) {
            const auto then =
                cell::transit([&](auto w) { return lifecycle::leave(w, may_emit, delivered); });
            if (then != lifecycle::next::deliver) {
                proceed(then);
                break;
            }
            delivered = lifecycle::requested(load());
            bool ended = false;
            try {
                const activity here(this, ended);
                derived().deliver(delivered);
            } catch (...) {
                thrown = std::current_exception();
            }
            if (ended) {
                finish();
                break;
            }
            if (cell::at_once([=](auto w) { return lifecycle::leave_at_once(w, delivered); }))
                break;
        }
        if (thrown)
            std::rethrow_exception(thrown);
    }

    void leave(bool may_emit, unsigned delivered) {
        proceed(cell::transit([=](auto w) { return lifecycle::leave(w, may_emit, delivered); }));
    }

    /// If there is no memory for the delivery the request stays latched, and the next step or
    /// Cancel delivers it.
    void submit_quietly(delivery&& request) noexcept {
        try {
            const activity submitting(this);
            derived().submit(std::move(request));
        } catch (...) {
        }
    }

    ASYNCINFO_NOINLINE void hand_over() noexcept {
        for (;;) {
            submit_quietly(delivery(*this));
            if (cell::at_once([](auto w) { return lifecycle::submitted_at_once(w); }))
                return;
            const auto then = cell::transit([](auto w) { return lifecycle::submitted(w); });
            if (then != lifecycle::next::submit)
                return proceed(then);
        }
    }

    /// Submits the delivery to its next executor.
    void hand_on(delivery& request) noexcept {
        const bool mine = activity::is_submitting(this);
        const auto then = cell::transit([=](auto w) { return lifecycle::forward(w, mine); });
        if (then != lifecycle::next::perform) {
            request.forget();
            return proceed(then);
        }
        submit_quietly(std::move(request));
        if (mine)
            return;
        const auto after = cell::transit([](auto w) { return lifecycle::submitted(w); });
        if (after == lifecycle::next::submit)
            hand_over();
        else
            proceed(after);
    }

    void lose_delivery() noexcept {
        proceed(cell::transit([](auto w) { return lifecycle::lose_delivery(w); }));
    }

    /// The delivery has arrived.
    void take_in(bool here) {
        const auto then = cell::transit([](auto w) { return lifecycle::arrive(w); });
        if (then != lifecycle::next::perform)
            return proceed(then);
        if (here && arrived_here())
            return finish();
        leave_slowly(!here || derived().emits_anywhere());
    }

    /// Returns true if the operation has ended in this.
    bool arrived_here() noexcept {
        bool ended = false;
        try {
            const activity arriving(this, ended);
            derived().arrived_here();
        } catch (...) {
        }
        return ended;
    }

    /// Publishes the status in one exchange, if no other thread interferes and there is nothing to
    /// clean up. `in`: this thread's part of the number inside. `is_clean` is asked about the slot,
    /// once it is known that no other thread is inside.
    template <typename IsClean>
    ASYNCINFO_ALWAYS_INLINE bool publish_at_once(lifecycle::word in, IsClean is_clean) {
        const auto status = derived().final_status();
        bool tells = false;
        const bool published = cell::at_once(
            [&](auto w) {
                tells = (w & lifecycle::observed) != 0;
                return lifecycle::end_at_once(w, in, status);
            },
            [&] { return is_clean() && derived().keeps_executor(); });
        if (published && tells)
            derived().notify_observers();
        return published;
    }

    /// Ends the operation by the stored outcome; this thread is inside.
    ASYNCINFO_NOINLINE void finish() {
        if (!derived().has_clear_slot()) {
            bool ended = true;
            const activity here(this, ended);
            derived().clear_slot();
        }
        if (publish_at_once(lifecycle::one_inside, [] { return true; }))
            return;
        // An executor that runs the delivery at once brings this thread here inside its own
        // submission.
        cell::transit(
            [this](auto w) { return lifecycle::retire(w, activity::is_submitting(this)); });
        derived().drop_executor();
        const auto status = derived().final_status();
        // The completion handler's reference stays while the observers are notified.
        notify(cell::transit([=](auto w) { return lifecycle::publish(w, status); }));
    }

    void notify(lifecycle::next then) {
        if (then == lifecycle::next::notify)
            derived().notify_observers();
        else
            proceed(then);
    }
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_BLOCK_GATE_HPP
