//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_BLOCK_ACTIVITY_HPP
#define ASYNCINFO_DETAIL_BLOCK_ACTIVITY_HPP

#include <asyncinfo/detail/base/this_thread.hpp>

#include <utility>

namespace asyncinfo::detail {

/// What this thread is in the middle of, innermost first. It answers two questions that a thread
/// can only ask about itself: whether it is inside a gate, and whether it is submitting a delivery
/// of that gate's operation to an executor.
class activity {
public:
    /// The thread is submitting.
    explicit activity(const void* gate) noexcept : activity(gate, nullptr) {}
    /// The thread is inside. `ended` is set if the operation ends meanwhile: this thread then
    /// finishes it on leaving.
    activity(const void* gate, bool& ended) noexcept : activity(gate, &ended) {}
    ~activity() { this_thread().innermost = outer_; }

    activity(const activity&) = delete;
    activity& operator=(const activity&) = delete;

    static bool is_submitting(const void* gate) noexcept {
        return find(gate, [](const activity& a) { return !a.ended_; }) != nullptr;
    }

    /// If this thread is inside: where to note that the operation ends. Else null.
    static bool* inside(const void* gate) noexcept {
        const activity* const found = find(gate, [](const activity& a) { return a.ended_; });
        return found ? found->ended_ : nullptr;
    }

    /// If being inside is the innermost activity, as it is in a step that ends the operation, notes
    /// that the operation ends.
    static bool ends_innermost(const void* gate) noexcept {
        const activity* const a = this_thread().innermost;
        return a && a->gate_ == gate && a->ended_ && (*a->ended_ = true);
    }

    /// For tests that run the parts of several threads as fibers of one thread: exchanges the
    /// innermost activity.
    static const activity* exchange(const activity* other) noexcept {
        return std::exchange(this_thread().innermost, other);
    }

private:
    activity(const void* gate, bool* ended) noexcept
        : gate_(gate), outer_(this_thread().innermost), ended_(ended) {
        this_thread().innermost = this;
    }

    template <typename Wanted>
    static const activity* find(const void* gate, Wanted wanted) noexcept {
        for (const activity* a = this_thread().innermost; a; a = a->outer_)
            if (a->gate_ == gate && wanted(*a))
                return a;
        return nullptr;
    }

    const void* gate_;
    const activity* outer_;
    bool* ended_; ///< null while submitting
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_BLOCK_ACTIVITY_HPP
