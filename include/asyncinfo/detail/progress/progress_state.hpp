//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_PROGRESS_PROGRESS_STATE_HPP
#define ASYNCINFO_DETAIL_PROGRESS_PROGRESS_STATE_HPP

#include <asyncinfo/detail/block/operation.hpp>
#include <asyncinfo/detail/block/submission.hpp>
#include <asyncinfo/detail/progress/latest_value.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace asyncinfo::detail {

/// The latest progress of an operation, and the calls of its Progress handler.
///
/// One thread or submission at a time has the turn: it calls the handler, value after value. Values
/// reported meanwhile are queued for it. The turn belongs to the reporting thread, or to a
/// submission if the handler has an executor of its own. No lock is held during a call.
///
/// The end waits for a reporting thread that has the turn: that thread performs the end after the
/// call. So an observer that the end has notified never meets a Progress call. The end does not
/// wait for a handler's executor, since that may run on the very thread that waits for the end. In
/// that case only the call of Completed is held back, and only while a Progress call is being made.
///
/// For a throttled handler the queue holds only the latest value, until it is due or the operation
/// ends. Then the end, or for a handler with an executor the call of Completed, waits for the call
/// with that value.
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
        item made = latest_value<P>::make(std::move(value));
        if (!has_handler_.load(std::memory_order_acquire))
            return latest_.store(made);
        std::unique_lock lock(mutex_);
        if (!latest_.store(made))
            return false;
        if (!handler_)
            return true;
        put(std::move(made));
        if (turn_ == turn::nobody)
            guarded([&] { take_turn(lock, nullptr); });
        return true;
    }

    std::optional<P> latest() const { return latest_.load(); }

    /// Replaces the handler. After the end the handler is not stored, and values queued for the
    /// previous one are dropped.
    void set_progress(handler_ptr handler) noexcept {
        const std::lock_guard guard(mutex_);
        if (over_ || !handler || turn_ == turn::nobody)
            drop_queue();
        if (over_)
            return;
        handler_.swap(handler); // the previous handler is released after the lock
        has_handler_.store(handler_ != nullptr, std::memory_order_release);
        called_.reset();
    }

    /// True if the end waits, or would wait, for this thread to return from a handler.
    bool calls_here() const noexcept {
        const std::lock_guard guard(mutex_);
        return turn_ == turn::here && calling_ && caller_ == std::this_thread::get_id();
    }

    handler_ptr progress() const noexcept {
        const std::lock_guard guard(mutex_);
        return over_ ? nullptr : handler_;
    }

    /// Called before Completed. If it returns false, it has stored `completed`, which is called
    /// after the Progress call that is being made or, for a throttled handler, is still owed.
    bool may_complete(completed_ptr completed) noexcept {
        const std::lock_guard guard(mutex_);
        if (!over_)
            return true; // the user calls the delegate directly
        const bool owed = turn_ == turn::elsewhere && has_queued() && handler_->paced();
        if (!owed)
            drop_queue();
        if (!(owed || calling_) || held_back_)
            return true;
        held_back_ = std::move(completed);
        return false;
    }

protected:
    ~progress_state() = default;

    /// Called with the outcome stored; `last` is reported before the end. Returns true if the
    /// caller must end the operation. Returns false if the thread that has the turn ends it, or if
    /// this call has ended it; in the latter case it throws what a handler throws.
    bool may_end(std::optional<P> last) {
        handler_ptr released;
        std::unique_lock lock(mutex_);
        if (last)
            put_last(latest_value<P>::make(*std::move(last)));
        latest_.seal();
        ending_ = true;
        if (turn_ == turn::here) {
            must_end_ = true;
            return false;
        }
        if (turn_ == turn::nobody && has_queued()) {
            must_end_ = true;
            take_turn(lock, nullptr);
            return false;
        }
        over_ = true;
        if (turn_ == turn::nobody)
            released = std::move(handler_);
        return true;
    }

    /// After Close.
    void discard_progress() noexcept {
        const std::lock_guard guard(mutex_);
        latest_.discard();
        drop_queue();
    }

private:
    enum class turn : unsigned char {
        nobody,
        here,     ///< a thread calls a handler that has no executor
        elsewhere ///< a submission is on its way to an executor, or there
    };

    using item = typename latest_value<P>::item;

    /// Calls handlers until there is no value left that is due. `executor_of`: the one on whose
    /// executor this thread is, if any. Throws the first of what they throw.
    void take_turn(std::unique_lock<std::mutex>& lock, const handler_ptr& executor_of) {
        const operation_ptr keep(&operation_);
        std::exception_ptr thrown;
        const auto guarded = [&](auto&& call) {
            try {
                call();
            } catch (...) {
                if (!thrown)
                    thrown = std::current_exception();
            }
        };
        bool end = false;
        handler_ptr released;
        completed_ptr completed;
        for (;;) {
            handler_ptr handler = handler_;
            if (!handler || (over_ && !handler->has_executor()))
                drop_queue();
            if (!has_queued() || !is_due(*handler)) {
                end = std::exchange(must_end_, false);
                completed = std::move(held_back_);
                released = give_up_turn();
                lock.unlock();
                break;
            }
            if (handler->has_executor() && handler != executor_of) {
                turn_ = turn::elsewhere;
                submitted_to_ = handler;
                end = std::exchange(must_end_, false);
                lock.unlock();
                guarded([&] { handler->submit(submission(keep, this, &progress_state::arrive)); });
                break;
            }
            std::optional<item> next;
            take_next(next);
            if (const throttle* paced = handler->paced())
                called_ = paced->now();
            turn_ = handler->has_executor() ? turn::elsewhere : turn::here;
            calling_ = true;
            caller_ = std::this_thread::get_id();
            lock.unlock();
            guarded([&] { handler->call(keep, latest_value<P>::get(*next)); });
            next.reset();
            handler.reset(); // it may be the last reference
            lock.lock();
            calling_ = false;
        }
        if (end)
            guarded([&] {
                if (may_end(std::nullopt))
                    operation_.end();
            });
        if (completed)
            guarded([&] { operation_.call_completed(std::move(completed)); });
        if (thrown)
            std::rethrow_exception(thrown);
    }

    static void arrive(void* self, bool lost) { static_cast<progress_state*>(self)->arrive(lost); }

    void arrive(bool lost) {
        std::unique_lock lock(mutex_);
        const handler_ptr executor_of = std::move(submitted_to_);
        if (!lost)
            return take_turn(lock, executor_of);
        drop_queue();
        completed_ptr completed = std::move(held_back_);
        const handler_ptr released = give_up_turn();
        lock.unlock();
        if (completed)
            operation_.call_completed(std::move(completed));
    }

    /// Returns the handler if the end has left it to be released; the caller does so without the
    /// lock.
    handler_ptr give_up_turn() noexcept {
        turn_ = turn::nobody;
        return over_ ? std::move(handler_) : nullptr;
    }

    void put(item value) {
        if (handler_->paced())
            drop_queue();
        if (has_queued())
            queue_.push_back(std::move(value));
        else
            first_.emplace(std::move(value));
    }

    /// Without memory the handler is not called with the value.
    void put_last(item value) noexcept {
        latest_.store(value);
        try {
            if (handler_)
                put(std::move(value));
        } catch (...) {
        }
    }

    bool has_queued() const noexcept { return first_ || at_ != queue_.size(); }

    bool is_due(const delegate_target<P>& handler) const noexcept {
        const throttle* const paced = handler.paced();
        return !paced || ending_ || !called_ || paced->now() - *called_ >= paced->interval;
    }

    void take_next(std::optional<item>& value) {
        if (first_) {
            value.emplace(*std::move(first_));
            first_.reset();
            return;
        }
        value.emplace(std::move(queue_[at_]));
        if (++at_ == queue_.size())
            drop_queue();
    }

    void drop_queue() noexcept {
        first_.reset();
        queue_.clear();
        at_ = 0;
    }

    operation_base& operation_;
    mutable std::mutex mutex_;
    latest_value<P> latest_;
    std::atomic<bool> has_handler_{false};
    handler_ptr handler_;
    handler_ptr submitted_to_;
    completed_ptr held_back_;
    std::optional<item> first_; ///< before the queue
    std::vector<item> queue_;
    std::size_t at_ = 0;
    turn turn_ = turn::nobody;
    bool calling_ = false;
    std::thread::id caller_;
    std::optional<std::chrono::nanoseconds> called_; ///< time of a throttled handler's last call
    bool ending_ = false;                            ///< no more reports
    bool must_end_ = false;                          ///< the owner of the turn performs the end
    bool over_ = false;                              ///< no more handlers
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_PROGRESS_PROGRESS_STATE_HPP
