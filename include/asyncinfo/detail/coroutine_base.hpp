//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_COROUTINE_BASE_HPP
#define ASYNCINFO_DETAIL_COROUTINE_BASE_HPP

#include <asyncinfo/detail/operation.hpp>
#include <asyncinfo/detail/resume_queue.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/system_executor.hpp>

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
class ASYNCINFO_DECL coroutine_base : public resumable {
public:
    explicit coroutine_base(operation_base& self) noexcept : self_(self) {}

    operation_base& self() noexcept { return self_; }

    // --- Life -----------------------------------------------------------------------------------

    void set_frame(std::coroutine_handle<> frame) noexcept { frame_ = frame; }
    std::coroutine_handle<> take_frame() noexcept { return std::exchange(frame_, nullptr); }

    void set_first_executor(boost::asio::any_io_executor executor) noexcept {
        executor_ = std::move(executor);
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

    /// From a step of what is awaited, its last: as `submit`. Where the step has come through the
    /// gate, or is part of the initiating function, this thread is inside already, and on the executor
    /// but for the function that the caller of the coroutine has run into.
    void submit_from_step() {
        if (self_.is_inside() && (is_home_ || !suspending_))
            go_on();
        else
            submit();
    }

    /// Runs the body on, on the coroutine's executor, if it has one: by dispatch.
    void submit();
    /// The same, but never in this call.
    void submit_later();

    /// The right to resume was destroyed.
    void abandon() noexcept;

    /// From the final suspension, with the outcome stored.
    void finish() noexcept;

    // --- What the body asks for -----------------------------------------------------------------

    /// Null if it has none and so resumes wherever what it awaits ends.
    const boost::asio::any_io_executor& executor() const noexcept { return executor_; }
    void set_executor(boost::asio::any_io_executor executor);

    /// The executor of a step of what is awaited.
    template <typename Candidate>
    boost::asio::any_io_executor executor_or(const Candidate& candidate) noexcept;

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

    /// What an observer has thrown at the body. The body does not see it: it goes to whoever runs the
    /// body, once that has suspended or ended.
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

protected:
    ~coroutine_base() = default;

    /// Ends the operation; its outcome is stored.
    virtual void publish() = 0;
    /// Frees the memory, frame and all.
    virtual void destroy_block() noexcept = 0;
    /// As `destroy_block`, but at a bounded depth of the stack.
    void destroy_later() noexcept;

private:
    /// Inside the gate, on the executor.
    void go_on() {
        is_home_ = true;
        if (suspending_ || calling_back_)
            resumed_ = true;
        else
            run_body();
    }

    /// Inside the gate, by which the operation is there also when the body has ended.
    void run_body() {
        frame_.resume();
        throw_kept();
    }
    void throw_kept() {
        if (thrown_) [[unlikely]]
            std::rethrow_exception(std::exchange(thrown_, nullptr));
    }

    void resume() override;
    void call_back();
    void destroy_frame();
    void forget_awaited() noexcept;
    void capture(boost::asio::any_io_executor executor) noexcept;
    void hold_work();

    operation_base& self_;
    std::coroutine_handle<> frame_;
    boost::asio::any_io_executor executor_;
    /// Keeps the executor's context running, from the first suspension to the end: to begin and end
    /// work of a context that nobody has run yet would stop it.
    boost::asio::any_io_executor work_;
    /// Without an executor: where what is awaited runs, for the delivery of a request.
    boost::asio::any_io_executor captured_;
    std::function<void()> callback_;
    std::exception_ptr thrown_; ///< by observers, in this turn of the body's
    /// What the callback, if there was any, has been told of: by the thread that cancels, as a rule.
    std::atomic<unsigned> told_{0};
#if defined(ASYNCINFO_HAS_STOP_TOKEN)
    std::stop_source stop_{std::nostopstate}; ///< made when a token is asked for
#endif

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

    void operator()() { resume_queue::run(*release()); }

private:
    coroutine_base* coroutine_;
};

template <typename Candidate>
boost::asio::any_io_executor coroutine_base::executor_or(const Candidate& candidate) noexcept {
    if (executor_)
        return executor_;
    boost::asio::any_io_executor own;
    if constexpr (any_kind_of_executor<Candidate>)
        own = as_any_io_executor(candidate);
    if (!own)
        own = boost::asio::system_executor();
    else if (names_a_place(own))
        capture(own);
    return own;
}

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_COROUTINE_BASE_HPP
