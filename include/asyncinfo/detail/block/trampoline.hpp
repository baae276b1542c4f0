//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_BLOCK_TRAMPOLINE_HPP
#define ASYNCINFO_DETAIL_BLOCK_TRAMPOLINE_HPP

#include <asyncinfo/detail/base/config.hpp>
#include <asyncinfo/detail/base/this_thread.hpp>

#include <exception>
#include <utility>

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
        run(r, [&] { r.resume(); });
    }
    /// The same, where `function` is what resuming it comes to.
    template <typename Function>
    static void run(resumable& r, Function function) {
        if (is_full())
            push(r);
        else
            run_as_level(function);
    }

    /// Runs a function as a level; the trampoline must not be full.
    template <typename Function>
    static void run_as_level(Function function) {
        level here;
        ++this_thread().resume_depth;
        try {
            function();
        } catch (...) {
            here.keep_thrown();
        }
        if (is_full())
            here.run_queue();
        --this_thread().resume_depth;
        here.throw_kept();
    }

    /// The same for a caller that must not throw: the exception comes out of the level that the
    /// caller runs in. Outside any level it terminates.
    static void run_quietly(resumable& r) noexcept {
        run_quietly(r, [&] { r.resume(); });
    }
    template <typename Function>
    static void run_quietly(resumable& r, Function function) noexcept {
        try {
            run(r, function);
        } catch (...) {
            keep_for_level_above();
        }
    }

    /// Runs what has been queued on this thread. Called by a thread that is about to wait for
    /// something.
    static void run_queued() {
        if (!this_thread().last_resumed)
            return;
        level here;
        here.run_queue();
        here.throw_kept();
    }

    /// Removes what has been queued on this thread and has not run.
    static void remove(resumable& r) noexcept;

private:
    /// Catches what the things that it runs throw.
    class ASYNCINFO_DECL level {
    public:
        level() noexcept : above_(std::exchange(this_thread().resume_thrown, &thrown_)) {}
        level(const level&) = delete;
        level& operator=(const level&) = delete;
        ~level() { this_thread().resume_thrown = above_; }

        /// Called in a catch block.
        void keep_thrown() noexcept {
            if (!thrown_)
                thrown_ = std::current_exception();
        }
        void run_queue() noexcept;
        void throw_kept() {
            if (thrown_) [[unlikely]]
                std::rethrow_exception(std::move(thrown_));
        }

    private:
        std::exception_ptr thrown_;
        std::exception_ptr* const above_;
    };

    /// Called in a catch block.
    static void keep_for_level_above() noexcept;
    static void push(resumable& r) noexcept;
    static resumable* pop() noexcept;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_BLOCK_TRAMPOLINE_HPP
