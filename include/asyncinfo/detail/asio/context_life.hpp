//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_ASIO_CONTEXT_LIFE_HPP
#define ASYNCINFO_DETAIL_ASIO_CONTEXT_LIFE_HPP

#include <asyncinfo/detail/asio/polling_frame.hpp>
#include <asyncinfo/detail/asio/runs_here.hpp>
#include <asyncinfo/detail/base/atomic_wait.hpp>
#include <asyncinfo/detail/base/config.hpp>
#include <asyncinfo/detail/base/this_thread.hpp>
#include <asyncinfo/detail/core/shared_work.hpp>

#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <atomic>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

class context_life;
struct context_use;
using context_life_ptr = boost::intrusive_ptr<context_life>;

/// An element of a list of a context's dependents, or of none.
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

/// An object that must not outlive an execution context, and may be known to others that do: a
/// suspended coroutine, a waiting handler.
class context_dependent : context_link {
public:
    /// Called with the lists locked. Keeps this object until `context_ends` or `let_go` is called.
    virtual void hold() noexcept = 0;
    virtual void let_go() noexcept = 0;

    /// The context is being destroyed, on this thread, and still exists. No lock is held. Unless
    /// this is the `last` call the dependent may ask to be called again, by `postpone`.
    virtual void context_ends(context_life& life, bool last) noexcept = 0;

    /// A dependent of the same context that has to end before this one, held; or null.
    virtual context_dependent* awaits(context_life&) noexcept { return nullptr; }

protected:
    context_dependent() = default;
    ~context_dependent() = default;

private:
    friend class context_life;
};

/// What may be known of an execution context after its end: that it has ended. A service of the
/// context makes it, and calls its dependents when the context shuts down.
///
/// Asio lets nobody post to a context that is being destroyed. A thread that might do so, since it
/// is no thread of the context, posts by `unless_over`, which the end waits for.
class ASYNCINFO_DECL context_life {
public:
    /// The life of a context that has not ended.
    static context_life_ptr of(boost::asio::execution_context& context);
    /// The same if this thread has asked for it last, and keeps it; else null.
    static context_life* last_of(const boost::asio::execution_context& context) noexcept {
        // For a later context at the same address the kept life is over.
        context_life* const last = this_thread().last_life;
        return last && last->context_ == &context && !last->is_over() ? last : nullptr;
    }
    /// Releases the life that this thread has asked for last. Called when the thread ends.
    static void forget_last() noexcept {
        const context_life_ptr last(std::exchange(this_thread().last_life, nullptr), false);
    }

    context_life(const context_life&) = delete;
    context_life& operator=(const context_life&) = delete;

    /// The context; not to be used once it has ended.
    boost::asio::execution_context& context() const noexcept { return *context_; }

    bool is_over() const noexcept { return users_.load(std::memory_order_acquire) & over; }

    /// True if this thread runs the context, which is then alive. False also if Asio does not tell.
    bool runs_here() const noexcept {
        return !is_over() && (scheduler_runs_here(scheduler_) || polling_frame::of(*context_));
    }

    /// Calls `function` and returns true, or returns false if the context is over. The context
    /// cannot end meanwhile, except on this thread.
    template <typename Function>
    bool unless_over(Function function);

    /// Adds a dependent; returns false if the context is over. A dependent is added once, and
    /// removed before it is destroyed.
    bool add(context_dependent& dependent);
    /// The same, where the context is an `io_context`, and where the dependent may have been added
    /// already. It is work of the context until `remove_worker`: all of these dependents share what
    /// Asio counts.
    bool add_worker(context_dependent& dependent,
                    const boost::asio::io_context::executor_type& executor);
    void remove(context_dependent& dependent) noexcept;
    void remove_worker(context_dependent& dependent) noexcept;

    /// For a dependent whose `context_ends` is called: calls it again after those that it waits
    /// for.
    void postpone(context_dependent& dependent) noexcept;
    /// The dependent need not wait any more.
    void hasten(context_dependent& dependent) noexcept;
    /// Holds a dependent. Returns false if it has been removed, or if its `context_ends` is called.
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

    using io_work = std::decay_t<typename boost::asio::prefer_result<
        boost::asio::io_context::executor_type,
        boost::asio::execution::outstanding_work_t::tracked_t>::type>;

    void leave() noexcept {
        if (users_.fetch_sub(1, std::memory_order_acq_rel) & over)
            wake_all(users_);
    }
    struct list : context_link {};

    /// Held for a few instructions, and for Asio's `stop` when the last worker leaves; nothing of
    /// a user's runs. It is cheaper than a mutex.
    class lock_guard {
    public:
        explicit lock_guard(context_life& life) noexcept : locked_(life.locked_) {
            if (locked_.exchange(true, std::memory_order_acquire))
                wait();
        }
        lock_guard(const lock_guard&) = delete;
        lock_guard& operator=(const lock_guard&) = delete;
        ~lock_guard() { locked_.store(false, std::memory_order_release); }

    private:
        ASYNCINFO_NOINLINE void wait() noexcept {
            do
                std::this_thread::yield();
            while (locked_.exchange(true, std::memory_order_acquire));
        }

        std::atomic<bool>& locked_;
    };

    void end() noexcept;
    void begin_work(const boost::asio::io_context::executor_type& executor) noexcept;
    void end_work() noexcept;
    context_dependent* take_next() noexcept;
    context_dependent* take_postponed() noexcept;

    static bool is_listed(const context_link& l) noexcept { return l.next_ != &l; }
    static void unlink(context_link& l) noexcept;
    static void append(list& to, context_link& l) noexcept;

    boost::asio::execution_context* const context_;
    const void* const scheduler_; ///< the key by which Asio knows threads of the context
    std::atomic<unsigned> references_{0};
    std::atomic<unsigned> users_{0}; ///< the number of users, and the bit `over`
    std::atomic<bool> locked_{false};
    list dependents_;
    list postponed_;
    shared_work workers_;
    std::optional<io_work> work_;
};

/// A use of a context by a thread. Another thread that ends the context waits for it. The using
/// thread itself may end the context, where a user's destructor or handler owns it.
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
