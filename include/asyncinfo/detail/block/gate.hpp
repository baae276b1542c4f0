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
///     void clear_slot()                 called once the operation has ended
///     void drop_executor()              called after that, with the observers locked
///     unsigned final_status()           the status that the stored outcome gives
///     void notify_observers()           notifies the observers; may throw what a handler throws
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
    using cell::claim_if_sole;
    using cell::hold;
    using cell::load;
    using cell::lock;
    using cell::observe_as_owner;
    using cell::read;
    using cell::retain;
    using cell::unlock;

    /// True if this thread is inside, in a step or a cancellation handler. If the operation ends
    /// meanwhile its status is not published before this thread leaves.
    bool is_inside() const noexcept {
        return (load() & lifecycle::inside_mask) &&
               activity::of_this_thread(this, activity::inside);
    }

    void release() noexcept {
        // The sole owner of a finished operation need not change the word: no other thread can see
        // it.
        if (lifecycle::is_last_reference(load()))
            return derived().destroy();
        proceed(cell::transit([](auto w) { return lifecycle::release(w); }));
    }

    /// Runs `step` as a step of the operation. An exception of the step wins over one thrown by
    /// what leaving runs: a cancellation handler, or a Completed handler.
    template <typename Step>
    void run(Step&& step) {
        if (!cell::at_once([](auto w) { return lifecycle::enter_at_once(w); })) {
            if (is_inside())
                return std::forward<Step>(step)();
            cell::transit([](auto w) { return lifecycle::enter(w); });
        }
        run_inside(std::forward<Step>(step), true);
    }

    /// Runs the initiating function, without entering: an operation is born with its initiator
    /// inside.
    template <typename Initiation>
    void run_initiation(Initiation&& initiation) {
        run_inside(std::forward<Initiation>(initiation), false);
    }

    void request(unsigned types) noexcept {
        proceed(cell::transit([=](auto w) { return lifecycle::request(w, types); }));
    }

    void expire(unsigned types) noexcept {
        proceed(cell::transit([=](auto w) { return lifecycle::expire(w, types); }));
    }

    /// Called when the completion handler has stored the outcome. `plain` returns true if there is
    /// nothing to clean up; it is called only if no thread is inside.
    template <typename Plain>
    void end(Plain plain) {
        const auto status = derived().final_status();
        if (cell::at_once([=](auto w) { return lifecycle::end_at_once(w, false, status); }, plain))
            return;
        // The completion handler's reference stays while the observers are notified.
        if (cell::at_once([=](auto w) { return lifecycle::end_at_once(w, true, status); }, plain))
            notify(lifecycle::next::notify);
        else
            proceed(cell::transit([](auto w) { return lifecycle::end(w); }));
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

    template <typename Function>
    void run_inside(Function&& function, bool may_emit) {
        try {
            const activity here(this, activity::inside);
            std::forward<Function>(function)();
        } catch (...) {
            leave_after_exception(may_emit);
            throw;
        }
        if (!cell::at_once([](auto w) { return lifecycle::leave_at_once(w, 0); }))
            leave_slowly(may_emit);
    }

    void leave_after_exception(bool may_emit) noexcept {
        try {
            leave_slowly(may_emit);
        } catch (...) {
        }
    }

    ASYNCINFO_NOINLINE void leave_slowly(bool may_emit) {
        std::exception_ptr thrown;
        unsigned delivered = 0;
        do {
            const auto then =
                cell::transit([&](auto w) { return lifecycle::leave(w, may_emit, delivered); });
            if (then != lifecycle::next::deliver) {
                proceed(then);
                break;
            }
            delivered = lifecycle::requested(load());
            try {
                const activity here(this, activity::inside);
                derived().deliver(delivered);
            } catch (...) {
                thrown = std::current_exception();
            }
        } while (!cell::at_once([=](auto w) { return lifecycle::leave_at_once(w, delivered); }));
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
            const activity submitting(this, activity::submitting);
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
        const bool mine = activity::of_this_thread(this, activity::submitting);
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
        if (here)
            arrived_here();
        leave_slowly(!here || derived().emits_anywhere());
    }

    void arrived_here() noexcept {
        try {
            const activity arriving(this, activity::inside);
            derived().arrived_here();
        } catch (...) {
        }
    }

    void finish() {
        {
            const activity here(this, activity::inside);
            derived().clear_slot();
        }
        // An executor that runs the delivery at once brings this thread here inside its own
        // submission.
        cell::transit([this](auto w) {
            return lifecycle::retire(w, activity::of_this_thread(this, activity::submitting));
        });
        derived().drop_executor();
        const auto status = derived().final_status();
        notify(cell::transit([=](auto w) { return lifecycle::publish(w, status); }));
    }

    ASYNCINFO_NOINLINE void notify(lifecycle::next then) {
        if (then != lifecycle::next::notify)
            return proceed(then);
        struct guard {
            gate& self;
            ~guard() { self.release(); }
        } releasing{*this};
        derived().notify_observers();
    }
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_BLOCK_GATE_HPP
