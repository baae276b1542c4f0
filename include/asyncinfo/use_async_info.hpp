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

/// A completion token: the operation starts at once and the initiating function returns a handle.
///
/// | completion signature                                       | handle                         |
/// |------------------------------------------------------------|--------------------------------|
/// | `void()`, `void(error_code)`, `void(exception_ptr)`        | `IAsyncAction`                 |
/// | `void(error_code, T)`, `void(exception_ptr, T)`, `void(T)` | `IAsyncOperation<T>`           |
/// | several values                                             | `IAsyncOperation<tuple<Ts...>>` |
///
/// Three members give a token with more to it. They may follow each other in any order, binders and
/// adapters go around them, and the token of `with_progress` has them as well:
///
/// | member             | each operation that the token starts                                |
/// |--------------------|---------------------------------------------------------------------|
/// | `named("login")`   | has this name. The text is copied, into the token and the operation |
/// | `cancel_after(5s)` | is asked to stop when 5 s are over, counted from its start          |
/// | `cancel_at(t)`     | is asked to stop at `t`, a time of any clock                        |
///
/// Their own comments are in detail/asio/bound_token.hpp, where they are declared.
///
/// Cancellation: `Cancel()` on the handle, from any thread; a bound slot cancels as well.
///
/// Executor and threads: the operation runs where it would run with a callback. `bind_executor`,
/// `bind_allocator` and `bind_cancellation_slot` around the token bind the operation, in any order
/// with Asio's adapters (`as_tuple`, `redirect_error`, `append`, `prepend`, `consign`,
/// `cancel_after`).
///
/// Lifetime: one block per operation, from the bound allocator or else recycled; it lives until the
/// operation has ended and the last handle is gone. I/O objects and buffers must outlive the
/// operation, as always in Asio; `asio::consign(use_async_info, socket, buffer)` keeps them.
///
/// Errors: if starting throws, the exception reaches the caller and there is no operation.
///
/// Example: `auto op = timer.async_wait(asyncinfo::use_async_info);`
struct use_async_info_t : detail::bound_token<> {
    constexpr use_async_info_t() = default;

    /// An executor that makes this the default completion token of I/O objects.
    template <typename InnerExecutor>
    struct executor_with_default : InnerExecutor {
        using default_completion_token_type = use_async_info_t;

        template <typename OtherExecutor>
            requires(!std::same_as<OtherExecutor, executor_with_default> &&
                     std::convertible_to<OtherExecutor, InnerExecutor>)
        executor_with_default(const OtherExecutor& executor) noexcept : InnerExecutor(executor) {}
    };

    /// The type of an I/O object with this as its default completion token.
    template <typename IoObject>
    using as_default_on_t = typename IoObject::template rebind_executor<
        executor_with_default<typename IoObject::executor_type>>::other;

    /// Adapts an I/O object: `auto timer = use_async_info.as_default_on(steady_timer(ctx));`
    template <typename IoObject>
    static auto as_default_on(IoObject&& object) {
        static_assert(!std::is_lvalue_reference_v<IoObject>,
                      "asyncinfo: as_default_on moves the object: give it an rvalue");
        return as_default_on_t<std::decay_t<IoObject>>(std::forward<IoObject>(object));
    }
};

/// The token itself.
inline constexpr use_async_info_t use_async_info;

} // namespace asyncinfo

#include <asyncinfo/impl/use_async_info.hpp>

#endif // ASYNCINFO_USE_ASYNC_INFO_HPP
