//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_COROUTINE_COROUTINE_HOME_HPP
#define ASYNCINFO_DETAIL_COROUTINE_COROUTINE_HOME_HPP

#include <asyncinfo/detail/asio/context_life.hpp>
#include <asyncinfo/detail/asio/post_to.hpp>
#include <asyncinfo/detail/asio/runs_here.hpp>
#include <asyncinfo/detail/base/config.hpp>
#include <asyncinfo/detail/block/operation.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/query.hpp>

#include <atomic>
#include <memory>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

/// Locks the coroutine's executor against other threads that may ask for it.
class executor_lock {
public:
    explicit executor_lock(operation_base& operation) noexcept
        : operation_(operation), locked_(operation.lock()) {}
    executor_lock(const executor_lock&) = delete;
    executor_lock& operator=(const executor_lock&) = delete;
    ~executor_lock() {
        if (locked_)
            operation_.unlock();
    }

    /// False once the operation has ended.
    explicit operator bool() const noexcept { return locked_; }

private:
    operation_base& operation_;
    const bool locked_;
};

/// Where a coroutine runs: its executor, if it has one, with the life of the executor's context;
/// else the executor of what it awaits, for the delivery of a request.
///
/// The executor of an `io_context`, the commonest, is kept without type erasure.
class ASYNCINFO_DECL coroutine_home : public context_dependent {
public:
    coroutine_home(const coroutine_home&) = delete;
    coroutine_home& operator=(const coroutine_home&) = delete;

    operation_base& self() noexcept { return self_; }

    /// False if the coroutine has none: then it resumes where the awaited operation ends.
    bool has_executor() const noexcept { return kind_ != executor_kind::none; }
    /// Must not be called if the executor's context may be gone.
    boost::asio::execution_context& context() const noexcept;
    /// Runs a step of the awaited operation on the executor. If the executor's context is being
    /// destroyed, the step is destroyed. `later`: the step does not run in this call.
    template <typename Step>
    void run_step(Step&& step, bool later) const;
    /// True if a step that comes from the reactor on this thread is on the executor already.
    bool steps_run_here() const noexcept { return needs_no_dispatch() && may_run_here(); }
    /// Captures the executor of the awaited operation if the coroutine has none of its own:
    /// requests are then delivered on the captured executor.
    template <typename Candidate>
    void awaits_on(const Candidate& candidate) noexcept;

    /// False if the context may end while this thread runs the coroutine.
    bool may_run_here() const noexcept {
        context_life* const known = life();
        return !known || runs_here(*known);
    }
    /// True if a function may be called here in place of a dispatch by a thread of the context.
    bool needs_no_dispatch() const noexcept { return kind_ <= executor_kind::io_context; }

    void drop_executor() noexcept;
    /// Called when the body has ended. Gives back what belongs to the context, if the executor
    /// itself may outlive that, and if this is a thread of the context, which therefore does not
    /// end. Else it returns false, and `drop_executor` is still to be called.
    bool leave_early() noexcept {
        if (!needs_no_dispatch() || is_captured_ || is_listed_)
            return false;
        if (std::exchange(works_, false))
            life()->remove_worker(*this);
        return true;
    }
    bool runs_here() const noexcept;
    boost::asio::any_io_executor any_executor() const;
    context_dependent* hold_if_watched(context_life& life) noexcept {
        return this->life() == &life && life.hold_if_listed(*this) ? this : nullptr;
    }

protected:
    explicit coroutine_home(operation_base& self) noexcept : self_(self) {}
    ~coroutine_home() {
        if (holds_erased() || works_) [[unlikely]]
            destroy_executor();
        if (context_life* const known = life())
            intrusive_ptr_release(known);
    }

    context_life* life() const noexcept { return life_.load(std::memory_order_relaxed); }

    template <typename Executor>
    void set_first_executor(const Executor& executor) {
        if constexpr (std::is_same_v<Executor, io_executor>) {
            std::construct_at(&io_, executor);
            kind_ = executor_kind::io_context;
        } else {
            keep(as_any_io_executor(executor));
        }
    }
    /// Has no effect if it throws.
    void set_executor(boost::asio::any_io_executor executor);

    /// Called before the first suspension: the owner of the right to resume reads the life.
    void watch() {
        if (!is_watching_)
            watch_context();
    }
    /// Called when the coroutine has suspended. Returns false if the context is over.
    bool hold_work() noexcept { return works_ || begin_work(); }

    template <typename Function>
    void execute(Function&& function) const {
        with_copy([&](auto& executor) { executor.execute(std::forward<Function>(function)); });
    }
    /// Posts what `make` returns; false if the context is being destroyed.
    template <typename Make>
    bool post(Make make) const;
    /// For a coroutine without an executor: keeps the first one that the awaited operation asks
    /// with; null lets go of it.
    void capture(boost::asio::any_io_executor executor) noexcept;
    void forget_captured() noexcept {
        if (is_captured_) [[unlikely]]
            release_captured();
    }

    /// Without an executor, a request of which the callback has not been `told` is delivered here.
    void submit_request(operation_base::delivery&& request, const std::atomic<unsigned>& told);
    operation_base& self_;

private:
    /// The kind of the executor: known without using an executor whose context may be gone.
    enum class executor_kind : unsigned char {
        none,
        io_context,
        plain, ///< another one that is only a pointer
        queue, ///< keeps its context alive
        other  ///< a strand, say
    };
    static executor_kind kind_of(const boost::asio::any_io_executor& executor) noexcept;

    using io_executor = boost::asio::io_context::executor_type;

    bool is_io() const noexcept { return kind_ == executor_kind::io_context; }
    /// True if `executor_` is the union's member.
    bool holds_erased() const noexcept { return kind_ > executor_kind::io_context || is_captured_; }
    /// Keeps the first executor, or one in the place of one that was taken out.
    void keep(boost::asio::any_io_executor executor) noexcept;
    /// Takes the executor out, be it captured.
    boost::asio::any_io_executor take_executor() noexcept;
    /// Returns true if the life has the work.
    bool drop_work() noexcept;
    void destroy_executor() noexcept;
    /// Calls `use` with a copy of the executor, since the coroutine may end meanwhile.
    template <typename Use>
    void with_copy(Use use) const {
        if (is_io()) {
            io_executor copy(io_);
            use(copy);
        } else {
            // Null for what an operation keeps that was awaited before the coroutine had none.
            boost::asio::any_io_executor copy;
            if (holds_erased())
                copy = executor_;
            use(copy);
        }
    }

    bool runs_here(context_life& life) const noexcept {
#if defined(ASYNCINFO_USE_ASIO_INTERNALS)
        return life.runs_here();
#else
        bool here = false;
        life.unless_over([&] {
            with_copy([&](const auto& executor) { here = runs_on_this_thread(executor); });
        });
        return here;
#endif
    }
    void watch(context_life_ptr life) noexcept;
    void watch_context();
    void release_captured() noexcept;
    bool begin_work() noexcept;
    void make_work() noexcept;

    union {
        /// The executor if it is of another kind than `io_context`. If the coroutine has none, and
        /// `is_captured_`: that of the awaited operation, for the delivery of a request.
        boost::asio::any_io_executor executor_;
        io_executor io_;
    };
    /// Keeps the executor's context running from the first suspension to the end, if `works_` and
    /// the context is no `io_context`: the life of such a one does that. Work per await is no
    /// alternative: work that begins and ends before the context has run would stop it.
    union {
        boost::asio::any_io_executor work_;
    };
    /// The life of the executor's context; owned. Changed inside the gate, and the first time with
    /// the observers locked, too.
    std::atomic<context_life*> life_{nullptr};
    executor_kind kind_ = executor_kind::none;
    bool is_captured_ = false;
    bool is_watching_ = false;
    bool is_listed_ = false; ///< it entered the list when it began to watch
    bool works_ = false;
};

template <typename Make>
bool coroutine_home::post(Make make) const {
    context_life* const known = life();
    const auto post = [&] { with_copy([&](const auto& executor) { post_to(executor, make()); }); };
    if (known && kind_ != executor_kind::queue)
        return known->unless_over(post);
    post();
    return true;
}

template <typename Step>
void coroutine_home::run_step(Step&& step, bool later) const {
    context_life* const known = life();
    const bool here = !known || runs_here(*known);
    if (here && !later)
        return execute(std::forward<Step>(step));
    const auto post = [&] {
        with_copy([&](const auto& executor) { post_to(executor, std::forward<Step>(step)); });
    };
    if (here || kind_ == executor_kind::queue)
        post();
    else
        known->unless_over(post);
}

template <typename Candidate>
void coroutine_home::awaits_on(const Candidate& candidate) noexcept {
    if constexpr (any_kind_of_executor<Candidate>)
        if (!has_executor())
            if (auto own = as_any_io_executor(candidate); names_a_place(own))
                capture(std::move(own));
}

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_COROUTINE_COROUTINE_HOME_HPP
