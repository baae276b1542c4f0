//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_BLOCK_LIFECYCLE_CELL_HPP
#define ASYNCINFO_DETAIL_BLOCK_LIFECYCLE_CELL_HPP

#include <asyncinfo/detail/base/atomic_wait.hpp>
#include <asyncinfo/detail/base/config.hpp>
#include <asyncinfo/detail/core/lifecycle.hpp>
#include <asyncinfo/detail/core/lifecycle_shortcuts.hpp>

#include <atomic>

namespace asyncinfo::detail {

/// The word of one operation, and how threads change it: by transitions of the lifecycle, and by
/// its shortcuts. A thread for which no transition is possible sleeps until the word changes.
///
/// `Word` is `std::atomic` except in the test that explores all interleavings.
template <typename Word>
class lifecycle_cell {
public:
    lifecycle::word load() const noexcept { return word_.load(std::memory_order_acquire); }

    void retain() noexcept { word_.fetch_add(lifecycle::one_reference, std::memory_order_relaxed); }

    bool retain_if_running() noexcept {
        return transit([](auto w) { return lifecycle::retain_if_running(w); }) ==
               lifecycle::next::perform;
    }

    /// `lifecycle::release`, which can always be made.
    lifecycle::next release() noexcept {
        return lifecycle::release(
                   word_.fetch_sub(lifecycle::one_reference, std::memory_order_acq_rel))
            .then;
    }

    bool lock() noexcept {
        return transit([](auto w) { return lifecycle::lock(w); }) == lifecycle::next::perform;
    }

    void unlock(bool anybody) noexcept {
        if (anybody && at_once([](auto w) { return lifecycle::unlock_at_once(w); }))
            return;
        transit([=](auto w) { return lifecycle::unlock(w, anybody); });
    }

    void unlock() noexcept {
        transit([](auto w) { return lifecycle::unlock(w); });
    }

    /// `store` is called in between, if the transition is possible.
    template <typename Store>
    bool observe_as_owner(Store store) noexcept {
        return at_once([](auto w) { return lifecycle::observe_as_owner(w); },
                       [&] {
                           store();
                           return true;
                       });
    }

    /// `assign`, if that is `perform`.
    bool assign_at_once() noexcept {
        return at_once([](auto w) { return lifecycle::assign_at_once(w); });
    }

    lifecycle::next assign() noexcept {
        return transit([](auto w) { return lifecycle::assign(w); });
    }

    /// Between a successful `hold` or `read` and the gate's `end_read` nothing is released.
    bool hold() noexcept {
        return transit([](auto w) { return lifecycle::hold(w); }) == lifecycle::next::perform;
    }

    bool read(bool claim) noexcept {
        return transit([=](auto w) { return lifecycle::read(w, claim); }) ==
               lifecycle::next::perform;
    }

    /// Takes the result for good if this thread's references, one or more, are the only ones.
    bool claim_if_sole(lifecycle::word own = 1) noexcept {
        return transit([=](auto w) { return lifecycle::claim_if_sole(w, own); }) ==
               lifecycle::next::perform;
    }

    /// Makes the transition that `event` gives, and returns what the thread does next.
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
            const bool wakes = (seen & lifecycle::contended) && frees(seen, value);
            if (wakes)
                value = (value & ~lifecycle::contended) + lifecycle::one_reference;
            if (word_.compare_exchange_weak(seen, value, std::memory_order_acq_rel,
                                            std::memory_order_acquire))
                return wakes ? wake(then) : then;
        }
    }

    /// Takes a shortcut if that applies.
    template <typename Shortcut>
    bool at_once(Shortcut shortcut) noexcept {
        auto seen = load();
        const auto [applies, value] = shortcut(seen);
        return applies && word_.compare_exchange_strong(seen, value, std::memory_order_acq_rel);
    }

    /// The same, if `only_if` says so as well, which is asked last.
    template <typename Shortcut, typename OnlyIf>
    bool at_once(Shortcut shortcut, OnlyIf only_if) noexcept {
        auto seen = load();
        const auto [applies, value] = shortcut(seen);
        return applies && only_if() &&
               word_.compare_exchange_strong(seen, value, std::memory_order_acq_rel);
    }

private:
    /// Wakes the sleeping threads. The caller has added a reference: threads that are awake may end
    /// the operation before all are woken.
    ASYNCINFO_NOINLINE lifecycle::next wake(lifecycle::next then) noexcept {
        wake_all(word_);
        const auto left = transit([](auto w) { return lifecycle::release(w); });
        return then == lifecycle::next::nothing ? left : then;
    }

    /// True if the transition ends something that a thread may be waiting for.
    static constexpr bool frees(lifecycle::word from, lifecycle::word to) noexcept {
        return (from & ~to & (lifecycle::submitting | lifecycle::locked)) ||
               ((from & lifecycle::inside_mask) && !(to & lifecycle::inside_mask));
    }

    ASYNCINFO_NOINLINE lifecycle::word sleep(lifecycle::word seen) noexcept {
        const auto marked = seen | lifecycle::contended;
        if (seen == marked || word_.compare_exchange_strong(seen, marked))
            wait_while_equal(word_, marked);
        return load();
    }

    Word word_{lifecycle::born()};
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_BLOCK_LIFECYCLE_CELL_HPP
