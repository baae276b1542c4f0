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
    enum kind_type { inside, submitting };

    activity(const void* gate, kind_type kind) noexcept
        : gate_(gate), outer_(this_thread().innermost), kind_(kind) {
        this_thread().innermost = this;
    }
    ~activity() { this_thread().innermost = outer_; }

    activity(const activity&) = delete;
    activity& operator=(const activity&) = delete;

    static bool of_this_thread(const void* gate, kind_type kind) noexcept {
        for (const activity* a = this_thread().innermost; a; a = a->outer_)
            if (a->gate_ == gate && a->kind_ == kind)
                return true;
        return false;
    }

    /// For tests that run the parts of several threads as fibers of one thread: exchanges the
    /// innermost activity.
    static const activity* exchange(const activity* other) noexcept {
        return std::exchange(this_thread().innermost, other);
    }

private:
    const void* gate_;
    const activity* outer_;
    kind_type kind_;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_BLOCK_ACTIVITY_HPP
