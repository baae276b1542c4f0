//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/loop/queue_core.hpp>

#include <asyncinfo/detail/asio/polling_frame.hpp>
#include <asyncinfo/detail/block/trampoline.hpp>

#include <boost/system/system_error.hpp>

#include <algorithm>
#include <thread>
#include <utility>

namespace asyncinfo::detail {

/// On the stack of a thread that is calling the function given to `on_ready`.
struct queue_core::ready_call {
    callback function;
    std::thread::id thread;
    ready_call* next;
};

namespace {

/// Asio notifies the services of a context of a fork. This one is added once there is a descriptor.
class fork_service final : public boost::asio::execution_context::service {
public:
    static inline boost::asio::execution_context::id id;

    explicit fork_service(boost::asio::execution_context& queue) : service(queue) {}

private:
    void shutdown() override {}
    void notify_fork(boost::asio::execution_context::fork_event event) override {
        if (event == boost::asio::execution_context::fork_child)
            static_cast<queue_core&>(context()).renew_signal();
    }
};

} // namespace

void queue_core::submit(queued& function) {
    lock_type lock(mutex_);
    if (is_closed()) {
        lock.unlock();
        return function.destroy();
    }
    function.next_ = nullptr;
    (first_ ? last_->next_ : first_) = &function;
    last_ = &function;
    // No member may be used once the lock is released: by then the function may have run and
    // destroyed this object.
    if (++size_ == 1)
        became_ready(lock);
}

std::size_t queue_core::run(std::size_t most, deadline until, flag stop) {
    trampoline::run_queued();
    const queue_core_ptr keep(this); // a function may destroy the queue
    polling_frame frame(*this);
    std::size_t done = 0;
    lock_type lock(mutex_);
    if (most == what_is_ready)
        most = size_;
    try {
        while (done < most) {
            queued* const next = pop();
            if (!next)
                break;
            lock.unlock();
            ++done;
            next->run();
            frame.rethrow_captured();
            const bool spent = until.is_over() || (stop && *stop);
            lock.lock();
            if (spent)
                break;
        }
    } catch (...) {
        lock.lock();
        leave(lock);
        throw;
    }
    const auto failure = std::exchange(signal_failure_, {});
    leave(lock);
    if (failure)
        throw boost::system::system_error(failure, "asyncinfo::completion_queue: native_handle");
    return done;
}

bool queue_core::wait(deadline until, bool until_no_work, flag stop) {
    trampoline::run_queued();
    lock_type lock(mutex_);
    const auto is_over = [&] {
        return size_ != 0 || (until_no_work && worked_ && work_.load() == 0) || (stop && *stop);
    };
    ++waiting_;
    if (until.is_never())
        changed_.wait(lock, is_over);
    else if (!until.is_poll())
        changed_.wait_until(lock, until.time(), is_over);
    --waiting_;
    return size_ != 0;
}

void queue_core::wake() noexcept {
    const lock_type lock(mutex_);
    if (waiting_ != 0)
        changed_.notify_all();
}

ready_signal::native_handle_type queue_core::native_handle() {
    const lock_type lock(mutex_);
    if (!signal_.is_open()) {
        boost::asio::use_service<fork_service>(*this);
        auto error = signal_.open();
        if (!error && size_ != 0)
            error = signal_.set();
        if (error)
            throw boost::system::system_error(error, "asyncinfo::completion_queue: native_handle");
        signal_failure_ = {};
    }
    return signal_.native_handle();
}

void queue_core::renew_signal() noexcept {
    const lock_type lock(mutex_);
    if (!signal_.is_open())
        return;
    signal_.close();
    signal_failure_ = signal_.open();
    if (!signal_failure_ && size_ != 0)
        check_signal(signal_.set());
}

void queue_core::on_ready(std::function<void()> function) {
    callback made;
    if (function)
        made = std::make_shared<const std::function<void()>>(std::move(function));
    lock_type lock(mutex_);
    replace_on_ready(lock, made);
    if (size_ != 0 && on_ready_)
        call_on_ready(lock);
    else
        lock.unlock(); // before what was replaced is destroyed
}

void queue_core::close() {
    callback none;
    lock_type lock(mutex_);
    closed_ = true;
    queued* next = std::exchange(first_, nullptr);
    size_ = 0;
    signal_.close();
    replace_on_ready(lock, none);
    lock.unlock();
    while (next)
        std::exchange(next, next->next_)->destroy();
    shutdown();
}

queued* queue_core::pop() noexcept {
    queued* const popped = first_;
    if (popped) {
        first_ = popped->next_;
        if (--size_ == 0 && signal_.is_open())
            check_signal(signal_.reset());
    }
    return popped;
}

void queue_core::became_ready(lock_type& lock) {
    if (signal_.is_open())
        check_signal(signal_.set());
    if (waiting_ != 0)
        changed_.notify_all();
    if (on_ready_)
        call_on_ready(lock);
}

/// Called when a poll is over. If functions are left in the queue, it sets the signal and calls
/// `on_ready` anew, for loops that wait for changes.
void queue_core::leave(lock_type& lock) {
    if (size_ == 0)
        return;
    if (signal_.is_open())
        check_signal(signal_.set_again());
    if (on_ready_)
        call_on_ready(lock);
}

/// Returns without the lock.
void queue_core::call_on_ready(lock_type& lock) {
    const queue_core_ptr keep(this); // the function may destroy the queue
    ready_call call{on_ready_, std::this_thread::get_id(), calls_};
    calls_ = &call;
    lock.unlock();
    [&]() noexcept { (*call.function)(); }();
    lock.lock();
    ready_call** link = &calls_;
    while (*link != &call)
        link = &(*link)->next;
    *link = call.next;
    changed_.notify_all();
    lock.unlock();
}

/// Swaps `function` with the previous one, which no other thread is calling on return.
void queue_core::replace_on_ready(lock_type& lock, callback& function) {
    on_ready_.swap(function);
    if (!function)
        return;
    changed_.wait(lock, [&] {
        const auto me = std::this_thread::get_id();
        for (const ready_call* call = calls_; call; call = call->next)
            if (call->function == function && call->thread != me)
                return false;
        return true;
    });
}

void queue_core::check_signal(const boost::system::error_code& error) noexcept {
    if (error) {
        signal_failure_ = error;
        signal_.forget();
    }
}

void queue_core::no_work_left() noexcept {
    const lock_type lock(mutex_);
    worked_ = true;
    if (waiting_ != 0)
        changed_.notify_all();
}

} // namespace asyncinfo::detail
