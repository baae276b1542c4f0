//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
// Who waits for the end of an operation: observers, and threads that block.

#include <asyncinfo/detail/block/blocked_thread.hpp>
#include <asyncinfo/detail/block/operation_base.hpp>
#include <asyncinfo/detail/block/trampoline.hpp>
#include <asyncinfo/detail/block/wait_watch.hpp>

namespace asyncinfo::detail {

bool operation_base::observe(observer& added) noexcept {
    if (!lock())
        return false;
    observers_.push_back(added);
    unlock(true);
    return true;
}

bool operation_base::observe_as_owner(observer& added) noexcept {
    bool stored = false;
    if (gate::observe_as_owner([&] {
            observers_.push_back(added);
            stored = true;
        }))
        return true;
    if (stored)
        observers_.remove(added);
    return observe(added);
}

bool operation_base::unobserve(observer& gone) noexcept {
    if (!lock())
        return false;
    observers_.remove(gone);
    unlock_observers();
    return true;
}

bool operation_base::needs_this_thread() noexcept {
    if (!lock())
        return false;
    // The executor exists as long as this thread holds the lock. An operation that is known to have
    // ended needs its context no more: the thread that is inside publishes, unless it is this one.
    const bool needs = is_inside() || (!(load() & lifecycle::ended) && runs_here());
    unlock();
    return needs;
}

context_dependent* operation_base::dependent_of(context_life& life) noexcept {
    if (!lock())
        return nullptr;
    context_dependent* const found = own_dependent(life);
    unlock();
    return found;
}

AsyncStatus operation_base::wait(deadline until, boost::system::error_code& error) {
    trampoline::run_queued();
    if (needs_this_thread()) {
        error = errc::would_deadlock;
        return AsyncStatus::Started;
    }
    blocked_thread waiter;
    if (!observe(waiter))
        return status();
    if (until.is_never()) {
        wait_for_ever(waiter);
    } else if (!waiter.wait(until)) {
        if (unobserve(waiter))
            return AsyncStatus::Started;
        // The operation has just ended, and the thread that ends it is about to use the waiter.
        waiter.wait();
    }
    return status();
}

constinit std::atomic<const wait_watch::methods*> wait_watch::installed{nullptr};

void operation_base::wait_for_ever(blocked_thread& waiter) {
    try {
        wait_watch watch(*this);
        if (waiter.wait(watch.until()))
            return;
        watch.warn();
    } catch (...) {
        if (!unobserve(waiter))
            waiter.wait();
        throw;
    }
    waiter.wait();
}

} // namespace asyncinfo::detail
