//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_BASE_ATOMIC_WAIT_HPP
#define ASYNCINFO_DETAIL_BASE_ATOMIC_WAIT_HPP

#include <asyncinfo/detail/base/config.hpp>

#include <atomic>
#include <concepts>
#include <cstddef>

/// How a thread sleeps until an atomic variable changes: as `std::atomic` has it, except on Windows
/// with libstdc++. That has no futex there, and loses wake-ups: `__waiter_pool::_M_do_wait` in its
/// bits/atomic_wait.h compares the value before it locks the mutex of its condition variable, and
/// `_M_notify` does not lock it at all. A notification in between wakes nobody. So we call what
/// Windows has for this. The latches, barriers and semaphores of libstdc++ have the same fault.
namespace asyncinfo::detail {

#if defined(_WIN32) && defined(__GLIBCXX__)

#define ASYNCINFO_WAITS_BY_ADDRESS

ASYNCINFO_DECL void wait_on_address(const void* address, const void* old,
                                    std::size_t size) noexcept;
ASYNCINFO_DECL void wake_by_address(const void* address) noexcept;

template <typename Atomic>
concept std_atomic = std::same_as<Atomic, std::atomic<typename Atomic::value_type>>;

#endif

/// Blocks until the value is another one than `old`.
template <typename Atomic>
void wait_while_equal(const Atomic& atomic, typename Atomic::value_type old) noexcept {
#if defined(ASYNCINFO_WAITS_BY_ADDRESS)
    if constexpr (std_atomic<Atomic>) {
        static_assert(Atomic::is_always_lock_free && sizeof(atomic) == sizeof(old));
        while (atomic.load() == old)
            wait_on_address(&atomic, &old, sizeof(old));
        return;
    }
#endif
    atomic.wait(old);
}

/// Wakes all threads that wait for another value.
template <typename Atomic>
void wake_all(Atomic& atomic) noexcept {
#if defined(ASYNCINFO_WAITS_BY_ADDRESS)
    if constexpr (std_atomic<Atomic>)
        return wake_by_address(&atomic);
#endif
    atomic.notify_all();
}

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_BASE_ATOMIC_WAIT_HPP
