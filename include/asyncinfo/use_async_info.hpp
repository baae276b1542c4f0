//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_USE_ASYNC_INFO_HPP
#define ASYNCINFO_USE_ASYNC_INFO_HPP

#include <asyncinfo/async_action.hpp>
#include <asyncinfo/async_operation.hpp>
#include <asyncinfo/detail/asio/bound_token.hpp>

#include <concepts>
#include <type_traits>

namespace asyncinfo {

/// The completion token of this library. Give it to any asynchronous operation of Asio in the place
/// of a callback: the operation starts at once, and the call returns a handle.
///
/// | completion signature                                       | handle                         |
/// |------------------------------------------------------------|--------------------------------|
/// | `void()`, `void(error_code)`, `void(exception_ptr)`        | `IAsyncAction`                 |
/// | `void(error_code, T)`, `void(exception_ptr, T)`, `void(T)` | `IAsyncOperation<T>`           |
/// | several values                                             | `IAsyncOperation<tuple<Ts...>>` |
///
/// Four members return a token that knows more. You can chain them in any order and put binders
/// and adapters around them. The token of `with_progress` has them, too.
///
/// | member             | each operation that the token starts                         |
/// |--------------------|--------------------------------------------------------------|
/// | `named("login")`   | has this name: see `IAsyncInfo::name`. The text is copied    |
/// | `here()`           | is shown by the registry with this place in the source. `named` does that, too |
/// | `cancel_after(5s)` | has this deadline from its start: see `IAsyncInfo::cancel_after` |
/// | `cancel_at(t)`     | has a deadline at `t`, a time of any clock                   |
///
/// Cancellation: `Cancel()` of the handle, from any thread. A slot that is bound to the token
/// cancels as well.
///
/// Executor and threads: the operation runs where it would run with a callback.
/// `asio::bind_executor`, `bind_allocator` and `bind_cancellation_slot` around the token bind the
/// operation. They can stand in any order with Asio's adapters (`as_tuple`, `redirect_error`,
/// `append`, `prepend`, `consign`, `cancel_after`). A deadline's timer runs in the context of the
/// bound executor, else of the one that the initiating function publishes, else of
/// `asio::system_executor`.
///
/// Lifetime: an operation has one block of memory, from the bound allocator or else recycled. It is
/// released when the operation has ended and the last handle is gone. The I/O object and the
/// buffers must outlive the operation, as always in Asio; `asio::consign(use_async_info, socket,
/// buffer)` keeps them.
///
/// Errors: if starting throws, the exception reaches the caller and there is no operation.
/// `cancel_after` and `cancel_at` throw `asio::error::invalid_argument` for what is no time, such
/// as NaN. If the deadline cannot be set, the call that starts the operation throws, and the
/// initiating function has not run.
///
/// Example:
///
///     auto read = socket.async_read_some(buffer, use_async_info);
///
///     const auto token = use_async_info.named("login").cancel_after(5s);
///     auto login = asio::async_write(socket, asio::buffer(request), token);
///
/// Source: Asio's completion tokens; `as_default_on` is that of `asio::use_awaitable`.
struct use_async_info_t : detail::bound_token<> {
    /// Makes a token without a name or a deadline.
    constexpr use_async_info_t() = default;

    /// An executor whose I/O objects have this as their default completion token.
    template <typename InnerExecutor>
    struct executor_with_default : InnerExecutor {
        /// Asio looks here for the default token.
        using default_completion_token_type = use_async_info_t;

        /// Makes it from the executor inside.
        template <typename OtherExecutor>
            requires(!std::same_as<OtherExecutor, executor_with_default> &&
                     std::convertible_to<OtherExecutor, InnerExecutor>)
        executor_with_default(const OtherExecutor& executor) noexcept : InnerExecutor(executor) {}
    };

    /// The type of an I/O object like `IoObject` whose default completion token this is.
    template <typename IoObject>
    using as_default_on_t = typename IoObject::template rebind_executor<
        executor_with_default<typename IoObject::executor_type>>::other;

    /// Turns an I/O object into one whose default completion token this is.
    ///
    /// Example:
    ///
    ///     auto timer = use_async_info.as_default_on(asio::steady_timer(context, 20ms));
    ///     IAsyncAction wait = timer.async_wait();
    template <typename IoObject>
    static auto as_default_on(IoObject&& object) {
        static_assert(!std::is_lvalue_reference_v<IoObject>,
                      "asyncinfo: as_default_on moves the object: give it an rvalue");
        return as_default_on_t<std::decay_t<IoObject>>(std::forward<IoObject>(object));
    }
};

/// The token: give it to the call that starts an operation.
inline constexpr use_async_info_t use_async_info;

} // namespace asyncinfo

#include <asyncinfo/impl/use_async_info.hpp>

#endif // ASYNCINFO_USE_ASYNC_INFO_HPP
