//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_COROUTINE_HPP
#define ASYNCINFO_COROUTINE_HPP

#include <asyncinfo/async_action.hpp>
#include <asyncinfo/async_action_with_progress.hpp>
#include <asyncinfo/async_operation.hpp>
#include <asyncinfo/async_operation_with_progress.hpp>
#include <asyncinfo/detail/coroutine/coroutine_promise.hpp>

#include <coroutine>

/// Coroutines that return handles. A function that returns a handle can be a coroutine: its body
/// can `co_await` handles, operations of Asio by `asio::deferred`, and every other awaitable.
///
/// When it completes: the body begins in the call, on the caller's thread. The operation ends when
/// the body has ended and its parameters and locals are destroyed: as Completed by `co_return`, as
/// Canceled by `operation_canceled` or another `system_error` that means it, as Error by any other
/// exception. `GetResults` throws the exception as it was.
///
/// Cancellation: a request is passed on to what the body awaits, and is thrown as
/// `operation_canceled` by the next `co_await`. `get_cancellation_token` says how to hear of it,
/// `enable_propagation` and `asio::this_coro::throw_if_cancelled` how to finish undisturbed.
///
/// Executor and threads: the coroutine's executor is that of the first parameter that is an
/// executor or has one, such as a context or an I/O object; handles do not count. For a member
/// function, `*this` is looked at first. From the first suspension on the body resumes there,
/// wherever an awaitable would resume it. No strand is needed on a pool. Without such a parameter
/// the coroutine has no executor, and resumes where an awaited operation ends.
///
/// Lifetime: references, pointers, `*this` and what a lambda has captured must outlive the
/// coroutine; parameters that are taken by value belong to it. If the executor's context is
/// destroyed, a suspended body is destroyed with it, and the operation ends as `errc::abandoned`.
/// The frame's memory is recycled, or comes from the allocator that is the parameter after
/// `std::allocator_arg`.
///
/// Example:
///
///     IAsyncOperation<std::size_t> echo(tcp::socket& socket) {
///         char data[64];
///         const auto n = co_await socket.async_read_some(asio::buffer(data), asio::deferred);
///         co_await asio::async_write(socket, asio::buffer(data, n), asio::deferred);
///         co_return n;
///     }
///
/// Source: the coroutines of C++/WinRT, of which these are the counterpart on Asio's executors.

template <typename... Args>
struct std::coroutine_traits<asyncinfo::IAsyncAction, Args...> {
    using promise_type = asyncinfo::detail::promise_t<asyncinfo::IAsyncAction, void, void, Args...>;
};

template <typename T, typename... Args>
struct std::coroutine_traits<asyncinfo::IAsyncOperation<T>, Args...> {
    using promise_type =
        asyncinfo::detail::promise_t<asyncinfo::IAsyncOperation<T>, T, void, Args...>;
};

template <typename P, typename... Args>
struct std::coroutine_traits<asyncinfo::IAsyncActionWithProgress<P>, Args...> {
    using promise_type =
        asyncinfo::detail::promise_t<asyncinfo::IAsyncActionWithProgress<P>, void, P, Args...>;
};

template <typename T, typename P, typename... Args>
struct std::coroutine_traits<asyncinfo::IAsyncOperationWithProgress<T, P>, Args...> {
    using promise_type =
        asyncinfo::detail::promise_t<asyncinfo::IAsyncOperationWithProgress<T, P>, T, P, Args...>;
};

#endif // ASYNCINFO_COROUTINE_HPP
