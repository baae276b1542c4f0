//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_BLOCK_TRAMPOLINE_HPP
#define ASYNCINFO_DETAIL_BLOCK_TRAMPOLINE_HPP

#include <asyncinfo/detail/base/this_thread.hpp>

namespace asyncinfo::detail {

/// A thing to be run on this thread, now or when the stack is less deep: the resumption of a
/// coroutine, a call of Completed, the destruction of either. It is its own list element, so
/// queueing allocates nothing.
class resumable {
public:
    resumable() = default;
    resumable(const resumable&) = delete;
    resumable& operator=(const resumable&) = delete;

    virtual void resume() = 0;

protected:
    ~resumable() = default;

private:
    friend class trampoline;

    resumable* next_ = nullptr;
};

/// Bounds how deep coroutines and Completed handlers nest on a thread's stack: what would run
/// deeper than `limit` is queued, and run by the level `limit` once what that runs has returned.
///
/// A handler ends the next operation, whose handler ends the one after that. A coroutine that ends
/// resumes the one that awaits it, which ends and resumes the next. Symmetric transfer would do if
/// compilers made tail calls of it, which g++ does not without optimisation or with a sanitizer.
class ASYNCINFO_DECL trampoline {
public:
    /// A level takes a few kilobytes with sanitizers; threads may have small stacks.
    static constexpr unsigned limit = 32;

    static bool is_full() noexcept { return this_thread().resume_depth == limit; }

    /// Runs it, or queues it. Of several exceptions that a level catches it throws the first.
    static void run(resumable& r) {
        if (is_full())
            push(r);
        else
            run_level(&r);
    }

    /// The same for a caller that must not throw: the exception comes out of the level that the
    /// caller runs in. Outside any level it terminates.
    static void run_quietly(resumable& r) noexcept;

    /// Runs what has been queued on this thread. Called by a thread that is about to wait for
    /// something.
    static void run_queued() {
        if (this_thread().last_resumed)
            run_level(nullptr);
    }

    /// Removes what has been queued on this thread and has not run.
    static void remove(resumable& r) noexcept;

private:
    static void push(resumable& r) noexcept;
    static resumable* pop() noexcept;
    static void run_level(resumable* r);
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_BLOCK_TRAMPOLINE_HPP
