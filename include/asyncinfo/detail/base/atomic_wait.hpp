//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_BASE_ATOMIC_WAIT_HPP
#define ASYNCINFO_DETAIL_BASE_ATOMIC_WAIT_HPP

#include <asyncinfo/detail/base/config.hpp>

#include <atomic>
#include <cstddef>

/// How a thread sleeps until an atomic variable changes: as `std::atomic` has it, except on Windows
/// with libstdc++. That has no futex there, and loses wake-ups: `__waiter_pool::_M_do_wait` in its
/// bits/atomic_wait.h compares the value before it locks the mutex of its condition variable, and
/// `_M_notify` does not lock it at all. A notification in between wakes nobody. So we call what
/// Windows has for this. What waits by std::atomic in libstdc++ has the same fault: std::latch,
/// std::barrier and the semaphores.
namespace asyncinfo::detail {

#if defined(_WIN32) && defined(__GLIBCXX__)

ASYNCINFO_DECL void wait_on_address(const void* address, const void* old,
                                    std::size_t size) noexcept;
ASYNCINFO_DECL void wake_by_address(const void* address) noexcept;

template <typename T>
void wait_while_equal(const std::atomic<T>& atomic, T old) noexcept {
    static_assert(sizeof(atomic) == sizeof(T) && std::atomic<T>::is_always_lock_free);
    while (atomic.load() == old)
        wait_on_address(&atomic, &old, sizeof(T));
}

template <typename T>
void wake_all(std::atomic<T>& atomic) noexcept {
    wake_by_address(&atomic);
}

#endif

/// Blocks until the value is another one than `old`.
template <typename Atomic, typename T>
void wait_while_equal(const Atomic& atomic, T old) noexcept {
    atomic.wait(old);
}

/// Wakes all threads that wait for another value.
template <typename Atomic>
void wake_all(Atomic& atomic) noexcept {
    atomic.notify_all();
}

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_BASE_ATOMIC_WAIT_HPP
