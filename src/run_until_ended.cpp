//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/observe/run_until_ended.hpp>

#include <asyncinfo/detail/block/blocked_thread.hpp>
#include <asyncinfo/detail/block/trampoline.hpp>

#include <boost/asio/execution/allocator.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
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

/// Shared by the driving thread and the function that wakes it; the last user frees it.
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

/// A function that is posted to the context until it has run on the driving thread, whose `run_one`
/// then returns. Other threads may run the context, too.
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

/// Runs an io_context while an operation runs, and makes a pending `run_one` return when that ends.
/// The notification of the end allocates nothing: its memory was set aside before.
class io_context_driver final : public blocked_thread {
public:
    io_context_driver(operation_base& operation, boost::asio::io_context& context)
        : operation_(operation), context_(context), work_(context.get_executor()),
          reserve_(std::make_shared<reserve>()), wake_(context, reserve_),
          observing_(operation.observe(*this)) {}

    ~io_context_driver() override {
        if (observing_ && !operation_.unobserve(*this))
            wait();
        reserve_->driver_has_left = true;
    }

    void ended() override {
        wake_.post();
        blocked_thread::ended();
    }

    void run_some(deadline until) {
        if (context_.stopped())
            context_.restart();
        if (until.is_never())
            context_.run_one();
        else
            context_.run_one_until(until.time());
    }

    /// Runs the handlers that are ready now, and not those that they make ready. The context looks
    /// for expired timers and ready sockets at the end of its queue, and appends their handlers:
    /// hence two rounds.
    static void poll(operation_base& operation, boost::asio::io_context& context) {
        if (context.stopped())
            context.restart();
        for (int round = 0; round < 2; ++round) {
            const auto done = std::make_shared<std::atomic<bool>>(false);
            boost::asio::post(context, [done] { *done = true; });
            while (!*done) {
                if (operation.status() != AsyncStatus::Started || context.poll_one() == 0)
                    return;
                trampoline::run_queued();
            }
        }
    }

private:
    operation_base& operation_;
    boost::asio::io_context& context_;
    // This work makes `run_one` wait where the context has no other work; only a stop of the
    // context makes it return without having run a handler.
    const boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    std::shared_ptr<reserve> reserve_;
    wake_driver wake_;
    const bool observing_;
};

} // namespace

driven_context::driven_context(boost::asio::io_context& context) noexcept : context_(&context) {
    using boost::asio::io_context;
    static constexpr methods driving{
        [](const void* driven) noexcept {
            auto& running = *static_cast<io_context*>(const_cast<void*>(driven));
            return running.get_executor().running_in_this_thread();
        },
        [](void* driven, operation_base& operation, deadline until) {
            drive_with<io_context_driver>(*static_cast<io_context*>(driven), operation, until);
        }};
    methods_ = &driving;
}

} // namespace asyncinfo::detail
