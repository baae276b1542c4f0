// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/coroutine/coroutine_base.hpp>

#include <asyncinfo/detail/asio/runs_here.hpp>
#include <asyncinfo/detail/start/initiated_operation.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/system_executor.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/system/system_error.hpp>

namespace asyncinfo::detail {
namespace {

namespace asio = boost::asio;

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

/// The life of the executor's context, or null if it has no context that ends.
context_life_ptr life_of(const asio::any_io_executor& executor) {
    if (!executor || executor.target<asio::system_executor>())
        return nullptr;
    return context_life::of(asio::query(executor, asio::execution::context));
}

} // namespace

void coroutine_base::hold_work() noexcept {
    constexpr auto tracked = asio::execution::outstanding_work.tracked;
    try {
        if (kind_ == executor_kind::other)
            work_ = asio::prefer(under_strand(executor_), tracked); // which needs no memory
        else
            work_ = asio::prefer(executor_, tracked);
    } catch (...) {
        // The right to resume has been given away already. The next suspension tries again.
    }
}

coroutine_base::executor_kind
coroutine_base::kind_of(const asio::any_io_executor& executor) noexcept {
    if (!executor)
        return executor_kind::none;
    if (executor.target<asio::io_context::executor_type>())
        return executor_kind::io_context;
    if (holds_context_keeper(executor))
        return executor_kind::queue;
    if (executor.target<asio::thread_pool::executor_type>())
        return executor_kind::plain;
    return executor_kind::other;
}

/// Called before the first suspension, and when the executor has changed: the owner of the right to
/// resume reads `life_`.
void coroutine_base::watch(context_life_ptr life) noexcept {
    is_watching_ = true;
    if (!life)
        return;
    if (life->add(*this))
        life_.store(life.detach(), std::memory_order_release);
}

void coroutine_base::watch_context() { watch(life_of(executor_)); }

/// Has no effect if it throws.
void coroutine_base::set_executor(asio::any_io_executor executor) {
    context_life_ptr next = life_of(executor);
    work_ = nullptr;
    context_life_ptr life;
    {
        const executor_lock lock(self_);
        executor_.swap(executor);
        life = context_life_ptr(life_.exchange(nullptr), false);
    }
    executor = nullptr;
    if (life)
        life->remove(*this); // now that there is nothing of it here any more
    kind_ = kind_of(executor_);
    context_has_ended_ = false;
    watch(std::move(next));
}

asio::execution_context& coroutine_base::context() const noexcept {
    if (context_life* const life = life_.load(std::memory_order_relaxed))
        return life->context();
    return asio::query(executor_, asio::execution::context);
}

/// Called by the thread that destroys the context.
void coroutine_base::context_ends(context_life& life, bool last) noexcept {
    const operation_ptr held(&self_, false);
    const bool on_stack = self_.is_inside();
    self_.run([&] {
        if (!frame_ || life_.load(std::memory_order_relaxed) != &life)
            return;
        // The awaited operation may end with the context, too, and then must end first.
        if (!last && awaited_ && !is_given_back_)
            return life.postpone(*this);
        context_has_ended_ = true;
        // A body on this thread's stack is destroying its own queue, and ends when it suspends.
        if (!on_stack)
            end_with_context();
    });
}

context_dependent* coroutine_base::awaits(context_life& life) noexcept {
    context_dependent* found = nullptr;
    self_.run([&] {
        if (frame_ && awaited_ && !is_given_back_)
            found = awaited_->dependent_of(life);
    });
    return found;
}

/// Called inside the gate; the body is suspended, or has ended.
void coroutine_base::end_with_context() noexcept {
    if (!frame_)
        return;
    if (!is_given_back_) {
        self_.retain(); // for the owner of the right to resume, which finds no frame
        if (awaited_ && awaited_->unobserve(end_))
            self_.release();
    }
    destroy_frame();
}

/// Called if the context is being destroyed: has the context abandon the coroutine.
void coroutine_base::give_back() noexcept {
    self_.run([this] {
        if (!finds_frame())
            return;
        is_given_back_ = true;
        life_.load(std::memory_order_relaxed)->hasten(*this);
    });
}

void coroutine_base::capture(asio::any_io_executor executor) noexcept {
    const executor_lock lock(self_);
    // Keeps the first executor that the awaited operation asks with.
    if (!executor || !captured_)
        captured_.swap(executor);
}

void coroutine_base::start() noexcept { trampoline::run_quietly(*this); }

void coroutine_base::resume() {
    if (dying_)
        return destroy_block();
    if (std::exchange(started_, true))
        return self_.run([this] { go_on(); });
    self_.run_initiation([this] { run_body(); });
}

void coroutine_base::destroy_later() noexcept {
    dying_ = true;
    trampoline::run_quietly(*this);
}

void coroutine_base::submit() {
    if (!has_executor())
        return trampoline::run(*this);
    if (!may_run_here())
        return submit_later();
    submit_here();
}

void coroutine_base::submit_here() {
    if (has_executor() && trampoline::is_full())
        return submit_later();
    // Dispatch of the commonest executor.
    if (kind_ <= executor_kind::io_context)
        return trampoline::run(*this);
    asio::any_io_executor(executor_).execute(resumption(*this));
}

void coroutine_base::submit_later() {
    if (!has_executor())
        return trampoline::run(*this);
    context_life* const life = life_.load(std::memory_order_relaxed);
    const auto post = [this] {
        // A copy, since the coroutine may end meanwhile; of the commonest executor without type
        // erasure.
        if (kind_ == executor_kind::io_context) {
            using io = asio::io_context::executor_type;
            post_to(io(*executor_.target<io>()), resumption(*this));
        } else {
            post_to(asio::any_io_executor(executor_), resumption(*this));
        }
    };
    if (!life || kind_ == executor_kind::queue)
        post();
    else if (!life->unless_over(post))
        give_back();
}

void coroutine_base::awaited() {
    const bool lost = lost_;
    forget_awaited();
    if (lost)
        throw boost::system::system_error(errc::abandoned);
}

/// Removes what the awaited operation has left: its cancellation handler and its executor.
void coroutine_base::forget_awaited() noexcept {
    lost_ = false;
    awaited_ = nullptr;
    self_.slot().clear();
    if (captured_)
        capture(nullptr);
}

void coroutine_base::abandon() noexcept {
    self_.run([this] {
        if (!finds_frame())
            return;
        if (suspending_ || calling_back_)
            lost_ = true;
        else
            destroy_frame();
    });
}

void coroutine_base::destroy_frame() {
    callback_ = nullptr;
    take_frame().destroy();
    self_.slot().clear();
    self_.fail(errc::abandoned);
    publish_and_keep_thrown();
    throw_kept();
}

/// Keeps an exception of an observer for the caller that runs the body.
void coroutine_base::publish_and_keep_thrown() noexcept {
    try {
        publish();
    } catch (...) {
        keep_thrown(std::current_exception());
    }
}

void coroutine_base::finish() noexcept {
    callback_ = nullptr;
    take_frame().destroy();
    publish_and_keep_thrown();
}

void coroutine_base::throw_if_cancelled() const {
    if (throws_ && cancel_requested())
        throw_code(asio::error::operation_aborted, "co_await");
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
void coroutine_base::requested() {
    const unsigned types = lifecycle::requested(self_.load());
    if (told_.exchange(types, std::memory_order_relaxed) == types || !callback_)
        return;
    calling_back_ = true;
    try {
        call_back();
    } catch (...) {
        keep_thrown(std::current_exception());
    }
    calling_back_ = false;
    if (lost_)
        return destroy_frame();
    if (resumed_)
        return run_body();
    if (context_has_ended_)
        end_with_context();
    throw_kept();
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

void coroutine_base::submit_request(operation_base::delivery&& request) {
    context_life_ptr life; // goes after the executor
    asio::any_io_executor executor;
    bool has_own = true;
    {
        const executor_lock lock(self_);
        has_own = executor_ != nullptr;
        executor = has_own ? executor_ : captured_;
        life = context_life_ptr(life_.load(std::memory_order_acquire));
    }
    const bool callback_here =
        !has_own && told_.load(std::memory_order_relaxed) != lifecycle::requested(self_.load());
    if (request.hops() == 0 && (self_.emits_anywhere() || callback_here)) {
        request.set_last(true);
        request.set_here();
        return std::move(request)();
    }
    if (!executor) {
        request.set_last(true);
        return std::move(request)();
    }
    request.set_last(request.hops() == 1 ||
                     executor.target<asio::io_context::executor_type>() != nullptr);
    const auto post = [&] {
        const bool first = request.hops() == 0;
        post_on_the_way(executor, first, std::move(request));
    };
    // A request that the executor does not take stays latched.
    if (!has_own || !life || holds_context_keeper(executor))
        post();
    else
        life->unless_over(post);
}

void coroutine_base::drop_executor() noexcept {
    captured_ = nullptr;
    work_ = nullptr;
    if (kind_ == executor_kind::other)
        executor_ = what_remains(executor_);
    if (context_life* const life = life_.load(std::memory_order_relaxed))
        life->remove(*this); // now that there is nothing of it here any more
}

bool coroutine_base::runs_here() const noexcept {
    return executor_ && runs_on_this_thread(executor_);
}

asio::any_io_executor coroutine_base::any_executor() const {
    const context_life* const life = life_.load(std::memory_order_acquire);
    if (life && life->is_over() && kind_ != executor_kind::queue)
        return asio::system_executor();
    return to_any_io_executor(executor_);
}

} // namespace asyncinfo::detail
