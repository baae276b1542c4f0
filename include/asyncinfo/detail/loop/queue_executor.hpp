//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_LOOP_QUEUE_EXECUTOR_HPP
#define ASYNCINFO_DETAIL_LOOP_QUEUE_EXECUTOR_HPP

#include <asyncinfo/detail/asio/context_keeper.hpp>
#include <asyncinfo/detail/asio/polling_frame.hpp>
#include <asyncinfo/detail/base/config.hpp>
#include <asyncinfo/detail/base/memory_for.hpp>
#include <asyncinfo/detail/base/recycling.hpp>
#include <asyncinfo/detail/loop/queue_core.hpp>

#include <boost/asio/execution/allocator.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution/mapping.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/execution/relationship.hpp>

#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

/// A function in a queue, in memory from the allocator. The memory is freed before the function
/// runs.
template <typename Function, typename Allocator>
class queued_function final : public queued {
    using memory_type = memory_for<queued_function, Allocator>;

public:
    template <typename F>
    static queued_function& make(F&& function, const Allocator& allocator) {
        memory_type memory(allocator);
        return *memory.keep(::new (memory.place())
                                queued_function(std::forward<F>(function), allocator));
    }

private:
    template <typename F>
    queued_function(F&& function, const Allocator& allocator)
        : queued(&end), function_(std::forward<F>(function)), allocator_(allocator) {}

    static void end(queued& base, bool run) {
        auto* const self = static_cast<queued_function*>(&base);
        Function function(std::move(self->function_));
        memory_type::destroy(self, std::move(self->allocator_));
        if (run)
            function();
    }

    Function function_;
    ASYNCINFO_NO_UNIQUE_ADDRESS Allocator allocator_;
};

template <typename>
inline constexpr bool is_std_allocator = false;
template <typename T>
inline constexpr bool is_std_allocator<std::allocator<T>> = true;

/// The bits that requiring a property changes; none for properties that are no bits.
struct queue_bits {
    static constexpr unsigned never_blocking = 1;
    static constexpr unsigned continuation = 2;

    unsigned set = 0;
    unsigned clear = 0;
};
template <typename Property>
inline constexpr queue_bits queue_bits_for{};
template <>
inline constexpr queue_bits queue_bits_for<boost::asio::execution::blocking_t::never_t>{
    queue_bits::never_blocking, 0};
template <>
inline constexpr queue_bits queue_bits_for<boost::asio::execution::blocking_t::possibly_t>{
    0, queue_bits::never_blocking};
template <>
inline constexpr queue_bits queue_bits_for<boost::asio::execution::relationship_t::continuation_t>{
    queue_bits::continuation, 0};
template <>
inline constexpr queue_bits queue_bits_for<boost::asio::execution::relationship_t::fork_t>{
    0, queue_bits::continuation};

/// The executor of a `completion_queue`, in all the variants that its properties make.
///
/// It keeps the queue's core alive, so copying it costs an atomic increment; that is why each
/// `require` has an overload for rvalues, which are what Asio hands on.
template <typename Allocator = recycling_allocator<void>, bool Tracked = false>
class queue_executor {
public:
    explicit queue_executor(queue_core_ptr core) noexcept
        : queue_executor(std::move(core), 0, Allocator()) {}

    queue_executor(const queue_executor& other) noexcept
        : queue_executor(other.core_, other.bits_, other.allocator_) {}

    queue_executor(queue_executor&& other) noexcept
        : core_(std::move(other.core_)), bits_(other.bits_),
          allocator_(std::move(other.allocator_)) {}

    queue_executor& operator=(queue_executor other) noexcept {
        core_.swap(other.core_);
        bits_ = other.bits_;
        std::destroy_at(std::addressof(allocator_));
        std::construct_at(std::addressof(allocator_), std::move(other.allocator_));
        return *this;
    }

    ~queue_executor() {
        if constexpr (Tracked)
            if (core_)
                core_->work_finished();
    }

    /// True if this thread is polling the queue.
    bool running_in_this_thread() const noexcept { return polling_frame::of(*core_) != nullptr; }

    template <typename Function>
    void execute(Function&& function) const {
        using function_type = std::decay_t<Function>;
        if (!(bits_ & queue_bits::never_blocking)) {
            if (polling_frame* frame = polling_frame::of(*core_); frame && !core_->is_closed()) {
                function_type own(std::forward<Function>(function));
                try {
                    own();
                } catch (...) {
                    frame->capture(std::current_exception());
                }
                return;
            }
        }
        const auto allocator = own_allocator();
        using node = queued_function<function_type, std::remove_const_t<decltype(allocator)>>;
        core_->submit(node::make(std::forward<Function>(function), allocator));
    }

    template <typename Property>
        requires((queue_bits_for<Property>.set | queue_bits_for<Property>.clear) != 0)
    queue_executor require(Property property) const& noexcept {
        return queue_executor(*this).require(property);
    }
    template <typename Property>
        requires((queue_bits_for<Property>.set | queue_bits_for<Property>.clear) != 0)
    queue_executor require(Property) && noexcept {
        constexpr queue_bits change = queue_bits_for<Property>;
        bits_ = (bits_ & ~change.clear) | change.set;
        return std::move(*this);
    }

    using tracked = queue_executor<Allocator, true>;
    using untracked = queue_executor<Allocator, false>;
    tracked require(boost::asio::execution::outstanding_work_t::tracked_t) const& noexcept {
        return tracked(core_, bits_, allocator_);
    }
    tracked require(boost::asio::execution::outstanding_work_t::tracked_t) && noexcept {
        if constexpr (Tracked)
            return std::move(*this);
        else
            return tracked(std::move(core_), bits_, allocator_);
    }
    untracked require(boost::asio::execution::outstanding_work_t::untracked_t) const noexcept {
        return untracked(core_, bits_, allocator_);
    }

    template <typename A>
    queue_executor<A, Tracked> require(boost::asio::execution::allocator_t<A> a) const& noexcept {
        return queue_executor<A, Tracked>(core_, bits_, a.value());
    }
    template <typename A>
    queue_executor<A, Tracked> require(boost::asio::execution::allocator_t<A> a) && noexcept {
        return queue_executor<A, Tracked>(typename queue_executor<A, Tracked>::counted(),
                                          std::move(core_), bits_, a.value());
    }
    queue_executor<recycling_allocator<void>, Tracked>
    require(boost::asio::execution::allocator_t<void>) const noexcept {
        return queue_executor<recycling_allocator<void>, Tracked>(core_, bits_, {});
    }

    static constexpr boost::asio::execution::mapping_t
    query(boost::asio::execution::mapping_t) noexcept {
        return boost::asio::execution::mapping.thread;
    }
    static constexpr boost::asio::execution::outstanding_work_t
    query(boost::asio::execution::outstanding_work_t) noexcept {
        if constexpr (Tracked)
            return boost::asio::execution::outstanding_work.tracked;
        else
            return boost::asio::execution::outstanding_work.untracked;
    }
    boost::asio::execution_context& query(boost::asio::execution::context_t) const noexcept {
        return *core_;
    }
    boost::asio::execution::blocking_t query(boost::asio::execution::blocking_t) const noexcept {
        if (bits_ & queue_bits::never_blocking)
            return boost::asio::execution::blocking.never;
        return boost::asio::execution::blocking.possibly;
    }
    boost::asio::execution::relationship_t
    query(boost::asio::execution::relationship_t) const noexcept {
        if (bits_ & queue_bits::continuation)
            return boost::asio::execution::relationship.continuation;
        return boost::asio::execution::relationship.fork;
    }
    template <typename A>
    Allocator query(boost::asio::execution::allocator_t<A>) const noexcept {
        return allocator_;
    }

    friend bool operator==(const queue_executor& a, const queue_executor& b) noexcept {
        return a.core_ == b.core_ && a.bits_ == b.bits_ && a.allocator_ == b.allocator_;
    }
    friend bool operator!=(const queue_executor& a, const queue_executor& b) noexcept {
        return !(a == b);
    }

private:
    template <typename, bool>
    friend class queue_executor;

    auto own_allocator() const noexcept {
        // Asio passes `std::allocator` where the user has associated no allocator.
        if constexpr (is_std_allocator<Allocator>)
            return recycling_allocator<void>();
        else
            return allocator_;
    }

    queue_executor(queue_core_ptr core, unsigned bits, const Allocator& allocator) noexcept
        : queue_executor(counted(), std::move(core), bits, allocator) {
        if constexpr (Tracked)
            if (core_)
                core_->work_started();
    }

    /// Says that the work has been counted already.
    struct counted {};
    queue_executor(counted, queue_core_ptr core, unsigned bits, const Allocator& allocator) noexcept
        : core_(std::move(core)), bits_(bits), allocator_(allocator) {}

    queue_core_ptr core_;
    unsigned bits_;
    ASYNCINFO_NO_UNIQUE_ADDRESS Allocator allocator_;
};

template <typename Allocator>
inline constexpr bool keeps_context<queue_executor<Allocator, false>> = true;
template <typename Allocator>
inline constexpr bool keeps_context_busy<queue_executor<Allocator, true>> = true;

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_LOOP_QUEUE_EXECUTOR_HPP
