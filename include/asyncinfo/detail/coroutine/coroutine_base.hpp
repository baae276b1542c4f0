//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_COROUTINE_COROUTINE_BASE_HPP
#define ASYNCINFO_DETAIL_COROUTINE_COROUTINE_BASE_HPP

#include <asyncinfo/detail/base/config.hpp>
#include <asyncinfo/detail/block/observer.hpp>
#include <asyncinfo/detail/block/operation.hpp>
#include <asyncinfo/detail/block/trampoline.hpp>
#include <asyncinfo/detail/core/coroutine_phase.hpp>
#include <asyncinfo/detail/coroutine/coroutine_home.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/deferred.hpp>

#include <atomic>
#include <coroutine>
#include <exception>
#include <functional>
#include <source_location>
#include <type_traits>
#include <utility>

#if defined(ASYNCINFO_HAS_STOP_TOKEN)
#include <stop_token>
#endif

namespace asyncinfo::detail {

/// The initiation in an operation of Asio's that has not been started yet, for the registry.
template <typename Awaited>
struct initiation_in {
    using type = Awaited;
};
template <typename Signature, typename Initiation, typename... Args>
struct initiation_in<boost::asio::deferred_async_operation<Signature, Initiation, Args...>> {
    using type = Initiation;
};
template <typename Awaited>
using initiation_in_t = typename initiation_in<Awaited>::type;

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
class ASYNCINFO_DECL coroutine_base : public resumable, public coroutine_home {
public:
    explicit coroutine_base(operation_base& self) noexcept : coroutine_home(self), end_(*this) {}

    // --- Life -----------------------------------------------------------------------------------

    void set_frame(std::coroutine_handle<> frame) noexcept { frame_ = frame; }

    template <typename Executor>
    void set_first_executor(const Executor& executor) {
        coroutine_home::set_first_executor(executor);
        if (has_executor())
            phase_.begin_away();
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
        watch();
        self_.set_emits_anywhere(emits_anywhere && !callback_);
        phase_.suspend();
        bool initiated = false;
        try {
            initiated = initiate();
        } catch (...) {
            not_suspended();
            throw;
        }
        if (!initiated)
            not_suspended();
        const bool suspended = initiated && phase_.suspended();
        if (suspended && !hold_work()) [[unlikely]]
            phase_.context_was_over();
        return suspended;
    }

    /// Called first in `await_resume`. Throws `errc::abandoned` if the right to resume was lost
    /// while the coroutine suspended.
    ASYNCINFO_ALWAYS_INLINE void awaited() {
        if (phase_.take_right()) [[unlikely]]
            throw_lost();
        forget_awaited();
        awaits_nothing();
    }

    /// Tells the registry what the coroutine awaits next, and where.
    template <typename Awaited>
    void awaits(const std::source_location& where) noexcept {
        if (self_.is_tracked()) [[unlikely]]
            record_await(boost::typeindex::type_id<initiation_in_t<Awaited>>(), where);
    }
    void awaits_nothing() noexcept {
        if (self_.is_tracked()) [[unlikely]]
            self_.identity().awaits_nothing();
    }
    void awaits(operation_base& awaited, const std::source_location& where) noexcept {
        if (self_.is_tracked()) [[unlikely]]
            record_await(awaited, where);
    }

    /// Has `awaited` notify this coroutine of its end; false if it has ended. A request goes on to
    /// it, unless propagation is turned off.
    bool await_end_of(operation_base& awaited) {
        awaited_ = &awaited;
        passes_on_ = propagates_;
        is_passed_on_ = false;
        return awaited.observe_as_owner(end_);
    }

    /// Called in `await_resume` after that, in place of `awaited`.
    void awaited_end() {
        if (phase_.take_right()) [[unlikely]]
            throw_lost();
        awaited_ = nullptr;
        awaits_nothing();
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
            const auto step = [&] {
                if ((stored = finds_frame()))
                    store();
            };
            self_.run(step, false);
            if (stored)
                submit_later();
            return;
        }
        if (!finds_frame())
            return;
        store();
        if (inside)
            perform(phase_.come_back_inside());
        else
            submit_here();
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

    /// Has no effect if it throws.
    void set_executor(boost::asio::any_io_executor executor) {
        coroutine_home::set_executor(std::move(executor));
        if (self_.is_tracked()) [[unlikely]]
            self_.identity().has_context(&context());
        phase_.change_context();
    }

    bool cancel_requested() const noexcept { return lifecycle::requested(self_.load()) != 0; }
    /// Called before the coroutine awaits.
    void throw_if_cancelled() const {
        if (throws_ && cancel_requested()) [[unlikely]]
            throw_cancelled();
    }
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

    void submit_request(operation_base::delivery&& request) {
        coroutine_home::submit_request(std::move(request), told_);
    }
    void requested(bool delivered);
    void latched() noexcept;

protected:
    ~coroutine_base() = default;

    /// Ends the operation; its outcome is stored. `has_left`: nothing of the context is left here.
    virtual void publish(bool has_left) = 0;
    /// Frees the memory.
    virtual void destroy_block() noexcept = 0;
    /// As `destroy_block`, but at a bounded depth of the stack.
    void destroy_later() noexcept;

private:
    using next = coroutine_phase::next;

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

    /// Called inside the gate, with what the phase has answered to an event.
    void perform(next then) {
        if (then == next::resume) [[likely]]
            run_body();
        else if (then != next::nothing)
            perform_rarely(then);
    }
    void perform_rarely(next then);

    /// Called by the owner of the right to resume, inside the gate or on a thread of the context.
    /// Without a frame the owner has lost the right, and its reference is released here.
    bool finds_frame() noexcept {
        if (frame_) [[likely]]
            return true;
        self_.release();
        return false;
    }

    /// Called inside the gate, which keeps the operation alive also when the body has ended.
    void run_body() {
        frame_.resume();
        perform(phase_.body_returned());
        throw_kept();
    }
    void throw_kept() {
        if (thrown_) [[unlikely]]
            std::rethrow_exception(std::exchange(thrown_, nullptr));
    }

    void submit_here();
    template <typename May>
    void submit_if(May may_run_in_this_call);
    ASYNCINFO_ALWAYS_INLINE void go_on() {
        self_.run([this] { perform(phase_.come_back()); });
    }

    void give_back() noexcept;
    void hold() noexcept override { self_.retain(); }
    void let_go() noexcept override { self_.release(); }
    void context_ends(context_life& life, bool last) noexcept override;
    context_dependent* awaits(context_life& life) noexcept override;

    void record_await(boost::typeindex::type_index type,
                      const std::source_location& where) noexcept;
    void record_await(operation_base& awaited, const std::source_location& where) noexcept;

    void begin();
    void resume() override;
    void call_back();
    void pass_on(unsigned types) noexcept;
    /// `awaited_runs`: what is awaited has not ended.
    void destroy_frame(bool awaited_runs);
    void publish_and_keep_thrown(bool has_left) noexcept;
    /// Removes what the awaited operation has left: its cancellation handler and its executor.
    ASYNCINFO_ALWAYS_INLINE void forget_awaited() noexcept {
        awaited_ = nullptr;
        self_.slot().clear();
        forget_captured();
    }
    [[noreturn]] void throw_lost();
    [[noreturn]] static void throw_cancelled();
    void not_suspended() noexcept;

    /// Null once the frame is gone. The owner of the right to resume reads it outside the gate,
    /// too, which it must not do with the phase.
    std::coroutine_handle<> frame_;
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

    /// What `resume` does; read outside the gate.
    enum class task : unsigned char { begin, go_on, destroy_block };

    task next_task_ = task::begin;
    coroutine_phase phase_;     ///< changed inside the gate
    bool is_set_again_ = false; ///< the callback, during its call
    bool passes_on_ = false;    ///< whether a request goes on to `awaited_`
    bool is_passed_on_ = false;
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

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_COROUTINE_COROUTINE_BASE_HPP
