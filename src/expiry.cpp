//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/expiry.hpp>

#include <asyncinfo/detail/memory_for.hpp>
#include <asyncinfo/detail/recycling.hpp>
#include <asyncinfo/detail/started_operation.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <utility>

namespace asyncinfo::detail {
namespace {

/// Grows when a thread has left an expiry that another one waits to free. Not in the expiry itself,
/// which is gone by the time that somebody could be notified there.
constinit std::atomic<unsigned> departures{0};

/// Where the timer lives. Its handler needs no strand, and a strand must not outlive its context.
boost::asio::any_io_executor timer_executor(operation_base& operation) {
    boost::asio::any_io_executor found;
    without_strand(operation.executor(), [&](const auto& executor) { found = executor; });
    return found;
}

/// Knows whether its context is being destroyed: that takes timers out of their queue without a lock.
/// Made after the timer's own services, and so told before they are.
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

/// A pending deadline: a timer, in a block that the timer's completion handler owns.
///
/// Three may be about it, each on a thread of its own: who sets it, the timer's handler, which is
/// run or destroyed with its context, and who ends the operation. The last knows nothing of the
/// timer's context, which may be gone as soon as the handler is; so the handler waits until that one
/// has left. It waits for a few instructions: expiries are told with the blocked threads, before
/// anything that may run a user's code.
class expiry final : public observer {
public:
    static void set(const operation_ptr& operation, deadline when) {
        owner made = make(operation);
        if (!operation->observe(*made))
            return;
        try {
            made->timer_.expires_at(when.time());
            made->timer_.async_wait(handler(*made));
        } catch (...) {
            if (!operation->unobserve(*made))
                made->await_told();
            throw;
        }
        leave_to_handler(std::move(made));
    }

    ~expiry() override = default;

    /// The operation has ended.
    void ended() override {
        unsigned seen = state_.load(std::memory_order_acquire);
        unsigned next = 0;
        do {
            next = seen | told;
            if (!(seen & (setting | taken)))
                next |= leaving;
        } while (!state_.compare_exchange_weak(seen, next, std::memory_order_acq_rel));
        if (next & leaving)
            cancel_timer();
        else if (seen & awaited)
            wake();
    }

private:
    // Bits of the state.
    static constexpr unsigned setting = 1; ///< the timer is being started
    static constexpr unsigned told = 2;    ///< the operation has ended
    static constexpr unsigned leaving = 4; ///< and whoever says so has not left yet
    static constexpr unsigned taken = 8;   ///< the handler has been run, or destroyed
    static constexpr unsigned over = 16;   ///< it was run, and the time is over
    static constexpr unsigned awaited = 32;

    struct release {
        void operator()(expiry* gone) const noexcept { memory_for<expiry>::destroy(gone); }
    };
    using owner = std::unique_ptr<expiry, release>;

    class handler {
    public:
        using allocator_type = recycling_allocator<void>;

        explicit handler(expiry& e) noexcept : expiry_(&e) {}
        handler(handler&& other) noexcept : expiry_(std::exchange(other.expiry_, nullptr)) {}
        handler& operator=(handler&&) = delete;
        ~handler() {
            if (expiry_)
                expiry_->take(false);
        }

        allocator_type get_allocator() const noexcept { return {}; }

        void operator()(const boost::system::error_code& error) {
            std::exchange(expiry_, nullptr)->take(!error);
        }

    private:
        expiry* expiry_;
    };

    static owner make(const operation_ptr& operation) {
        memory_for<expiry> memory;
        return owner(memory.keep(::new (memory.place()) expiry(operation)));
    }

    explicit expiry(const operation_ptr& operation)
        : observer(rank::blocked_thread), timer_(timer_executor(*operation)),
          context_(context_watch::of(timer_.get_executor())), operation_(operation) {}
    /// The timer has been started. What came meanwhile was left to the thread that did.
    static void leave_to_handler(owner made) {
        expiry& self = *made.release();
        unsigned seen = self.state_.load(std::memory_order_acquire);
        unsigned next = 0;
        do {
            next = seen & ~setting;
            if ((seen & told) && !(seen & taken))
                next |= leaving;
        } while (!self.state_.compare_exchange_weak(seen, next, std::memory_order_acq_rel));
        if (seen & taken)
            finish(owner(&self), seen);
        else if (next & leaving)
            self.cancel_timer();
    }

    /// The timer's handler, run or destroyed.
    void take(bool is_over) {
        const unsigned mine = is_over ? taken | over : taken;
        const unsigned seen = state_.fetch_or(mine, std::memory_order_acq_rel);
        if (!(seen & setting))
            finish(owner(this), seen | mine);
    }

    static void finish(owner self, unsigned seen) {
        operation_ptr operation;
        if (!(seen & told))
            operation = std::move(self->operation_);
        if (!operation || !operation->unobserve(*self))
            self->await_told();
        self.reset();
        if (operation && (seen & over))
            operation->expire();
    }

    /// What has ended keeps no timer waiting, and is not kept by one.
    void cancel_timer() noexcept {
        context_.unless_destroyed([this] { timer_.cancel(); });
        operation_.reset();
        if (state_.fetch_and(~leaving, std::memory_order_acq_rel) & awaited)
            wake();
    }

    void await_told() noexcept {
        for (;;) {
            const unsigned departed = departures.load(std::memory_order_acquire);
            const unsigned seen = state_.fetch_or(awaited, std::memory_order_acq_rel);
            if ((seen & (told | leaving)) == told)
                return;
            departures.wait(departed);
        }
    }

    static void wake() noexcept {
        departures.fetch_add(1, std::memory_order_release);
        departures.notify_all();
    }

    boost::asio::steady_timer timer_;
    context_watch& context_;
    operation_ptr operation_; ///< until it has ended
    std::atomic<unsigned> state_{setting};
};

} // namespace

void set_deadline(const operation_ptr& operation, deadline when) {
    if (when.is_poll())
        operation->expire();
    else if (!when.is_never() && operation->status() == AsyncStatus::Started)
        expiry::set(operation, when);
}

} // namespace asyncinfo::detail
