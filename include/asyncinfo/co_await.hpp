//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_CO_AWAIT_HPP
#define ASYNCINFO_CO_AWAIT_HPP

#include <asyncinfo/detail/asio/awaitable.hpp>
#include <asyncinfo/detail/coroutine/foreign_handle_awaiter.hpp>

#include <concepts>
#include <type_traits>
#include <utility>

namespace asyncinfo {

/// `co_await op` waits for an operation in a coroutine of any kind. It gives the result, or throws
/// what `GetResults` throws. Any number of coroutines may await one operation, before or after its
/// end.
///
/// When it completes: when the operation has ended; at once, without suspending, if it has ended
/// before.
///
/// Cancellation: in the library's own coroutines a request is passed on to `op`. In
/// `asio::awaitable` it ends this wait with `operation_aborted`, and `op` runs on.
///
/// Executor and threads: the library's own coroutines and `asio::awaitable` resume on their
/// executor. Any other coroutine resumes on the thread that ends the operation.
///
/// Lifetime: holds a handle meanwhile. If `op` is an rvalue, the only handle, and has ended, the
/// result is moved out of it; otherwise it is copied.
///
/// Errors: those of `GetResults`; `errc::empty_handle` on an empty handle.
///
/// Example:
///
///     std::size_t size = co_await socket.async_read_some(buffer, use_async_info);
template <typename Handle>
    requires std::derived_from<std::remove_cvref_t<Handle>, IAsyncInfo> &&
             requires(std::remove_cvref_t<Handle> handle) { std::move(handle).GetResults(); }
detail::foreign_handle_awaiter<std::remove_cvref_t<Handle>> operator co_await(Handle && handle) {
    return detail::foreign_handle_awaiter<std::remove_cvref_t<Handle>>(
        std::forward<Handle>(handle));
}

} // namespace asyncinfo

#endif // ASYNCINFO_CO_AWAIT_HPP
