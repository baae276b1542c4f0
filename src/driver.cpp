//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/driver.hpp>

#include <asyncinfo/detail/blocked_thread.hpp>
#include <asyncinfo/detail/resume_queue.hpp>

#include <boost/asio/execution/allocator.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/require.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <new>
#include <thread>
#include <utility>

namespace asyncinfo::detail {
namespace {

/// What the driving thread and the function that wakes it share; kept by whoever still uses it.
struct reserve {
    /// Memory set aside for that function in the context's queue.
    alignas(std::max_align_t) unsigned char memory[256];
    bool used = false;
    const std::thread::id driver = std::this_thread::get_id();
    std::atomic<bool> driver_has_left = false;
};

template <typename T>
class reserve_allocator {
public:
    using value_type = T;

    explicit reserve_allocator(std::shared_ptr<reserve> r) noexcept : reserve_(std::move(r)) {}
    template <typename U>
    reserve_allocator(const reserve_allocator<U>& other) noexcept : reserve_(other.reserve_) {}

    T* allocate(std::size_t n) {
        if (!reserve_->used && n * sizeof(T) <= sizeof(reserve_->memory)) {
            reserve_->used = true;
            return reinterpret_cast<T*>(reserve_->memory);
        }
        return std::allocator<T>().allocate(n);
    }

    void deallocate(T* pointer, std::size_t n) noexcept {
        if (reinterpret_cast<unsigned char*>(pointer) == reserve_->memory)
            reserve_->used = false;
        else
            std::allocator<T>().deallocate(pointer, n);
    }

    template <typename U>
    friend bool operator==(const reserve_allocator& a, const reserve_allocator<U>& b) noexcept {
        return a.reserve_ == b.reserve_;
    }

private:
    template <typename>
    friend class reserve_allocator;

    std::shared_ptr<reserve> reserve_;
};

/// Runs in the context until it has run on the driving thread, whose `run_one` then returns. Other
/// threads may run the context, too.
class wake_driver {
public:
    wake_driver(boost::asio::io_context& context, std::shared_ptr<reserve> r) noexcept
        : context_(context), reserve_(std::move(r)) {}

    void operator()() {
        if (std::this_thread::get_id() != reserve_->driver && !reserve_->driver_has_left)
            post();
    }

    void post() {
        namespace execution = boost::asio::execution;
        boost::asio::require(context_.get_executor(), execution::blocking.never,
                             execution::allocator(reserve_allocator<char>(reserve_)))
            .execute(*this);
    }

private:
    boost::asio::io_context& context_;
    std::shared_ptr<reserve> reserve_;
};

/// Ends the `run_one` that the driving thread is in. It allocates nothing when it is told: the
/// memory was set aside before.
class driving_thread final : public blocked_thread {
public:
    driving_thread(operation_base& operation, boost::asio::io_context& context)
        : operation_(operation), reserve_(std::make_shared<reserve>()), wake_(context, reserve_),
          observing_(operation.observe(*this)) {}

    ~driving_thread() override {
        if (observing_ && !operation_.unobserve(*this))
            wait();
        reserve_->driver_has_left = true;
    }

    void ended() override {
        wake_.post();
        blocked_thread::ended();
    }

private:
    operation_base& operation_;
    std::shared_ptr<reserve> reserve_;
    wake_driver wake_;
    const bool observing_;
};

/// Runs what is ready now, and not what that makes ready. The context looks for expired timers and
/// ready sockets once it has come by its queue, and puts them behind: hence two rounds.
void poll(operation_base& operation, boost::asio::io_context& context) {
    if (context.stopped())
        context.restart();
    for (int round = 0; round < 2; ++round) {
        const auto done = std::make_shared<std::atomic<bool>>(false);
        boost::asio::post(context, [done] { *done = true; });
        while (!*done) {
            if (operation.status() != AsyncStatus::Started || context.poll_one() == 0)
                return;
            resume_queue::run_queued();
        }
    }
}

} // namespace

AsyncStatus drive(operation_base& operation, boost::asio::io_context& context, deadline until,
                  boost::system::error_code& error) {
    resume_queue::run_queued();
    if (operation.status() != AsyncStatus::Started)
        return operation.status();
    if (until.is_poll()) {
        poll(operation, context);
        return operation.status();
    }
    // A thread of the operation's context may drive that context, but no other meanwhile.
    if (!context.get_executor().running_in_this_thread() && operation.needs_this_thread()) {
        error = errc::would_deadlock;
        return AsyncStatus::Started;
    }
    // With work of its own the context returns only when somebody stops it, and without any other
    // this thread waits in there.
    const auto work = boost::asio::make_work_guard(context);
    const driving_thread waker(operation, context);
    while (operation.status() == AsyncStatus::Started &&
           (until.is_never() || deadline::clock::now() < until.time())) {
        if (context.stopped())
            context.restart();
        if (until.is_never())
            context.run_one();
        else
            context.run_one_until(until.time());
        resume_queue::run_queued();
    }
    return operation.status();
}

} // namespace asyncinfo::detail
