//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_HANDLE_DELEGATE_CALLABLE_HPP
#define ASYNCINFO_DETAIL_HANDLE_DELEGATE_CALLABLE_HPP

#include <asyncinfo/detail/asio/context_guest.hpp>
#include <asyncinfo/detail/asio/full_executor.hpp>
#include <asyncinfo/detail/base/memory_for.hpp>
#include <asyncinfo/detail/block/delegate_target.hpp>
#include <asyncinfo/detail/block/submission.hpp>
#include <asyncinfo/detail/block/throttle.hpp>
#include <asyncinfo/detail/handle/handle_access.hpp>

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/dispatch.hpp>

#include <concepts>
#include <optional>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

/// The candidate that `get_associated_executor` returns for a callable without an executor.
struct no_executor {};

template <typename T>
inline constexpr bool has_associated_executor =
    !std::is_same_v<typename boost::asio::associated_executor<T, no_executor>::type, no_executor>;

/// A block that must not call Completed while it calls a Progress handler.
template <typename Block>
concept orders_completed = requires(Block& block, completed_ptr handler) {
    { block.may_complete(handler) } -> std::same_as<bool>;
};

/// Calls a handler, unless it is a Completed handler that must wait for a Progress handler.
template <typename Sender, typename Argument, typename Callable>
void call_due(delegate_target<Argument>& target, Callable& callable, const Sender& sender,
              const Argument& argument) {
    if constexpr (std::is_same_v<Argument, AsyncStatus> &&
                  orders_completed<handle_access::block_of<Sender>>)
        if (auto* block = handle_access::block(sender); block && !block->may_complete(&target))
            return;
    callable(sender, argument);
}

/// Returns the throttle of a callable, or null if its calls are not throttled.
template <typename Callable>
const throttle* throttle_of(const Callable& callable) noexcept {
    const throttle* const found = associated_throttle<Callable>::get(callable, nullptr);
    return found && found->interval > found->interval.zero() ? found : nullptr;
}

/// The allocator for a delegate's target: the one that is associated with the callable, else that of
/// the operations, since as a rule there is one handler for each operation.
template <typename Callable>
using delegate_allocator_t =
    boost::asio::associated_allocator_t<Callable, recycling_allocator<void>>;

template <typename Callable>
delegate_allocator_t<Callable> delegate_allocator(const Callable& callable) noexcept {
    return boost::asio::get_associated_allocator(callable, recycling_allocator<void>());
}

/// The target of a delegate whose callable has no executor of its own.
template <typename Sender, typename Argument, typename Callable>
class delegate_callable final : public delegate_target<Argument> {
    using memory_type = memory_for<delegate_callable, delegate_allocator_t<Callable>>;

public:
    static target_ptr<Argument> make(Callable&& callable) {
        memory_type memory(delegate_allocator(callable));
        return {memory.keep(::new (memory.place()) delegate_callable(std::move(callable))), false};
    }

private:
    explicit delegate_callable(Callable&& callable) : callable_(std::move(callable)) {}

    void run(operation_ptr operation, const Argument& argument) override {
        const auto sender = handle_access::make<Sender>(std::move(operation));
        call_due(*this, callable_, sender, argument);
    }

    void call(operation_ptr operation, const Argument& argument) override {
        const auto sender = handle_access::make<Sender>(std::move(operation));
        callable_(sender, argument);
    }

    bool has_executor() const noexcept override { return false; }
    void submit(submission&& call) override { std::move(call)(); }
    const throttle* get_throttle() const noexcept override { return throttle_of(callable_); }

    void destroy() noexcept override { memory_type::destroy(this, delegate_allocator(callable_)); }

    Callable callable_;
};

/// The target of a delegate whose callable is bound to an executor. The callable is destroyed with
/// the executor's context at the latest.
template <typename Sender, typename Argument, typename Callable>
class bound_delegate_callable final : public delegate_target<Argument>, context_guest {
    using allocator_type = delegate_allocator_t<Callable>;
    using memory_type = memory_for<bound_delegate_callable, allocator_type>;

public:
    static target_ptr<Argument> make(Callable&& callable) {
        memory_type memory(delegate_allocator(callable));
        bound_delegate_callable* const made =
            memory.keep(::new (memory.place()) bound_delegate_callable(std::move(callable)));
        target_ptr<Argument> kept(made, false);
        made->enter(full(boost::asio::get_associated_executor(*made->callable_)));
        return kept;
    }

private:
    explicit bound_delegate_callable(Callable&& callable)
        : allocator_(delegate_allocator(callable)), callable_(std::in_place, std::move(callable)) {
        if (const throttle* const found = throttle_of(*callable_))
            throttle_ = *found;
    }

    void run(operation_ptr operation, const Argument& argument) override {
        auto sender = handle_access::make<Sender>(std::move(operation));
        dispatch([self = boost::intrusive_ptr<bound_delegate_callable>(this),
                  sender = std::move(sender),
                  argument] { call_due(*self, *self->callable_, sender, argument); });
    }

    void call(operation_ptr operation, const Argument& argument) override {
        const auto sender = handle_access::make<Sender>(std::move(operation));
        (*callable_)(sender, argument);
    }

    bool has_executor() const noexcept override { return true; }
    void submit(submission&& call) override { dispatch(std::move(call)); }
    const throttle* get_throttle() const noexcept override {
        return throttle_ ? &*throttle_ : nullptr;
    }

    template <typename Function>
    void dispatch(Function function) {
        use([&] {
            boost::asio::dispatch(
                boost::asio::get_associated_executor(*callable_),
                boost::asio::bind_allocator(delegate_allocator(*callable_), std::move(function)));
        });
    }

    void context_ends(context_life&, bool) noexcept override {
        callable_.reset();
        free_if_second();
    }

    void destroy() noexcept override {
        if (leave([this] { callable_.reset(); }))
            memory_type::destroy(this, allocator_);
        else
            free_if_second();
    }

    void free_if_second() noexcept {
        if (is_second())
            memory_type::destroy(this, allocator_);
    }

    const allocator_type allocator_;
    std::optional<Callable> callable_; ///< until the context ends
    std::optional<throttle> throttle_; ///< for calls of `get_throttle` after that
};

template <typename Sender, typename Argument, typename Callable>
target_ptr<Argument> make_delegate_target(Callable callable) {
    if constexpr (has_associated_executor<Callable>)
        return bound_delegate_callable<Sender, Argument, Callable>::make(std::move(callable));
    else
        return delegate_callable<Sender, Argument, Callable>::make(std::move(callable));
}

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_HANDLE_DELEGATE_CALLABLE_HPP
