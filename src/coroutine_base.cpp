// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/coroutine_base.hpp>

#include <asyncinfo/detail/asio_internals.hpp>
#include <asyncinfo/detail/started_operation.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/system/system_error.hpp>

namespace asyncinfo::detail {
namespace {

namespace asio = boost::asio;

/// Tells the executor from other threads that may be asking for it.
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

} // namespace

void coroutine_base::hold_work() {
    work_ = asio::prefer(executor_, asio::execution::outstanding_work.tracked);
}

void coroutine_base::set_executor(asio::any_io_executor executor) {
    work_ = nullptr;
    const executor_lock lock(self_);
    executor_.swap(executor);
}

void coroutine_base::capture(asio::any_io_executor executor) noexcept {
    const executor_lock lock(self_);
    captured_.swap(executor);
}

void coroutine_base::start() noexcept { resume_queue::run_quietly(*this); }

void coroutine_base::resume() {
    if (dying_)
        return destroy_block();
    if (std::exchange(started_, true))
        return self_.run([this] { go_on(); });
    self_.run_initiation([this] { run_body(); });
}

void coroutine_base::destroy_later() noexcept {
    dying_ = true;
    resume_queue::run_quietly(*this);
}

void coroutine_base::submit() {
    if (!executor_)
        return resume_queue::run(*this);
    if (resume_queue::is_full())
        return submit_later();
    // The commonest executor's dispatch, without erasing the type of what it is given.
    if (const auto* io = executor_.target<asio::io_context::executor_type>()) {
        if (io->running_in_this_thread())
            return resume_queue::run(*this);
        return post_to(asio::io_context::executor_type(*io), resumption(*this));
    }
    asio::any_io_executor(executor_).execute(resumption(*this));
}

void coroutine_base::submit_later() {
    if (executor_)
        post_to(asio::any_io_executor(executor_), resumption(*this));
    else
        resume_queue::run(*this);
}

void coroutine_base::awaited() {
    const bool lost = lost_;
    forget_awaited();
    if (lost)
        throw boost::system::system_error(errc::abandoned);
}

/// What it left here: its cancellation handler, where it ran.
void coroutine_base::forget_awaited() noexcept {
    lost_ = false;
    self_.slot().clear();
    if (captured_)
        capture(nullptr);
}

void coroutine_base::abandon() noexcept {
    self_.run([this] {
        if (suspending_ || calling_back_)
            lost_ = true;
        else
            destroy_frame();
    });
}

void coroutine_base::destroy_frame() {
    take_frame().destroy();
    self_.slot().clear();
    self_.fail(errc::abandoned);
    finish();
    throw_kept();
}

void coroutine_base::finish() noexcept {
    callback_ = nullptr;
    try {
        publish();
    } catch (...) {
        keep_thrown(std::current_exception());
    }
}

void coroutine_base::throw_if_cancelled() const {
    if (throws_ && cancel_requested())
        throw boost::system::system_error(asio::error::operation_aborted, "co_await");
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
    // Whoever latches a request from now on sees the source.
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

/// The body is suspended. If its callback ends what it awaits it goes on when that has returned.
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
        destroy_frame();
    else if (resumed_)
        run_body();
    else
        throw_kept();
}

/// It may set another one, and then is gone when it returns; also if nothing more can be asked for.
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
    asio::any_io_executor executor;
    bool has_own = true;
    {
        const executor_lock lock(self_);
        has_own = executor_ != nullptr;
        executor = has_own ? executor_ : captured_;
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
    post_on_the_way(executor, request.hops() == 0, std::move(request));
}

void coroutine_base::drop_executor() noexcept {
    executor_ = what_remains(executor_);
    captured_ = nullptr;
    work_ = nullptr;
}

bool coroutine_base::runs_here() const noexcept {
    return executor_ && runs_on_this_thread(executor_);
}

asio::any_io_executor coroutine_base::any_executor() const { return to_any_io_executor(executor_); }

} // namespace asyncinfo::detail
