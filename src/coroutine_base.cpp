//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/coroutine/coroutine_base.hpp>

#include <asyncinfo/detail/core/request_types.hpp>
#include <asyncinfo/detail/start/initiated_operation.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace asyncinfo::detail {

/// Called by the thread that destroys the context.
void coroutine_base::context_ends(context_life& life, bool last) noexcept {
    const operation_ptr held(&self_, false);
    const bool on_stack = self_.is_inside();
    self_.run([&] {
        if (this->life() != &life)
            return;
        // A body on this thread's stack is destroying its own queue, and ends when it suspends.
        const auto then = phase_.context_ends(on_stack, awaited_ && !last);
        if (then == next::postpone)
            life.postpone(*this);
        else
            perform(then);
    });
}

context_dependent* coroutine_base::awaits(context_life& life) noexcept {
    context_dependent* found = nullptr;
    self_.run([&] {
        if (awaited_ && phase_.waits())
            found = awaited_->dependent_of(life);
    });
    return found;
}

void coroutine_base::perform_rarely(next then) {
    switch (then) {
    case next::take_away:
        self_.retain(); // for the owner of the right to resume, which finds no frame
        if (awaited_ && awaited_->unobserve(end_))
            self_.release();
        return destroy_frame(true);
    case next::destroy:
        return destroy_frame(false);
    case next::let_go:
        return self_.release();
    case next::post:
        return submit();
    default:
        return;
    }
}

/// Called if the context is being destroyed: has the context abandon the coroutine.
void coroutine_base::give_back() noexcept {
    self_.run([this] {
        const auto then = phase_.give_back();
        if (then == next::nothing)
            life()->hasten(*this);
        else
            perform(then);
    });
}

void coroutine_base::start() noexcept {
    trampoline::run_quietly(*this, [this] { begin(); });
}

void coroutine_base::begin() {
    next_task_ = task::go_on;
    self_.run_initiation([this] {
        phase_.begin();
        run_body();
    });
}

void coroutine_base::resume() {
    switch (next_task_) {
    case task::begin:
        return begin();
    case task::go_on:
        return go_on();
    case task::destroy_block:
        return destroy_block();
    }
}

void coroutine_base::destroy_later() noexcept {
    next_task_ = task::destroy_block;
    trampoline::run_quietly(*this);
}

template <typename May>
ASYNCINFO_ALWAYS_INLINE void coroutine_base::submit_if(May may_run_in_this_call) {
    if (!may_run_in_this_call() || (has_executor() && trampoline::is_full()))
        submit_later();
    else if (needs_no_dispatch()) // dispatch of the commonest executor
        trampoline::run(*this, [this] { go_on(); });
    else
        execute(resumption(*this));
}

void coroutine_base::submit() {
    submit_if([this] { return !has_executor() || may_run_here(); });
}

void coroutine_base::submit_here() {
    submit_if([] { return true; });
}

void coroutine_base::submit_later() {
    if (!has_executor())
        return trampoline::run(*this);
    if (!post([this] { return resumption(*this); }))
        give_back();
}

void coroutine_base::not_suspended() noexcept {
    phase_.not_suspended();
    forget_awaited();
    awaits_nothing();
}

void coroutine_base::throw_lost() {
    forget_awaited();
    awaits_nothing();
    throw boost::system::system_error(errc::abandoned);
}

void coroutine_base::throw_cancelled() {
    throw_code(boost::asio::error::operation_aborted, "co_await");
}

void coroutine_base::abandon() noexcept {
    self_.run([this] { perform(phase_.lose()); });
}

void coroutine_base::destroy_frame(bool awaited_runs) {
    callback_ = nullptr;
    awaited_ = nullptr;
    std::exchange(frame_, nullptr).destroy();
    if (awaited_runs)
        self_.slot().abandon();
    else
        self_.slot().clear();
    self_.fail(errc::abandoned);
    publish_and_keep_thrown(false);
    throw_kept();
}

/// Keeps an exception of an observer for the caller that runs the body.
void coroutine_base::publish_and_keep_thrown(bool has_left) noexcept {
    try {
        publish(has_left);
    } catch (...) {
        keep_thrown(std::current_exception());
    }
}

void coroutine_base::finish() noexcept {
    phase_.end();
    callback_ = nullptr;
    std::exchange(frame_, nullptr).destroy();
    publish_and_keep_thrown(leave_early());
}

void coroutine_base::set_callback(std::function<void()> callback) {
    callback_ = std::move(callback);
    is_set_again_ = true;
    const unsigned types = lifecycle::requested(self_.load());
    if (types == 0 || !callback_)
        return;
    told_.store(types, std::memory_order_relaxed);
    call_back();
}

#if defined(ASYNCINFO_HAS_STOP_TOKEN)
std::stop_token coroutine_base::stop_token() {
    if (!stop_.stop_possible()) {
        std::stop_source made;
        const executor_lock lock(self_);
        stop_.swap(made);
    }
    // A thread that latches a request from now on sees the source.
    if (cancel_requested())
        stop_.request_stop();
    return stop_.get_token();
}
#endif

void coroutine_base::latched() noexcept {
#if defined(ASYNCINFO_HAS_STOP_TOKEN)
    std::stop_source source(std::nostopstate);
    {
        const executor_lock lock(self_);
        if (lock)
            source = stop_;
    }
    source.request_stop();
#endif
}

/// Called while the body is suspended. If the callback ends the awaited operation, the body resumes
/// after the callback has returned.
void coroutine_base::requested(bool delivered) {
    const unsigned types = lifecycle::requested(self_.load());
    const struct guard {
        coroutine_base& self;
        bool delivered;
        unsigned types;
        ~guard() {
            if (delivered)
                self.pass_on(types);
        }
    } passing_on{*this, delivered, types};
    if (told_.exchange(types, std::memory_order_relaxed) == types || !callback_)
        return;
    phase_.begin_callback();
    try {
        call_back();
    } catch (...) {
        keep_thrown(std::current_exception());
    }
    perform(phase_.end_callback());
    throw_kept();
}

/// Passes the request on to the operation whose end is awaited, with each delivery, since that one
/// may lack the memory for it. If the operation ends in this call, and the body awaits the next
/// one, that gets the request, too.
void coroutine_base::pass_on(unsigned types) noexcept {
    is_passed_on_ = false;
    while (awaited_ && passes_on_ && !std::exchange(is_passed_on_, true))
        awaited_->pass_on_cancel(request_types::unpack(types), cancel_source::coroutine);
}

void coroutine_base::record_await(boost::typeindex::type_index type,
                                  const std::source_location& where) noexcept {
    self_.identity().awaits(0, type, where);
}

void coroutine_base::record_await(operation_base& awaited,
                                  const std::source_location& where) noexcept {
    self_.identity().awaits(awaited.id(), boost::typeindex::type_id<operation_base>(), where);
    if (awaited.is_tracked())
        awaited.identity().belongs_to(self_.id(), false);
}

/// The callback may set another one. It is destroyed when it returns if it has, or if no further
/// type can be requested.
void coroutine_base::call_back() {
    constexpr unsigned everything = lifecycle::requested(lifecycle::requested_mask);
    auto callback = std::exchange(callback_, nullptr);
    is_set_again_ = false;
    struct guard {
        coroutine_base& self;
        std::function<void()>& called;
        ~guard() {
            if (!std::exchange(self.is_set_again_, true) && self.told_ != everything)
                self.callback_.swap(called);
        }
    } const putting_back{*this, callback};
    callback();
}

} // namespace asyncinfo::detail
