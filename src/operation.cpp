//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/block/operation.hpp>

#include <asyncinfo/detail/block/blocked_thread.hpp>
#include <asyncinfo/detail/block/trampoline.hpp>
#include <asyncinfo/detail/block/wait_watch.hpp>
#include <asyncinfo/detail/core/request_types.hpp>

#include <boost/system/system_error.hpp>

#include <new>
#include <system_error>
#include <utility>
#include <vector>

namespace asyncinfo::detail {

namespace {

boost::system::error_code code_of(const std::exception_ptr& exception) noexcept {
    try {
        std::rethrow_exception(exception);
    } catch (const boost::system::system_error& e) {
        return e.code();
    } catch (const std::system_error& e) {
        return e.code();
    } catch (...) {
        return errc::unhandled_exception;
    }
}

} // namespace

/// The calls of Completed that this thread owes. Together they are one `resumable`, since an
/// operation has no room to be one itself.
class owed_calls final : public resumable {
public:
    static void add(operation_base& operation, completed_ptr handler) noexcept {
        operation.retain();
        operation.completed_ = std::move(handler);
        operation.owes_completed_ = true;
        owed_calls& own = of_this_thread;
        operation_base* const last = std::exchange(own.last_, &operation);
        operation.next_that_owes_ =
            last ? std::exchange(last->next_that_owes_, &operation) : &operation;
        if (!last)
            trampoline::run(own); // later: the queue is full
    }

private:
    void resume() override {
        const operation_ptr first(last_->next_that_owes_, false);
        if (first == last_)
            last_ = nullptr;
        else
            last_->next_that_owes_ = first->next_that_owes_;
        ::new (&first->observers_) observer_list;
        first->owes_completed_ = false;
        if (last_)
            trampoline::run(*this); // the next one's turn comes when others have had theirs
        const completed_ptr handler = std::move(first->completed_);
        handler->run(first, first->status());
    }

    operation_base* last_ = nullptr;

    static constinit thread_local owed_calls of_this_thread;
};

constinit thread_local owed_calls owed_calls::of_this_thread;

void throw_code(const boost::system::error_code& code, const char* what) {
    if (means_canceled(code))
        throw what ? operation_canceled(code, what) : operation_canceled(code);
    throw what ? boost::system::system_error(code, what) : boost::system::system_error(code);
}

std::exception_ptr timed_out_exception() noexcept {
    try {
        auto exception = std::make_exception_ptr(boost::system::system_error(timed_out()));
        return code_of(exception) == timed_out() ? exception : nullptr;
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}

void operation_base::fetch_ids() noexcept {
    constexpr std::uint64_t batch = 1024;
    static constinit std::atomic<std::uint64_t> unused{1};
    thread_data& own = this_thread();
    own.next_id = unused.fetch_add(batch, std::memory_order_relaxed);
    own.end_of_ids = own.next_id + batch;
}

bool operation_base::fail(const boost::system::error_code& code) noexcept {
    const bool as_delivered = failed(code);
    store(as_delivered ? code : timed_out());
    return as_delivered;
}

bool operation_base::fail(std::exception_ptr exception) noexcept {
    if (failed(code_of(exception))) {
        store(std::move(exception));
        return true;
    }
    // Without memory for another exception the code alone reports the deadline.
    if (exception = timed_out_exception(); exception)
        store(std::move(exception));
    else
        store(timed_out());
    return false;
}

void operation_base::store(const boost::system::error_code& code) noexcept {
    ::new (&code_) boost::system::error_code(code);
    failure_ = failure::code;
}

void operation_base::store(std::exception_ptr&& exception) noexcept {
    ::new (&exception_) std::exception_ptr(std::move(exception));
    failure_ = failure::exception;
}

bool operation_base::failed(const boost::system::error_code& code) noexcept {
    const bool canceled = means_canceled(code);
    const bool expired = canceled && (load() & lifecycle::expired);
    final_status_ = static_cast<unsigned char>(canceled && !expired ? AsyncStatus::Canceled
                                                                    : AsyncStatus::Error);
    return !expired;
}

void operation_base::mend_if_timed_out(boost::system::error_code& code) const noexcept {
    if ((load() & lifecycle::expired) && means_canceled(code))
        code = timed_out();
}

boost::system::error_code operation_base::code(boost::system::error_code& refused) noexcept {
    switch (failure_) {
    case failure::code:
        return code_;
    case failure::exception:
        if (const auto thrown = exception(refused))
            return code_of(thrown);
        return refused;
    case failure::none:
        break;
    }
    return {};
}

std::exception_ptr operation_base::exception(boost::system::error_code& refused) noexcept {
    if (failure_ != failure::exception)
        return nullptr;
    // Keeps the exception alive against Close on another thread.
    if (!hold()) {
        refused = errc::illegal_method_call;
        return nullptr;
    }
    std::exception_ptr copy = exception_;
    end_read();
    return copy;
}

void operation_base::cancel(boost::asio::cancellation_type_t types) noexcept {
    request(request_types::pack(types));
    if (hears_requests_)
        latched();
}

boost::asio::cancellation_type_t operation_base::requested_types() const noexcept {
    return request_types::unpack(lifecycle::requested(load()));
}

void operation_base::pass_on_cancel(boost::asio::cancellation_type_t types) noexcept {
    using request_type = std::pair<operation_ptr, boost::asio::cancellation_type_t>;
    static constinit thread_local std::vector<request_type>* waiting = nullptr;
    if (waiting) {
        try {
            waiting->emplace_back(this, types);
            return;
        } catch (const std::bad_alloc&) {
            // Without memory the request is passed on recursively, on the stack.
            const operation_ptr keep(this);
            return cancel(types);
        }
    }
    // The last handle may be dropped while the operation is being cancelled.
    const operation_ptr keep(this);
    std::vector<request_type> passed_on;
    waiting = &passed_on;
    cancel(types);
    while (!passed_on.empty()) {
        const request_type next = std::move(passed_on.back());
        passed_on.pop_back();
        next.first->cancel(next.second);
    }
    waiting = nullptr;
}

void operation_base::expire(unsigned types) noexcept {
    gate::expire(types);
    if (hears_requests_)
        latched();
}

void operation_base::deliver(unsigned types) {
    try {
        arrived_here();
    } catch (...) {
        place_.deliver(types, request_types::unpack(types));
        throw;
    }
    place_.deliver(types, request_types::unpack(types));
}

void operation_base::notify_observers() {
    if (!completed_)
        if (observer* const only = observers_.take_only())
            return only->ended();
    std::exception_ptr thrown;
    const auto serve = [&](auto&& call) {
        try {
            call();
        } catch (...) {
            if (!thrown)
                thrown = std::current_exception();
        }
    };
    observers_.notify(observer::rank::blocked_thread, [](observer& o) { o.ended(); });
    observers_.notify(observer::rank::submitted, [&](observer& o) { serve([&] { o.ended(); }); });
    if (completed_)
        serve([&] { call_completed(std::move(completed_)); });
    if (thrown)
        std::rethrow_exception(thrown);
}

void operation_base::call_completed(completed_ptr handler) {
    if (trampoline::is_full())
        return owed_calls::add(*this, std::move(handler));
    struct call final : resumable {
        call(operation_base& s, completed_ptr h) noexcept : self(s), handler(std::move(h)) {}
        void resume() override {
            // Released at this depth of the stack: the handler may own the source of the next
            // operation.
            const completed_ptr called = std::move(handler);
            called->run(operation_ptr(&self), self.status());
        }
        operation_base& self;
        completed_ptr handler;
    } now(*this, std::move(handler));
    trampoline::run(now);
}

bool operation_base::observe(observer& added) noexcept {
    if (!lock())
        return false;
    observers_.push_back(added);
    unlock(true);
    return true;
}

bool operation_base::observe_as_owner(observer& added) noexcept {
    if (lifecycle::observe_as_owner(load()).then == lifecycle::next::perform) {
        observers_.push_back(added);
        if (gate::observe_as_owner())
            return true;
        observers_.remove(added);
    }
    return observe(added);
}

bool operation_base::unobserve(observer& gone) noexcept {
    if (!lock())
        return false;
    observers_.remove(gone);
    unlock_observers();
    return true;
}

bool operation_base::needs_this_thread() noexcept {
    if (!lock())
        return false;
    // The executor exists as long as this thread holds the lock. An operation that has ended needs
    // its context no more: the thread that is inside publishes, unless it is this one.
    const bool needs = is_inside() || (!(load() & lifecycle::ended) && runs_here());
    unlock();
    return needs;
}

context_dependent* operation_base::dependent_of(context_life& life) noexcept {
    if (!lock())
        return nullptr;
    context_dependent* const found = own_dependent(life);
    unlock();
    return found;
}

boost::asio::any_io_executor operation_base::executor() {
    // Locked against the end, which gives the executor back; after the end nothing changes.
    struct guard {
        operation_base& self;
        const bool locked = self.lock();
        ~guard() {
            if (locked)
                self.unlock();
        }
    } const holding{*this};
    return own_executor();
}

AsyncStatus operation_base::wait(deadline until, boost::system::error_code& error) {
    trampoline::run_queued();
    if (needs_this_thread()) {
        error = errc::would_deadlock;
        return AsyncStatus::Started;
    }
    blocked_thread waiter;
    if (!observe(waiter))
        return status();
    if (until.is_never()) {
        wait_for_ever(waiter);
    } else if (!waiter.wait(until)) {
        if (unobserve(waiter))
            return AsyncStatus::Started;
        // The operation has just ended, and the thread that ends it is about to use the waiter.
        waiter.wait();
    }
    return status();
}

constinit std::atomic<const wait_watch::methods*> wait_watch::installed{nullptr};

void operation_base::wait_for_ever(blocked_thread& waiter) {
    try {
        wait_watch watch(*this);
        if (waiter.wait(watch.until()))
            return;
        watch.warn();
    } catch (...) {
        if (!unobserve(waiter))
            waiter.wait();
        throw;
    }
    waiter.wait();
}

void operation_base::set_completed(completed_ptr handler, boost::system::error_code& error) {
    switch (assign()) {
    case lifecycle::next::perform:
        completed_ = std::move(handler);
        unlock_observers();
        return;
    case lifecycle::next::call_now:
        if (handler)
            handler->run(operation_ptr(this), status());
        return;
    default:
        error = (load() & lifecycle::closed) ? errc::illegal_method_call
                                             : errc::illegal_delegate_assignment;
    }
}

completed_ptr operation_base::completed() noexcept {
    if (!lock())
        return nullptr;
    completed_ptr handler = completed_;
    unlock();
    return handler;
}

} // namespace asyncinfo::detail
