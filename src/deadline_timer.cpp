//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/observe/deadline_timer.hpp>

#include <asyncinfo/detail/base/recycling.hpp>
#include <asyncinfo/detail/core/deadline_flow.hpp>
#include <asyncinfo/detail/start/initiated_operation.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace asyncinfo::detail {
namespace {

/// The timer's executor, without a strand: the timer's handler needs none, and a strand must not
/// outlive its context.
boost::asio::any_io_executor timer_executor(operation_base& operation) {
    boost::asio::any_io_executor found;
    without_strand(operation.executor(), [&](const auto& executor) { found = executor; });
    return found;
}

/// Knows whether its context is being destroyed, which takes timers out of their queue without a
/// lock. It is made after the timer's own services, and so is shut down before them. A
/// `context_life` is no use here: it may be older than the timers of its context.
class context_watch final : public boost::asio::execution_context::service {
public:
    static inline boost::asio::execution_context::id id;

    static context_watch& of(const boost::asio::any_io_executor& executor) {
        return boost::asio::use_service<context_watch>(
            boost::asio::query(executor, boost::asio::execution::context));
    }

    explicit context_watch(boost::asio::execution_context& context) : service(context) {}

    template <typename Function>
    void unless_destroyed(Function function) {
        const std::lock_guard guard(mutex_);
        if (!destroyed_)
            function();
    }

private:
    void shutdown() override {
        const std::lock_guard guard(mutex_);
        destroyed_ = true;
    }

    std::mutex mutex_;
    bool destroyed_ = false;
};

/// An operation's deadlines: one timer, however many there are and however often they are moved.
///
/// The operation, which notifies it of its end, and the timer's handler, which is run or destroyed
/// with its context, share it; the last of them frees it. They and a thread that sets a deadline
/// hold the lock for a few instructions, and never during a call of a user's code.
class deadline_timer final : public observer, public std::enable_shared_from_this<deadline_timer> {
public:
    using clock = deadline::clock;
    using next = deadline_flow::next;

    explicit deadline_timer(operation_base& operation) noexcept
        : observer(rank::deadline), operation_(operation) {}
    ~deadline_timer() override = default;

    /// The deadlines of the operation; null if it has none, or has ended.
    static std::shared_ptr<deadline_timer> find(operation_base& operation) noexcept {
        std::shared_ptr<deadline_timer> found;
        operation.visit_deadlines([&](observer* o) -> observer* {
            if (o)
                found = static_cast<deadline_timer*>(o)->shared_from_this();
            return nullptr;
        });
        return found;
    }

    static std::shared_ptr<deadline_timer> find_or_make(operation_base& operation) {
        auto found = find(operation);
        if (found)
            return found;
        auto made =
            std::allocate_shared<deadline_timer>(recycling_allocator<deadline_timer>(), operation);
        operation.visit_deadlines([&](observer* o) -> observer* {
            if (o) { // another thread was faster
                found = static_cast<deadline_timer*>(o)->shared_from_this();
                return nullptr;
            }
            found = made->kept_ = made;
            return made.get();
        });
        return found;
    }

    /// Changes the schedule. If it throws, the schedule is unchanged.
    template <typename Change>
    void set(Change change) {
        const std::lock_guard guard(mutex_);
        const auto [then, when, types] = flow_.set(change);
        if (then == next::start)
            start(when);
        else if (then == next::move)
            context_->unless_destroyed([&, until = when] { timer_->expires_at(until); });
        record();
    }

    /// Called when the operation has ended.
    void ended() override {
        const auto keep = std::move(kept_);
        const std::lock_guard guard(mutex_);
        if (flow_.end().then == next::cancel)
            context_->unless_destroyed([this] { timer_->cancel(); });
    }

private:
    class handler {
    public:
        using allocator_type = recycling_allocator<void>;

        explicit handler(std::shared_ptr<deadline_timer> e) noexcept : deadlines_(std::move(e)) {}
        handler(handler&&) = default;
        handler& operator=(handler&&) = delete;
        ~handler() {
            if (deadlines_)
                deadlines_->lose_handler();
        }

        allocator_type get_allocator() const noexcept { return {}; }

        void operator()(const boost::system::error_code&) {
            std::exchange(deadlines_, nullptr)->wake();
        }

    private:
        std::shared_ptr<deadline_timer> deadlines_;
    };

    /// Tells the registry. Called with the lock, while the operation lives.
    void record() noexcept {
        if (operation_.is_tracked()) [[unlikely]]
            operation_.identity().has_deadline(flow_.next_deadline());
    }

    /// Called by the timer's handler.
    void wake() {
        unsigned types = 0;
        operation_ptr operation;
        {
            const std::lock_guard guard(mutex_);
            types = go_on();
            if (types) {
                operation = &operation_; // alive, since `ended` has not been called yet
                record();
            }
        }
        if (operation)
            operation->expire(types);
    }

    /// Returns the types to request.
    unsigned go_on() noexcept {
        auto action = flow_.woke(clock::now());
        if (action.then == next::wait) {
            try {
                wait_until(action.when);
                return action.types;
            } catch (...) {
                const unsigned due = action.types;
                action = flow_.wait_failed();
                action.types |= due;
            }
        }
        timer_.reset();
        return action.types;
    }

    void start(clock::time_point when) {
        try {
            timer_.emplace(timer_executor(operation_));
            context_ = &context_watch::of(timer_->get_executor());
            wait_until(when);
        } catch (...) {
            flow_.start_failed();
            timer_.reset();
            throw;
        }
    }

    void wait_until(clock::time_point when) {
        timer_->expires_at(when);
        struct guard {
            deadline_timer& self;
            ~guard() { self.starter_.store({}, std::memory_order_relaxed); }
        } const starting{*this};
        starter_.store(std::this_thread::get_id(), std::memory_order_relaxed);
        timer_->async_wait(handler(shared_from_this()));
    }

    /// Called when the handler is destroyed uncalled: its context is being destroyed, or this
    /// thread is the starter and the wait could not be started.
    void lose_handler() noexcept {
        if (starter_.load(std::memory_order_relaxed) == std::this_thread::get_id())
            return;
        const std::lock_guard guard(mutex_);
        flow_.lose_handler();
        timer_.reset();
    }

    std::mutex mutex_;
    deadline_flow flow_;
    operation_base& operation_;            ///< alive until it has ended
    std::shared_ptr<deadline_timer> kept_; ///< keeps this for the operation, until it has ended
    std::optional<boost::asio::steady_timer> timer_;
    context_watch* context_ = nullptr;
    std::atomic<std::thread::id> starter_{}; ///< the thread that starts the timer, meanwhile
};

bool has_ended(const operation_base& operation) noexcept {
    return operation.status() != AsyncStatus::Started;
}

} // namespace

void set_deadlines(operation_base& operation, schedule added) {
    if (const unsigned types = added.take(schedule::at_once))
        operation.expire(types);
    if (added.next() == schedule::never || has_ended(operation))
        return;
    if (const auto deadlines = deadline_timer::find_or_make(operation))
        deadlines->set([&](schedule& all) { all.merge(added); });
}

void renew_deadline(operation_base& operation, deadline when, unsigned types) {
    if (when.is_poll())
        operation.expire(types);
    if (has_ended(operation))
        return;
    const bool none = when.is_poll() || when.is_never();
    const auto deadlines =
        none ? deadline_timer::find(operation) : deadline_timer::find_or_make(operation);
    if (deadlines)
        deadlines->set(
            [&](schedule& all) { all.renew(none ? schedule::never : when.time(), types); });
}

} // namespace asyncinfo::detail
