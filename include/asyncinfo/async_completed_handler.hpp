//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_ASYNC_COMPLETED_HANDLER_HPP
#define ASYNCINFO_ASYNC_COMPLETED_HANDLER_HPP

#include <asyncinfo/async_status.hpp>
#include <asyncinfo/detail/block/operation.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {
struct delegate_access;
}

namespace asyncinfo {

/// A reference-counted, nullable delegate to be called as `handler(sender, argument)`, where
/// `sender` is a handle to an operation, by const reference. For `Completed` the argument is the
/// status that the operation has ended with; for `Progress` see `basic_progress`.
///
/// Made from any callable, move-only ones included. As `Completed` it is called exactly once for
/// each operation it was given to, when `sender.Status() == status` and everything else is
/// readable.
///
/// Executor and threads: the callable's associated executor (`asio::bind_executor`) if it has one,
/// by `asio::dispatch`. Without: on the thread that ends the operation, in its executor, or on the
/// thread that sets the handler if the operation has ended before. No lock is held meanwhile: the
/// handler may use every member and drop the last handle. It may end another operation, whose
/// handler ends the next: beyond 32 levels of handlers and coroutines on the thread's stack, one is
/// called when that of the level above has returned, or waits by a member of a handle.
///
/// Lifetime: the operation releases the delegate right after the call. Memory comes from the
/// callable's associated allocator.
///
/// Errors: what the callable throws goes to whoever runs it, as from any Asio handler. A handler
/// that cannot be submitted, or whose executor's context is destroyed, is destroyed uncalled.
///
/// Example: `op.Completed([](auto& sender, AsyncStatus status) { ... });`
///
/// Source: Windows.Foundation.AsyncActionCompletedHandler and those beside it.
template <typename Sender, typename Argument>
class delegate {
public:
    /// A null delegate.
    delegate() = default;
    delegate(std::nullptr_t) noexcept {}

    delegate(const delegate&) noexcept = default;
    delegate(delegate&&) noexcept = default;
    delegate& operator=(const delegate&) noexcept = default;
    delegate& operator=(delegate&&) noexcept = default;
    ~delegate() = default;

    /// Wraps a callable; a null function pointer or `std::function`, also inside a binder of Asio's
    /// or `every`, makes a null delegate.
    template <typename Callable>
        requires(!std::same_as<std::remove_cvref_t<Callable>, delegate<Sender, Argument>> &&
                 std::invocable<std::decay_t<Callable>&, const Sender&, const Argument&>)
    delegate(Callable&& callable);
    template <typename Callable>
        requires(!std::same_as<std::remove_cvref_t<Callable>, delegate<Sender, Argument>> &&
                 !std::invocable<std::decay_t<Callable>&, const Sender&, const Argument&> &&
                 !std::is_arithmetic_v<std::remove_cvref_t<Callable>>)
    delegate(Callable&&) = delete; // a handler is called with (const Sender&, const Argument&)

    /// Calls `(object->*method)(sender, argument)`, as `op.Completed({this, &App::on_done})`. The
    /// object is alive when the call comes; or it is kept alive by a `shared_ptr`; or there is no
    /// call when it is gone, by a `weak_ptr`. With that `method` may also be a callable, called as
    /// `method(sender, argument)`.
    template <typename T, typename Method>
    delegate(T* object, Method method);
    template <typename T, typename Method>
    delegate(std::shared_ptr<T> object, Method method);
    template <typename T, typename Method>
    delegate(std::weak_ptr<T> object, Method method);

    /// Whether there is a callable.
    explicit operator bool() const noexcept { return target_ != nullptr; }

    /// Calls the callable here, or dispatches it to its associated executor. Not to be used on a
    /// null delegate.
    void operator()(const Sender& sender, const Argument& argument) const;

    friend bool operator==(const delegate&, const delegate&) = default;
    friend bool operator==(const delegate& a, std::nullptr_t) noexcept { return !a; }

private:
    friend struct detail::delegate_access;

    explicit delegate(detail::target_ptr<Argument> target) noexcept : target_(std::move(target)) {}

    detail::target_ptr<Argument> target_;
};

class IAsyncAction;
template <typename T>
class IAsyncOperation;
template <typename P>
class IAsyncActionWithProgress;
template <typename T, typename P>
class IAsyncOperationWithProgress;

/// Called when an action has ended.
using AsyncActionCompletedHandler = delegate<IAsyncAction, AsyncStatus>;
template <typename P>
using AsyncActionWithProgressCompletedHandler = delegate<IAsyncActionWithProgress<P>, AsyncStatus>;

/// Called when an operation with a result has ended.
template <typename T>
using AsyncOperationCompletedHandler = delegate<IAsyncOperation<T>, AsyncStatus>;
template <typename T, typename P>
using AsyncOperationWithProgressCompletedHandler =
    delegate<IAsyncOperationWithProgress<T, P>, AsyncStatus>;

} // namespace asyncinfo

#include <asyncinfo/impl/async_completed_handler.hpp>

#endif // ASYNCINFO_ASYNC_COMPLETED_HANDLER_HPP
