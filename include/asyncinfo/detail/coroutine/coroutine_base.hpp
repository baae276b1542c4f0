//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_COROUTINE_COROUTINE_BASE_HPP
#define ASYNCINFO_DETAIL_COROUTINE_COROUTINE_BASE_HPP

#include <asyncinfo/detail/asio/context_life.hpp>
#include <asyncinfo/detail/asio/post_to.hpp>
#include <asyncinfo/detail/asio/runs_here.hpp>
#include <asyncinfo/detail/base/config.hpp>
#include <asyncinfo/detail/block/observer.hpp>
#include <asyncinfo/detail/block/operation.hpp>
#include <asyncinfo/detail/block/trampoline.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <coroutine>
#include <exception>
#include <functional>
#include <type_traits>
#include <utility>

#if defined(ASYNCINFO_HAS_STOP_TOKEN)
#include <stop_token>
#endif

namespace asyncinfo::detail {

/// The part of a coroutine's operation that does not depend on the result.
///
/// The gate is the coroutine's mutual exclusion: the body runs inside, from one suspension to the
/// next, and so do the cancellation handlers. So the cancellation callback never runs at the same
/// time as the body, and a request made while the body runs is delivered when it suspends.
///
/// Exactly one object owns the right to resume a suspended coroutine: an observer, a completion
/// handler of Asio's or a `resumption`. If that is destroyed uncalled the coroutine is abandoned:
/// its frame is destroyed, and the operation ends.
///
/// The end of its executor's context abandons the coroutine too, whatever owns the right then. The
/// owner finds no frame afterwards; it looks at the frame inside the gate, or on a thread of the
/// context, which lives. The owner gets a reference of its own for that. Nothing of the awaited
/// operation may point into the frame without the right, or have a copy of the executor.
class ASYNCINFO_DECL coroutine_base : public resumable, public context_dependent {
public:
    explicit coroutine_base(operation_base& self) noexcept : self_(self), end_(*this) {}

    operation_base& self() noexcept { return self_; }

    // --- Life -----------------------------------------------------------------------------------

    void set_frame(std::coroutine_handle<> frame) noexcept { frame_ = frame; }
    std::coroutine_handle<> take_frame() noexcept { return std::exchange(frame_, nullptr); }

    void set_first_executor(boost::asio::any_io_executor executor) noexcept {
        executor_ = std::move(executor);
        kind_ = kind_of(executor_);
        is_home_ = false;
    }

    /// Called by the initial suspension: runs the body on this thread until it suspends. If
    /// coroutines are nested too deep on this thread, the body runs once its caller has suspended.
    void start() noexcept;

    // --- Suspending and resuming ----------------------------------------------------------------

    /// Suspends the coroutine: `initiate` gives the right to resume away, or returns false if it
    /// cannot. `await_suspend` returns the result, which is false also if the await has completed
    /// inline: the body then goes on at once.
    template <typename Initiate>
    bool suspend(bool emits_anywhere, Initiate initiate) {
        if (!is_watching_)
            watch_context();
        self_.set_emits_anywhere(emits_anywhere && !callback_);
        resumed_ = lost_ = false;
        suspending_ = true;
        struct guard {
            coroutine_base& self;
            bool initiated = false;
            ~guard() {
                self.suspending_ = false;
                if (!initiated)
                    self.forget_awaited();
            }
        } state{*this};
        state.initiated = initiate();
        const bool suspended = state.initiated && !resumed_ && !lost_;
        if (suspended && executor_ && !work_)
            hold_work();
        return suspended;
    }

    /// Called first in `await_resume`. Throws `errc::abandoned` if the right to resume was lost
    /// while the coroutine suspended.
    void awaited();

    /// Has `awaited` notify this coroutine of its end; false if it has ended.
    bool await_end_of(operation_base& awaited) {
        awaited_ = &awaited;
        return awaited.observe_as_owner(end_);
    }

    /// Called when the awaited operation has ended: `store` stores its outcome in the frame. If its
    /// last step ran inside the gate, or in the initiating function, this thread is inside already.
    /// Then it is on the executor, too, unless the coroutine still runs on its caller's thread.
    template <typename Store>
    void end_await(Store store) {
        const bool inside = self_.is_inside();
        const bool here = inside || may_run_here();
        if (!here) {
            bool stored = false;
            self_.run([&] {
                if ((stored = finds_frame()))
                    store();
            });
            if (stored)
                submit_later();
            return;
        }
        if (!finds_frame())
            return;
        store();
        if (!inside)
            submit_here();
        else if (is_home_ || !suspending_)
            go_on();
        else
            submit();
    }

    /// Resumes the body by dispatch to the coroutine's executor, if it has one. Callable from any
    /// thread. If the executor's context is being destroyed, the context abandons the coroutine.
    void submit();
    /// The same, but with an executor the body does not run in this call.
    void submit_later();

    /// Called when the right to resume is destroyed.
    void abandon() noexcept;

    /// Called by the final suspension, with the outcome stored. Destroys the frame with its
    /// parameters before observers are notified, so a caller in the frame must not use that any
    /// more.
    void finish() noexcept;

    // --- What the body asks for -----------------------------------------------------------------

    /// Null if the coroutine has none: then it resumes where the awaited operation ends.
    const boost::asio::any_io_executor& executor() const noexcept { return executor_; }
    void set_executor(boost::asio::any_io_executor executor);

    bool has_executor() const noexcept { return kind_ != executor_kind::none; }

    /// Runs a step of the awaited operation on the executor. If the executor's context is being
    /// destroyed, the step is destroyed. `later`: the step does not run in this call.
    template <typename Step>
    void run_step(Step&& step, bool later);
    /// Must not be called if the executor's context may be gone.
    boost::asio::execution_context& context() const noexcept;

    /// Captures the executor of the awaited operation if the coroutine has none of its own:
    /// requests are then delivered on the captured executor.
    template <typename Candidate>
    void awaits_on(const Candidate& candidate) noexcept;

    bool cancel_requested() const noexcept { return lifecycle::requested(self_.load()) != 0; }
    /// Called before the coroutine awaits.
    void throw_if_cancelled() const;
    bool throws_if_cancelled() const noexcept { return throws_; }
    void set_throws_if_cancelled(bool throws) noexcept { throws_ = throws; }
    bool set_propagates(bool propagates) noexcept { return std::exchange(propagates_, propagates); }
    void set_callback(std::function<void()> callback);
#if defined(ASYNCINFO_HAS_STOP_TOKEN)
    std::stop_token stop_token();
#endif

    /// Keeps an exception of an observer that the body has notified. The body does not see it: it
    /// is thrown to the caller that runs the body, once that has suspended or ended.
    void keep_thrown(std::exception_ptr thrown) noexcept {
        if (!thrown_)
            thrown_ = std::move(thrown);
    }

    /// The cancellation slot of the awaited operation.
    operation_slot slot() noexcept { return propagates_ ? self_.slot() : operation_slot(); }

    // --- Effects of the operation's -------------------------------------------------------------

    void submit_request(operation_base::delivery&& request);
    void drop_executor() noexcept;
    bool runs_here() const noexcept;
    boost::asio::any_io_executor any_executor() const;
    void requested();
    void latched() noexcept;
    context_dependent* hold_if_watched(context_life& life) noexcept {
        return life.hold_if_listed(*this) ? this : nullptr;
    }

protected:
    ~coroutine_base() {
        if (context_life* const life = life_.load(std::memory_order_relaxed))
            intrusive_ptr_release(life);
    }

    /// Ends the operation; its outcome is stored.
    virtual void publish() = 0;
    /// Frees the memory.
    virtual void destroy_block() noexcept = 0;
    /// As `destroy_block`, but at a bounded depth of the stack.
    void destroy_later() noexcept;

private:
    /// Observes the operation of an awaited handle. It is not in the frame, since a thread that
    /// ends that operation may be about to notify it when the frame is destroyed.
    class end_of_awaited final : public observer {
    public:
        explicit end_of_awaited(coroutine_base& c) noexcept
            : observer(rank::submitted), coroutine_(c) {}
        ~end_of_awaited() override = default;

        void ended() override { coroutine_.submit(); }

    private:
        coroutine_base& coroutine_;
    };

    /// The kind of the executor: known without using an executor whose context may be gone.
    enum class executor_kind : unsigned char {
        none,
        io_context,
        plain, ///< another one that is only a pointer
        queue, ///< keeps its context alive
        other  ///< a strand, say
    };
    static executor_kind kind_of(const boost::asio::any_io_executor& executor) noexcept;

    /// Inside the gate, on the executor.
    void go_on() {
        is_home_ = true;
        if (!finds_frame())
            return;
        if (suspending_ || calling_back_)
            resumed_ = true;
        else
            run_body();
    }

    /// Called inside the gate by the owner of the right to resume. Without a frame the owner has
    /// lost the right, and its reference is released here.
    bool finds_frame() noexcept {
        if (frame_) [[likely]]
            return true;
        self_.release();
        return false;
    }

    /// Called inside the gate, which keeps the operation alive also when the body has ended.
    void run_body() {
        frame_.resume();
        if (context_has_ended_) [[unlikely]]
            end_with_context();
        throw_kept();
    }
    void throw_kept() {
        if (thrown_) [[unlikely]]
            std::rethrow_exception(std::exchange(thrown_, nullptr));
    }

    /// False if the context may end while this thread runs the coroutine.
    bool may_run_here() const noexcept {
        context_life* const life = life_.load(std::memory_order_relaxed);
        return !life || runs_here(*life);
    }
    bool runs_here(context_life& life) const noexcept {
#if defined(ASYNCINFO_USE_ASIO_INTERNALS)
        return life.runs_here();
#else
        bool here = false;
        life.unless_over([&] { here = runs_on_this_thread(executor_); });
        return here;
#endif
    }
    void submit_here();

    void watch(context_life_ptr life) noexcept;
    void watch_context();
    void give_back() noexcept;
    void end_with_context() noexcept;
    void hold() noexcept override { self_.retain(); }
    void let_go() noexcept override { self_.release(); }
    void context_ends(context_life& life, bool last) noexcept override;
    context_dependent* awaits(context_life& life) noexcept override;

    void resume() override;
    void call_back();
    void destroy_frame();
    void publish_and_keep_thrown() noexcept;
    void forget_awaited() noexcept;
    void capture(boost::asio::any_io_executor executor) noexcept;
    void hold_work() noexcept;

    operation_base& self_;
    std::coroutine_handle<> frame_;
    boost::asio::any_io_executor executor_;
    /// Keeps the executor's context running from the first suspension to the end. Work per await is
    /// no alternative: work that begins and ends before the context has run would stop it.
    boost::asio::any_io_executor work_;
    /// The awaited operation's executor, if the coroutine has none: for the delivery of a request.
    boost::asio::any_io_executor captured_;
    /// The life of the executor's context; owned. Changed inside the gate, and the first time with
    /// the observers locked, too.
    std::atomic<context_life*> life_{nullptr};
    end_of_awaited end_;
    operation_base* awaited_ = nullptr; ///< of an awaited handle
    std::function<void()> callback_;
    std::exception_ptr thrown_; ///< by observers, since the body was resumed last
    /// The request that the callback, if there was any, has received; as a rule on the thread that
    /// cancels.
    std::atomic<unsigned> told_{0};
#if defined(ASYNCINFO_HAS_STOP_TOKEN)
    std::stop_source stop_{std::nostopstate}; ///< made when a token is asked for
#endif

    executor_kind kind_ = executor_kind::none;
    bool is_watching_ = false;
    bool context_has_ended_ = false;
    bool is_given_back_ = false; ///< the right to resume is gone
    bool started_ = false;
    bool is_home_ = true; ///< runs on its executor, if any, and no longer where it was called
    bool dying_ = false;
    bool suspending_ = false;
    bool calling_back_ = false;
    bool is_set_again_ = false; ///< the callback, during its call
    bool resumed_ = false;      ///< while suspending or calling back
    bool lost_ = false;         ///< while suspending or calling back: the right to resume
    bool propagates_ = true;
    bool throws_ = true;
};

/// The right to resume, as a function object.
class resumption {
public:
    explicit resumption(coroutine_base& coroutine) noexcept : coroutine_(&coroutine) {}
    resumption(resumption&& other) noexcept
        : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
    resumption& operator=(resumption&&) = delete;
    ~resumption() {
        if (coroutine_)
            coroutine_->abandon();
    }

    coroutine_base* release() noexcept { return std::exchange(coroutine_, nullptr); }

    void operator()() { trampoline::run(*release()); }

private:
    coroutine_base* coroutine_;
};

template <typename Step>
void coroutine_base::run_step(Step&& step, bool later) {
    context_life* const life = life_.load(std::memory_order_relaxed);
    const bool here = !life || runs_here(*life);
    if (here && !later)
        return boost::asio::any_io_executor(executor_).execute(std::forward<Step>(step));
    const auto post = [&] {
        post_to(boost::asio::any_io_executor(executor_), std::forward<Step>(step));
    };
    if (here || kind_ == executor_kind::queue)
        post();
    else
        life->unless_over(post);
}

template <typename Candidate>
void coroutine_base::awaits_on(const Candidate& candidate) noexcept {
    if constexpr (any_kind_of_executor<Candidate>)
        if (!has_executor())
            if (auto own = as_any_io_executor(candidate); names_a_place(own))
                capture(std::move(own));
}

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_COROUTINE_COROUTINE_BASE_HPP
