//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_ASIO_CONTEXT_LIFE_HPP
#define ASYNCINFO_DETAIL_ASIO_CONTEXT_LIFE_HPP

#include <asyncinfo/detail/base/config.hpp>
#include <asyncinfo/detail/base/this_thread.hpp>

#include <boost/asio/execution_context.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <atomic>
#include <thread>
#include <utility>

namespace asyncinfo::detail {

class context_life;
struct context_use;
using context_life_ptr = boost::intrusive_ptr<context_life>;

/// In a list of a context's dependents, or in none.
class context_link {
protected:
    context_link() = default;
    context_link(const context_link&) = delete;
    context_link& operator=(const context_link&) = delete;
    ~context_link() = default;

private:
    friend class context_life;

    context_link* next_ = this;
    context_link* previous_ = this;
};

/// Something that must not outlive an execution context, and may be known to others that do: a
/// suspended coroutine, a waiting handler.
class context_dependent : context_link {
public:
    /// Called with the lists locked: keeps this until `context_ends` has been called, or `let_go`.
    virtual void hold() noexcept = 0;
    virtual void let_go() noexcept = 0;

    /// The context is being destroyed, on this thread, and is still there. No lock is held. Unless
    /// this is the `last` call it may ask to be called again, by `postpone`.
    virtual void context_ends(context_life& life, bool last) noexcept = 0;

    /// One of the same context that has to end before this does: held; or null.
    virtual context_dependent* awaits(context_life&) noexcept { return nullptr; }

protected:
    context_dependent() = default;
    ~context_dependent() = default;

private:
    friend class context_life;
};

/// What may be known of an execution context after its end: that it has ended. A service of the
/// context makes it, and tells its dependents when the context shuts down.
///
/// Asio lets nobody post to a context that is being destroyed. Who might do so, since it is no thread
/// of the context, does it by `unless_over`, which the end waits for.
class ASYNCINFO_DECL context_life {
public:
    /// Of a living context.
    static context_life_ptr of(boost::asio::execution_context& context);
    /// What this thread, which ends, has asked for last.
    static void forget_last() noexcept;

    context_life(const context_life&) = delete;
    context_life& operator=(const context_life&) = delete;

    /// Not to be used once it is over.
    boost::asio::execution_context& context() const noexcept { return *context_; }

    bool is_over() const noexcept { return users_.load(std::memory_order_acquire) & over; }

    /// Does this thread run the context? Then that is alive. False also if Asio does not tell.
    bool runs_here() const noexcept;

    /// Calls `function`, or gives false.
    template <typename Function>
    bool unless_over(Function function);

    /// False if it is over. A dependent is added once, and removed before it goes.
    bool add(context_dependent& dependent);
    void remove(context_dependent& dependent) noexcept;

    /// For a dependent to whom the end is told: after those that it waits for.
    void postpone(context_dependent& dependent) noexcept;
    /// It need not wait any more.
    void hasten(context_dependent& dependent) noexcept;
    /// False if it has ended, or is being told.
    bool hold_if_listed(context_dependent& dependent) noexcept;

    friend void intrusive_ptr_add_ref(context_life* life) noexcept {
        life->references_.fetch_add(1, std::memory_order_relaxed);
    }
    friend void intrusive_ptr_release(context_life* life) noexcept {
        if (life->references_.fetch_sub(1, std::memory_order_acq_rel) == 1)
            delete life;
    }

private:
    friend struct context_use;
    class service;

    explicit context_life(boost::asio::execution_context& context);
    ~context_life() = default;

    static constexpr unsigned over = 1u << 31;

    void leave() noexcept {
        if (users_.fetch_sub(1, std::memory_order_acq_rel) & over)
            users_.notify_all();
    }
    struct list : context_link {};

    /// For a few instructions, none of them a user's; cheaper than a mutex.
    class lock_guard {
    public:
        explicit lock_guard(context_life& life) noexcept : locked_(life.locked_) {
            while (locked_.exchange(true, std::memory_order_acquire))
                std::this_thread::yield();
        }
        lock_guard(const lock_guard&) = delete;
        lock_guard& operator=(const lock_guard&) = delete;
        ~lock_guard() { locked_.store(false, std::memory_order_release); }

    private:
        std::atomic<bool>& locked_;
    };

    void end() noexcept;
    context_dependent* take_next() noexcept;
    context_dependent* take_postponed() noexcept;

    static bool is_listed(const context_link& l) noexcept { return l.next_ != &l; }
    static void unlink(context_link& l) noexcept;
    static void append(list& to, context_link& l) noexcept;

    boost::asio::execution_context* const context_;
    const void* const scheduler_; ///< what Asio tells threads of the context by
    std::atomic<unsigned> references_{0};
    std::atomic<unsigned> users_{0}; ///< and whether it is over
    std::atomic<bool> locked_{false};
    list dependents_;
    list postponed_;
};

/// What a thread is doing with a context, which another thread that ends the context waits for. The
/// thread itself may do so, where a user's destructor or handler owns the context.
struct context_use {
    explicit context_use(context_life& used) noexcept
        : life(used), outer(std::exchange(this_thread().innermost_use, this)),
          alive(!(life.users_.fetch_add(1, std::memory_order_acquire) & context_life::over)) {}
    context_use(const context_use&) = delete;
    context_use& operator=(const context_use&) = delete;
    ~context_use() {
        this_thread().innermost_use = outer;
        life.leave();
    }

    context_life& life;
    const context_use* const outer;
    const bool alive;
};

template <typename Function>
bool context_life::unless_over(Function function) {
    const context_use use(*this);
    if (use.alive)
        function();
    return use.alive;
}

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_ASIO_CONTEXT_LIFE_HPP
