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

/// A handler of `Completed` or `Progress`. It is called as `handler(sender, argument)`, where
/// `sender` is a handle to the operation, by const reference. For `Completed` the argument is the
/// status by which the operation has ended; for `Progress` it is the value that was reported.
///
/// A delegate is made from any callable, also from one that can only be moved. Copies share it. A
/// delegate can be null. You seldom name the type: `Completed` and `Progress` convert what you give
/// them.
///
/// When it is called: as `Completed`, exactly once for each operation that it was given to. Then
/// `sender.Status() == status`, and everything else is readable. As `Progress`: see
/// `basic_progress`.
///
/// Executor and threads: a callable with an associated executor (`asio::bind_executor`) is called
/// there, by `asio::dispatch`. Any other is called on the thread that ends the operation, in the
/// operation's executor; or, if the operation has ended before, on the thread that sets the
/// handler. No lock is held meanwhile, so the handler may use every member and drop the last
/// handle. Handlers can end operations whose handlers end more. When 32 handlers and coroutines are
/// nested on a thread's stack, the next one waits: it is called when the handler one level up has
/// returned, or waits by a member of a handle.
///
/// Lifetime: the operation releases the delegate right after the call. Memory comes from the
/// callable's associated allocator; without one it is recycled, as that of operations is.
///
/// Errors: what the callable throws goes to whoever runs it, as with any handler of Asio. A handler
/// is destroyed uncalled if its executor refuses it, or if the executor's context is destroyed.
///
/// Example:
///
///     op.Completed([](const auto& sender, AsyncStatus status) {
///         std::cout << "operation " << sender.Id() << ": " << status << '\n';
///     });
///
/// Source: Windows.Foundation.AsyncActionCompletedHandler and those beside it.
template <typename Sender, typename Argument>
class delegate {
public:
    /// Makes a null delegate.
    delegate() = default;
    delegate(std::nullptr_t) noexcept {}

    delegate(const delegate&) noexcept = default;
    delegate(delegate&&) noexcept = default;
    delegate& operator=(const delegate&) noexcept = default;
    delegate& operator=(delegate&&) noexcept = default;
    ~delegate() = default;

    /// Wraps a callable. A null function pointer and an empty `std::function` make a null delegate,
    /// also inside a binder of Asio or inside `every`.
    template <typename Callable>
        requires(!std::same_as<std::remove_cvref_t<Callable>, delegate<Sender, Argument>> &&
                 std::invocable<std::decay_t<Callable>&, const Sender&, const Argument&>)
    delegate(Callable&& callable);
    template <typename Callable>
        requires(!std::same_as<std::remove_cvref_t<Callable>, delegate<Sender, Argument>> &&
                 !std::invocable<std::decay_t<Callable>&, const Sender&, const Argument&> &&
                 !std::is_arithmetic_v<std::remove_cvref_t<Callable>>)
    delegate(Callable&&) = delete; // a handler is called with (const Sender&, const Argument&)

    /// Calls `(object->*method)(sender, argument)`. The object must be alive when the call comes.
    ///
    /// Example:
    ///
    ///     read.Completed({this, &session::on_read});
    template <typename T, typename Method>
    delegate(T* object, Method method);
    /// The same, and keeps the object alive until the delegate is released.
    template <typename T, typename Method>
    delegate(std::shared_ptr<T> object, Method method);
    /// The same, and does nothing if the object is gone by then. `method` can also be a callable,
    /// which is called as `method(sender, argument)` while the object is there.
    template <typename T, typename Method>
    delegate(std::weak_ptr<T> object, Method method);

    /// Whether there is a callable.
    explicit operator bool() const noexcept { return target_ != nullptr; }

    /// Calls the callable here, or dispatches it to its associated executor. The delegate must not
    /// be null.
    void operator()(const Sender& sender, const Argument& argument) const;

    /// Whether both share one callable, or are null.
    friend bool operator==(const delegate&, const delegate&) = default;
    /// Whether it is null.
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
/// Called when an action with progress has ended.
template <typename P>
using AsyncActionWithProgressCompletedHandler = delegate<IAsyncActionWithProgress<P>, AsyncStatus>;

/// Called when an operation with a result has ended.
template <typename T>
using AsyncOperationCompletedHandler = delegate<IAsyncOperation<T>, AsyncStatus>;
/// Called when an operation with a result and progress has ended.
template <typename T, typename P>
using AsyncOperationWithProgressCompletedHandler =
    delegate<IAsyncOperationWithProgress<T, P>, AsyncStatus>;

} // namespace asyncinfo

#include <asyncinfo/impl/async_completed_handler.hpp>

#endif // ASYNCINFO_ASYNC_COMPLETED_HANDLER_HPP
