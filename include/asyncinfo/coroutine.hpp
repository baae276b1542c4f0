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

/// Coroutines that return handles.
///
///     asyncinfo::IAsyncOperation<std::size_t> echo(tcp::socket& socket) {
///         char data[64];
///         const auto n = co_await socket.async_read_some(asio::buffer(data), asio::deferred);
///         co_await asio::async_write(socket, asio::buffer(data, n), asio::deferred);
///         co_return n;
///     }

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
