//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_GATE_HPP
#define ASYNCINFO_DETAIL_GATE_HPP

#include <asyncinfo/detail/lifecycle.hpp>

#include <atomic>
#include <exception>
#include <utility>

namespace asyncinfo::detail {

/// What this thread is in the middle of, innermost first, for the two questions a thread can only
/// ask about itself: am I inside this gate, and am I inside this operation's executor?
class activity {
public:
    enum kind_type { inside, submitting };

    activity(const void* gate, kind_type kind) noexcept
        : gate_(gate), outer_(innermost), kind_(kind) {
        innermost = this;
    }
    ~activity() { innermost = outer_; }

    activity(const activity&) = delete;
    activity& operator=(const activity&) = delete;

    static bool of_this_thread(const void* gate, kind_type kind) noexcept {
        for (const activity* a = innermost; a; a = a->outer_)
            if (a->gate_ == gate && a->kind_ == kind)
                return true;
        return false;
    }

private:
    static inline constinit thread_local const activity* innermost = nullptr;

    const void* gate_;
    const activity* outer_;
    kind_type kind_;
};

/// Performs the transitions of the lifecycle and does what each asks for.
///
/// One thread at a time is inside: the initiating function, or a step of the operation, or steps
/// that a step runs. A step that arrives meanwhile waits, as behind a strand, so operations with
/// parallel parts (`asio::cancel_after` has a timer) are safe on a pool. The signal is emitted, and
/// the slot cleared, by the thread inside when it leaves: a request is never missed and Cancel
/// never waits.
///
/// `Derived` supplies the effects:
///     void emit(unsigned types)         calls the cancellation handler, if it is due
///     void submit()                     hands a `delivery` to the executor; may throw
///     void clean_up()                   gives back the executor and clears the slot
///     unsigned final_status()           what the stored outcome amounts to
///     void tell_observers()             wakes and submits; may throw what a handler throws
///     void discard()                    releases the result
///     void destroy()                    frees the block
///
/// `Word` is `std::atomic` but for the test that explores all interleavings.
template <typename Derived, typename Word = std::atomic<lifecycle::word>>
class gate {
public:
    gate(const gate&) = delete;
    gate& operator=(const gate&) = delete;

    lifecycle::word load() const noexcept { return word_.load(std::memory_order_acquire); }

    void retain() noexcept {
        word_.fetch_add(lifecycle::one_reference, std::memory_order_relaxed);
    }

    void release() noexcept {
        // The sole owner of a finished operation need not tell anybody.
        if ((load() & ~left_over) == lifecycle::one_reference)
            return derived().destroy();
        proceed(transit([](auto w) { return lifecycle::release(w); }));
    }

    /// Runs `step` as a step of the operation. Its exception wins over one thrown by what leaving
    /// runs: a delivery, or a Completed handler.
    template <typename Step>
    void run(Step&& step) {
        transit([this](auto w) { return lifecycle::enter(w, mine(w)); });
        run_inside(std::forward<Step>(step), true);
    }

    /// Runs the initiating function: an operation is born with its initiator inside.
    template <typename Initiation>
    void run_initiation(Initiation&& initiation) {
        run_inside(std::forward<Initiation>(initiation), false);
    }

    void request(unsigned types) noexcept {
        proceed(transit([=](auto w) { return lifecycle::request(w, types); }));
    }

    /// The completion handler has stored the outcome. `plain`: there is nothing to clean up.
    void end(bool plain) {
        if (plain) {
            const auto status = derived().final_status();
            const auto then =
                transit([=](auto w) { return lifecycle::end_and_publish(w, status); });
            if (then != lifecycle::next::refuse)
                return announce(then);
        }
        proceed(transit([](auto w) { return lifecycle::end(w); }));
    }

    bool lock() noexcept {
        return transit([](auto w) { return lifecycle::lock(w); }) == lifecycle::next::perform;
    }

    void unlock(bool anybody) noexcept {
        transit([=](auto w) { return lifecycle::unlock(w, anybody); });
    }

    lifecycle::next assign() noexcept {
        return transit([](auto w) { return lifecycle::assign(w); });
    }

    /// Between a successful read and `end_read` the result stays where it is.
    bool read(bool claim) noexcept {
        return transit([=](auto w) { return lifecycle::read(w, claim); }) ==
               lifecycle::next::perform;
    }

    void end_read() noexcept { leave(false, 0); }

    /// Takes the result for good if this thread's reference is the only one.
    bool claim_if_sole() noexcept {
        return transit([](auto w) {
                   if (lifecycle::references(w) != 1 || lifecycle::inside(w) != 0)
                       return lifecycle::transition{w, lifecycle::next::refuse};
                   return lifecycle::read(w, true);
               }) == lifecycle::next::perform;
    }

    bool close() noexcept {
        const auto then = transit([](auto w) { return lifecycle::close(w); });
        if (then == lifecycle::next::refuse)
            return false;
        proceed(then);
        return true;
    }

    /// The request on its way through the executor: a function object that owns a reference.
    class delivery {
    public:
        explicit delivery(Derived& target) noexcept : target_(&target) {}
        delivery(delivery&& other) noexcept : target_(other.target_) { other.target_ = nullptr; }
        delivery& operator=(delivery&&) = delete;

        ~delivery() {
            if (target_) {
                target_->transit([](auto w) { return lifecycle::lose_delivery(w); });
                target_->release();
            }
        }

        void operator()() {
            Derived& target = *target_;
            target_ = nullptr;
            struct guard {
                Derived& target;
                ~guard() { target.release(); }
            } releasing{target};
            const auto then =
                target.transit([&](auto w) { return lifecycle::arrive(w, target.mine(w)); });
            if (then == lifecycle::next::perform)
                target.run_inside([] {}, true);
        }

    private:
        Derived* target_;
    };

protected:
    gate() = default;
    ~gate() = default;

    /// Does what the transition asked the thread to do.
    void proceed(lifecycle::next then) {
        switch (then) {
        case lifecycle::next::submit:
            return hand_over();
        case lifecycle::next::finish:
            return finish();
        case lifecycle::next::discard:
            derived().discard();
            return proceed(transit([](auto w) { return lifecycle::discarded(w); }));
        case lifecycle::next::destroy:
            return derived().destroy();
        default:
            return;
        }
    }

private:
    /// Left over from the operation's life, of no meaning to its last owner.
    static constexpr lifecycle::word left_over =
        lifecycle::one_inside - 1 - (lifecycle::submitting | lifecycle::locked);

    Derived& derived() noexcept { return static_cast<Derived&>(*this); }

    bool mine(lifecycle::word w) const noexcept {
        return (w & lifecycle::inside_mask) && activity::of_this_thread(this, activity::inside);
    }

    template <typename Function>
    void run_inside(Function&& function, bool may_emit) {
        std::exception_ptr thrown;
        auto then = lifecycle::next::nothing;
        {
            const activity here(this, activity::inside);
            unsigned delivered = 0;
            try {
                std::forward<Function>(function)();
            } catch (...) {
                thrown = std::current_exception();
            }
            for (;;) {
                then = transit([&](auto w) { return lifecycle::leave(w, may_emit, delivered); });
                if (then != lifecycle::next::emit)
                    break;
                delivered = lifecycle::requested(load());
                try {
                    derived().emit(delivered);
                } catch (...) {
                    if (!thrown)
                        thrown = std::current_exception();
                }
            }
        }
        if (!thrown)
            return proceed(then);
        try {
            proceed(then);
        } catch (...) {
        }
        std::rethrow_exception(thrown);
    }

    void leave(bool may_emit, unsigned delivered) {
        proceed(transit([=](auto w) { return lifecycle::leave(w, may_emit, delivered); }));
    }

    template <typename Event>
    lifecycle::next transit(Event event) noexcept {
        auto seen = word_.load(std::memory_order_acquire);
        for (;;) {
            auto [value, then] = event(seen);
            if (then == lifecycle::next::wait) {
                seen = sleep(seen);
                continue;
            }
            if (value == seen)
                return then;
            const bool wake = (seen & lifecycle::contended) && frees(seen, value);
            if (wake)
                value &= ~lifecycle::contended;
            if (word_.compare_exchange_weak(seen, value, std::memory_order_acq_rel,
                                            std::memory_order_acquire)) {
                if (wake)
                    word_.notify_all();
                return then;
            }
        }
    }

    /// Does the transition end something that a thread may be waiting for?
    static constexpr bool frees(lifecycle::word from, lifecycle::word to) noexcept {
        return (from & ~to & (lifecycle::submitting | lifecycle::locked)) ||
               ((from & lifecycle::inside_mask) && !(to & lifecycle::inside_mask));
    }

    lifecycle::word sleep(lifecycle::word seen) noexcept {
        const auto marked = seen | lifecycle::contended;
        if (seen == marked || word_.compare_exchange_strong(seen, marked))
            word_.wait(marked);
        return load();
    }

    /// Without memory for the hop the request stays latched, and the next step or Cancel delivers.
    void hand_over() noexcept {
        try {
            const activity submitting(this, activity::submitting);
            derived().submit();
        } catch (...) {
        }
        transit([](auto w) { return lifecycle::submitted(w); });
    }

    void finish() {
        // An executor that runs the delivery at once ends up here inside its own submission.
        transit([this](auto w) {
            return lifecycle::retire(w, activity::of_this_thread(this, activity::submitting));
        });
        {
            const activity here(this, activity::inside);
            derived().clean_up();
        }
        const auto status = derived().final_status();
        announce(transit([=](auto w) { return lifecycle::publish(w, status); }));
    }

    void announce(lifecycle::next then) {
        if (then != lifecycle::next::notify)
            return proceed(then);
        struct guard {
            gate& self;
            ~guard() { self.release(); }
        } releasing{*this};
        derived().tell_observers();
    }

    Word word_{lifecycle::born()};
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_GATE_HPP
