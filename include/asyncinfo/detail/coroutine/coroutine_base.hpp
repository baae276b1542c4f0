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

/// What makes an operation a coroutine, as far as it does not depend on the result.
///
/// The gate is its mutual exclusion: the body runs inside, from one suspension to the next, and so
/// does what a request for cancellation calls. So the body is never met by its own cancellation
/// callback, and a request that comes while it runs is delivered when it suspends.
///
/// Exactly one thing owns the right to resume a suspended coroutine: an observer, a handler of
/// Asio's, a `resumption`. If that is destroyed uncalled the coroutine is abandoned: its frame is
/// destroyed, and the operation ends.
///
/// The end of its executor's context does the same, whatever has the right then. That finds nobody:
/// no frame, which is looked at inside the gate, or on a thread of the context, which lives. It
/// gets a reference of its own for that; nothing of what is awaited may point into the frame
/// without the right, and nothing of it has a copy of the executor.
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

    /// From the initial suspension: runs the body on this thread until it suspends, or if
    /// coroutines are nested too deep here, once the one that called has suspended.
    void start() noexcept;

    // --- Suspending and resuming ----------------------------------------------------------------

    /// Suspends: `initiate` hands the right to resume to somebody, or gives false if it cannot. To be
    /// returned by `await_suspend`: false also if that somebody has used it already.
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

    /// First thing in `await_resume`. Throws `errc::abandoned` if nobody was going to resume.
    void awaited();

    /// Has `awaited` tell this coroutine of its end; false if it has ended.
    bool await_end_of(operation_base& awaited) {
        awaited_ = &awaited;
        return awaited.observe_as_owner(end_);
    }

    /// What is awaited has ended: `store` puts into the frame what with. Where its last step has
    /// come through the gate, or is part of the initiating function, this thread is inside already,
    /// and on the executor but for the function that the caller of the coroutine has run into.
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

    /// Runs the body on, on the coroutine's executor, if it has one: by dispatch. From any thread;
    /// if the executor's context is being destroyed, it is left to that to abandon the coroutine.
    void submit();
    /// The same, but never in this call.
    void submit_later();

    /// The right to resume was destroyed.
    void abandon() noexcept;

    /// From the final suspension, with the outcome stored: the frame goes, parameters and all,
    /// before anybody is told. Whoever calls this in the frame must not touch that any more.
    void finish() noexcept;

    // --- What the body asks for -----------------------------------------------------------------

    /// Null if it has none and so resumes wherever what it awaits ends.
    const boost::asio::any_io_executor& executor() const noexcept { return executor_; }
    void set_executor(boost::asio::any_io_executor executor);

    bool has_executor() const noexcept { return kind_ != executor_kind::none; }

    /// Runs a step of what is awaited, on the executor; one whose context is being destroyed
    /// destroys it. `later`: never in this call.
    template <typename Step>
    void run_step(Step&& step, bool later);
    /// Not to be asked of an executor whose context may be gone.
    boost::asio::execution_context& context() const noexcept;

    /// What is awaited runs there: without an executor of its own a coroutine sends requests that
    /// way.
    template <typename Candidate>
    void awaits_on(const Candidate& candidate) noexcept;

    bool cancel_requested() const noexcept { return lifecycle::requested(self_.load()) != 0; }
    /// Before something is awaited.
    void throw_if_cancelled() const;
    bool throws_if_cancelled() const noexcept { return throws_; }
    void set_throws_if_cancelled(bool throws) noexcept { throws_ = throws; }
    bool set_propagates(bool propagates) noexcept { return std::exchange(propagates_, propagates); }
    void set_callback(std::function<void()> callback);
#if defined(ASYNCINFO_HAS_STOP_TOKEN)
    std::stop_token stop_token();
#endif

    /// What an observer has thrown at the body. The body does not see it: it goes to whoever runs
    /// the body, once that has suspended or ended.
    void keep_thrown(std::exception_ptr thrown) noexcept {
        if (!thrown_)
            thrown_ = std::move(thrown);
    }

    /// The slot of what is awaited.
    operation_slot slot() noexcept { return propagates_ ? self_.slot() : operation_slot(); }

    // --- Effects of the operation's -------------------------------------------------------------

    void submit_request(operation_base::delivery&& request);
    void drop_executor() noexcept;
    bool runs_here() const noexcept;
    boost::asio::any_io_executor any_executor() const;
    void requested();
    void latched() noexcept;
    context_dependent* dependent_of(context_life& life) noexcept {
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
    /// Tells of the end of an awaited handle's operation. Not in the frame: the thread that ends
    /// that may be about to tell when the frame goes.
    class end_of_awaited final : public observer {
    public:
        explicit end_of_awaited(coroutine_base& c) noexcept
            : observer(rank::submitted), coroutine_(c) {}
        ~end_of_awaited() override = default;

        void ended() override { coroutine_.submit(); }

    private:
        coroutine_base& coroutine_;
    };

    /// What is known of the executor, so that nobody need look at one whose context may be gone.
    enum class executor_kind : unsigned char {
        none,
        io_context,
        plain, ///< no more than a pointer, too
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

    /// Inside the gate. For whoever has the right to resume; without a frame it has lost that.
    bool finds_frame() noexcept {
        if (frame_) [[likely]]
            return true;
        self_.release();
        return false;
    }

    /// Inside the gate, by which the operation is there also when the body has ended.
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

    /// Else the context may end meanwhile.
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
    /// Keeps the executor's context running, from the first suspension to the end: to begin and end
    /// work of a context that nobody has run yet would stop it.
    boost::asio::any_io_executor work_;
    /// Without an executor: where what is awaited runs, for the delivery of a request.
    boost::asio::any_io_executor captured_;
    /// Of the executor's context; owned. Changed inside the gate, but for the first time with the
    /// observers locked, too.
    std::atomic<context_life*> life_{nullptr};
    end_of_awaited end_;
    operation_base* awaited_ = nullptr; ///< an awaited handle's
    std::function<void()> callback_;
    std::exception_ptr thrown_; ///< by observers, in this turn of the body's
    /// What the callback, if there was any, has been told of: by the thread that cancels, as a
    /// rule.
    std::atomic<unsigned> told_{0};
#if defined(ASYNCINFO_HAS_STOP_TOKEN)
    std::stop_source stop_{std::nostopstate}; ///< made when a token is asked for
#endif

    executor_kind kind_ = executor_kind::none;
    bool is_watching_ = false;
    bool context_has_ended_ = false;
    bool is_given_back_ = false; ///< nobody has the right to resume
    bool started_ = false;
    bool is_home_ = true; ///< on its executor, if any, and no longer where it was called
    bool dying_ = false;
    bool suspending_ = false;
    bool calling_back_ = false;
    bool is_set_again_ = false; ///< the callback, during its call
    bool resumed_ = false;      ///< during one of these
    bool lost_ = false;         ///< during one of these, for good
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
