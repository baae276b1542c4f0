//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_PROGRESS_PROGRESS_STATE_HPP
#define ASYNCINFO_DETAIL_PROGRESS_PROGRESS_STATE_HPP

#include <asyncinfo/detail/block/operation.hpp>
#include <asyncinfo/detail/block/submission.hpp>
#include <asyncinfo/detail/core/progress_flow.hpp>
#include <asyncinfo/detail/progress/latest_value.hpp>
#include <asyncinfo/detail/progress/value_queue.hpp>

#include <atomic>
#include <chrono>
#include <exception>
#include <limits>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

/// The latest progress of an operation, and the calls of its Progress handler. `progress_flow`
/// decides who makes a call and when; this class has the lock, the values and the handler, and does
/// what it says. No lock is held during a call.
///
/// Without a handler `report` takes no lock of this class.
template <typename P>
class progress_state {
    static_assert(
        std::is_copy_constructible_v<P>,
        "asyncinfo: a progress value goes to the handler and to whoever polls, so its type "
        "must be copyable");

public:
    using handler_ptr = target_ptr<P>;

    explicit progress_state(operation_base& operation) noexcept : operation_(operation) {}
    progress_state(const progress_state&) = delete;
    progress_state& operator=(const progress_state&) = delete;

    /// Returns false and has no effect once the operation ends. Throws what a handler throws.
    bool report(P value) {
        return report(std::move(value), [](auto&& call) { call(); });
    }

    /// The same for a caller that must not see a handler's exception: the calls of handlers are
    /// passed to `guarded` as a function.
    template <typename Guarded>
    bool report(P value, Guarded guarded) {
        if (operation_.is_tracked()) [[unlikely]]
            record(value);
        item made = latest_value<P>::make(std::move(value));
        if (!has_handler_.load(std::memory_order_acquire))
            return latest_.store(made);
        std::unique_lock lock(mutex_);
        const flow_next then = keep(std::move(made));
        if (then == flow_next::drain)
            guarded([&] { drain(lock); });
        return then != flow_next::refuse;
    }

    std::optional<P> latest() const { return latest_.load(); }

    /// Replaces the handler.
    void set_progress(handler_ptr handler) noexcept {
        const throttle* const limit = handler ? handler->get_throttle() : nullptr;
        const bool has_executor = handler && handler->has_executor();
        const std::lock_guard guard(mutex_);
        const bool stores = flow_.set_handler({handler != nullptr, has_executor, limit != nullptr});
        queue_.keep_newest(flow_.queued);
        if (!stores)
            return;
        handler_.swap(handler); // the previous handler is released after the lock
        throttle_ = limit;
        called_.reset();
        has_handler_.store(handler_ != nullptr, std::memory_order_release);
    }

    handler_ptr progress() const noexcept {
        const std::lock_guard guard(mutex_);
        return flow_.at == progress_flow::stage::ended ? nullptr : handler_;
    }

    /// True if the end waits, or would wait, for this thread to return from a handler.
    bool calls_here() const noexcept {
        const std::lock_guard guard(mutex_);
        return flow_.draining == progress_flow::drainer::here &&
               caller_ == std::this_thread::get_id();
    }

    /// Called before Completed. If it returns false, it has stored `completed`, which is called
    /// when the handler has been.
    bool may_complete(completed_ptr completed) noexcept {
        const std::lock_guard guard(mutex_);
        const bool may = flow_.may_complete();
        queue_.keep_newest(flow_.queued);
        if (!may)
            held_back_ = std::move(completed);
        return may;
    }

protected:
    ~progress_state() = default;

    /// Called with the outcome stored. Reports `last` and ends the operation, or leaves the end to
    /// the thread that is calling the handler. Throws what handlers throw.
    void end_operation(std::optional<P> last) {
        std::unique_lock lock(mutex_);
        if (last && operation_.is_tracked()) [[unlikely]]
            record(*last);
        if (last)
            keep_last(latest_value<P>::make(*std::move(last)));
        latest_.seal();
        const flow_next then = flow_.end();
        if (then == flow_next::drain)
            return drain(lock);
        handler_ptr released = released_handler();
        lock.unlock();
        released.reset();
        if (then == flow_next::perform_end)
            operation_.end();
    }

    /// After Close.
    void discard_progress() noexcept {
        const std::lock_guard guard(mutex_);
        latest_.discard();
        flow_.discard();
        queue_.keep_newest(0);
    }

private:
    using flow_next = progress_flow::next;
    using item = typename latest_value<P>::item;

    /// Tells the registry.
    void record(const P& value) noexcept {
        constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
        if constexpr (std::is_arithmetic_v<P>)
            operation_.identity().progressed(static_cast<double>(value), unknown);
        else if constexpr (requires {
                               value.bytes;
                               value.total;
                           })
            operation_.identity().progressed(static_cast<double>(value.bytes),
                                             value.total ? static_cast<double>(*value.total)
                                                         : unknown);
        else
            operation_.identity().progressed(unknown, unknown);
    }

    flow_next keep(item value) {
        progress_flow flow = flow_;
        const flow_next then = flow.report();
        if (then == flow_next::refuse)
            return then;
        latest_.store(value);
        if (then != flow_next::keep) {
            queue_.keep_newest(flow.queued - 1);
            queue_.push(std::move(value)); // may throw: then the value is not queued
        }
        flow_ = flow;
        return then;
    }

    void keep_last(item value) noexcept {
        try {
            keep(std::move(value));
        } catch (...) {
            // Without memory the handler is not called with the value.
        }
    }

    void drain(std::unique_lock<std::mutex>& lock) { go_on(lock, flow_.drain(is_due())); }

    /// Does what the flow says, `then` first, until another thread drains or nobody. Unlocks.
    /// Throws the first of what handlers throw.
    void go_on(std::unique_lock<std::mutex>& lock, flow_next then) {
        const operation_ptr kept(&operation_);
        std::exception_ptr thrown;
        const auto guarded = [&](auto&& call) {
            try {
                call();
            } catch (...) {
                if (!thrown)
                    thrown = std::current_exception();
            }
        };
        for (; then == flow_next::deliver; then = flow_.drain(is_due())) {
            guarded([&] { deliver(lock, kept); });
            lock.lock();
        }
        queue_.keep_newest(flow_.queued);
        if (then == flow_next::submit || then == flow_next::submit_and_end) {
            const handler_ptr handler = handler_;
            lock.unlock();
            guarded([&] { handler->submit(submission(kept, this, &progress_state::arrive)); });
            if (then == flow_next::submit_and_end)
                guarded([&] { end_operation(std::nullopt); });
        } else {
            handler_ptr released = released_handler();
            completed_ptr completed = then == flow_next::complete ? std::move(held_back_) : nullptr;
            lock.unlock();
            released.reset();
            if (then == flow_next::perform_end)
                guarded([&] { operation_.end(); });
            if (completed)
                guarded([&] { operation_ptr(kept).detach()->call_completed(completed.detach()); });
        }
        if (thrown)
            std::rethrow_exception(thrown);
    }

    /// Calls the handler with the oldest value. Unlocks.
    void deliver(std::unique_lock<std::mutex>& lock, const operation_ptr& sender) {
        const handler_ptr handler = handler_; // it may be replaced meanwhile
        const item value = queue_.take();
        if (throttle_)
            called_ = throttle_->now();
        caller_ = std::this_thread::get_id();
        lock.unlock();
        handler->call(sender, latest_value<P>::get(value));
    }

    static void arrive(void* self, bool is_lost) {
        progress_state& state = *static_cast<progress_state*>(self);
        std::unique_lock lock(state.mutex_);
        if (is_lost)
            state.go_on(lock, state.flow_.lose());
        else
            state.drain(lock);
    }

    bool is_due() const noexcept {
        return !throttle_ || !called_ || throttle_->now() - *called_ >= throttle_->interval;
    }

    /// Returns the handler if the flow has let go of it. The caller releases it without the lock.
    handler_ptr released_handler() noexcept {
        if (flow_.handler.exists)
            return nullptr;
        throttle_ = nullptr;
        return std::move(handler_);
    }

    operation_base& operation_;
    mutable std::mutex mutex_;
    latest_value<P> latest_;
    std::atomic<bool> has_handler_{false};
    progress_flow flow_;
    value_queue<item> queue_; ///< of `flow_.queued` values
    handler_ptr handler_;
    const throttle* throttle_ = nullptr;             ///< the handler's, if any
    std::optional<std::chrono::nanoseconds> called_; ///< time of the handler's last call
    std::thread::id caller_;
    completed_ptr held_back_;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_PROGRESS_PROGRESS_STATE_HPP
