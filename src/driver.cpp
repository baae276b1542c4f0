//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/driver.hpp>

#include <asyncinfo/detail/blocked_thread.hpp>

#include <boost/asio/execution/allocator.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/require.hpp>

#include <cstddef>
#include <memory>
#include <new>

namespace asyncinfo::detail {
namespace {

/// Memory set aside for one small function in a context's queue, kept by whoever may still use it.
struct reserve {
    alignas(std::max_align_t) unsigned char memory[256];
    bool used = false;
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
        if (reinterpret_cast<unsigned char*>(pointer) != reserve_->memory)
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

/// Ends the `run_one` that the driving thread is in. It allocates nothing when it is told: the
/// memory was set aside before.
class driving_thread final : public blocked_thread {
public:
    driving_thread(operation_base& operation, boost::asio::io_context& context)
        : operation_(operation), context_(context), reserve_(std::make_shared<reserve>()),
          observing_(operation.observe(*this)) {}

    ~driving_thread() {
        if (observing_ && !operation_.unobserve(*this))
            wait();
    }

    void ended() override {
        namespace execution = boost::asio::execution;
        boost::asio::require(context_.get_executor(), execution::blocking.never,
                             execution::allocator(reserve_allocator<char>(reserve_)))
            .execute([] {});
        blocked_thread::ended();
    }

private:
    operation_base& operation_;
    boost::asio::io_context& context_;
    std::shared_ptr<reserve> reserve_;
    const bool observing_;
};

} // namespace

AsyncStatus drive(operation_base& operation, boost::asio::io_context& context, deadline until,
                  boost::system::error_code& error) {
    if (until.is_poll()) {
        if (context.stopped())
            context.restart();
        context.poll();
        return operation.status();
    }
    {
        driving_thread waker(operation, context);
        for (int idle = 0; operation.status() == AsyncStatus::Started;) {
            if (context.stopped())
                context.restart();
            const bool ran = until.is_never() ? context.run_one() != 0
                                              : context.run_one_until(until.time()) != 0;
            if (!until.is_never() && deadline::clock::now() >= until.time())
                return operation.status();
            // Nothing ran: somebody stopped the context, or, seen twice, there is nothing to run.
            if (ran)
                idle = 0;
            else if (++idle == 2)
                break;
        }
    }
    return operation.status() == AsyncStatus::Started ? operation.wait(until, error)
                                                      : operation.status();
}

} // namespace asyncinfo::detail
