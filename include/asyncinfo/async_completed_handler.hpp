//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_ASYNC_COMPLETED_HANDLER_HPP
#define ASYNCINFO_ASYNC_COMPLETED_HANDLER_HPP

#include <asyncinfo/async_status.hpp>
#include <asyncinfo/detail/operation.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

template <typename Sender, typename Callable>
class completed_callable;
struct handle_access;

} // namespace asyncinfo::detail

namespace asyncinfo {

/// A reference-counted, nullable delegate to be called as `handler(sender, status)` when an
/// operation has ended, where `sender` is a handle to it, by const reference.
///
/// Made from any callable, move-only ones included. It is called exactly once for each operation it
/// was given to, when `sender.Status() == status` and everything else is readable.
///
/// Executor and threads: the callable's associated executor (`asio::bind_executor`) if it has one,
/// by `asio::dispatch`. Without: on the thread that ends the operation, in its executor, or on the
/// thread that sets the handler if the operation has ended before. No lock is held meanwhile: the
/// handler may use every member and drop the last handle.
///
/// Lifetime: the operation releases the delegate right after the call. Memory comes from the
/// callable's associated allocator.
///
/// Errors: what the callable throws goes to whoever runs it, as from any Asio handler. A handler
/// that cannot be submitted, or whose executor's context is destroyed, is destroyed uncalled.
///
/// Example: `op.Completed([](auto& sender, AsyncStatus status) { ... });`
///
/// Source: Windows.Foundation.AsyncActionCompletedHandler, AsyncOperationCompletedHandler<TResult>.
template <typename Sender>
class completed_handler {
public:
    /// A null delegate.
    completed_handler() = default;
    completed_handler(std::nullptr_t) noexcept {}

    completed_handler(const completed_handler&) noexcept = default;
    completed_handler(completed_handler&&) noexcept = default;
    completed_handler& operator=(const completed_handler&) noexcept = default;
    completed_handler& operator=(completed_handler&&) noexcept = default;
    ~completed_handler() = default;

    /// Wraps a callable; a null function pointer or `std::function` makes a null delegate.
    template <typename Callable>
        requires(!std::same_as<std::remove_cvref_t<Callable>, completed_handler> &&
                 std::invocable<std::decay_t<Callable>&, const Sender&, AsyncStatus>)
    completed_handler(Callable&& callable);

    /// Whether there is a callable.
    explicit operator bool() const noexcept { return target_ != nullptr; }

    /// Calls the callable here, or dispatches it to its associated executor. Not to be used on a
    /// null delegate.
    void operator()(const Sender& sender, AsyncStatus status) const;

    friend bool operator==(const completed_handler&, const completed_handler&) = default;
    friend bool operator==(const completed_handler& a, std::nullptr_t) noexcept { return !a; }

private:
    friend Sender;

    explicit completed_handler(detail::completed_ptr target) noexcept
        : target_(std::move(target)) {}

    detail::completed_ptr target_;
};

class IAsyncAction;
template <typename T>
class IAsyncOperation;

/// Called when an action has ended.
using AsyncActionCompletedHandler = completed_handler<IAsyncAction>;

/// Called when an operation with a result has ended.
template <typename T>
using AsyncOperationCompletedHandler = completed_handler<IAsyncOperation<T>>;

} // namespace asyncinfo

#include <asyncinfo/impl/async_completed_handler.hpp>

#endif // ASYNCINFO_ASYNC_COMPLETED_HANDLER_HPP
