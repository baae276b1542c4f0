//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_FIRE_AND_FORGET_HPP
#define ASYNCINFO_FIRE_AND_FORGET_HPP

#include <asyncinfo/detail/coroutine/coroutine_promise.hpp>

#include <coroutine>
#include <exception>

namespace asyncinfo {

/// The return type of a coroutine without a handle: nobody waits for it, and nobody can cancel it.
/// It starts at once, like those that return handles.
///
/// Executor and threads: see `coroutine.hpp`.
///
/// Lifetime: the frame is destroyed when the body has ended, or with the context of its executor.
///
/// Errors: an exception that leaves the body goes to the handler that was given to
/// `set_unhandled_exception_handler`; by default the program is terminated.
///
/// Example:
///
///     fire_and_forget greet(tcp::socket socket) {
///         co_await asio::async_write(socket, asio::buffer("hello", 5), asio::deferred);
///     }
///
/// Source: winrt::fire_and_forget.
class fire_and_forget {
private:
    friend struct detail::handle_access;
    explicit fire_and_forget(const detail::operation_ptr&) noexcept {}
};

/// A function that is called, where it is caught, with an exception that nobody else will see.
using unhandled_exception_handler = void (*)(std::exception_ptr exception) noexcept;

/// Sets the handler of all `fire_and_forget` coroutines and returns the one before. Null, the
/// default, calls `std::terminate`.
///
/// Executor and threads: it holds for the whole process. Call it from any thread.
///
/// Example:
///
///     set_unhandled_exception_handler([](std::exception_ptr e) noexcept { log(e); });
ASYNCINFO_DECL unhandled_exception_handler
set_unhandled_exception_handler(unhandled_exception_handler handler) noexcept;
} // namespace asyncinfo

template <typename... Args>
struct std::coroutine_traits<asyncinfo::fire_and_forget, Args...> {
    using promise_type =
        asyncinfo::detail::promise_t<asyncinfo::fire_and_forget, void, void, Args...>;
};

#endif // ASYNCINFO_FIRE_AND_FORGET_HPP
