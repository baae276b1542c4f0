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

/// The return type of a coroutine that nobody waits for: it starts at once, like those that return
/// handles, and nobody can cancel it.
///
/// Executor and threads: as for `IAsyncAction`.
///
/// Lifetime: the frame goes when the coroutine has ended, or its context is destroyed.
///
/// Errors: an exception that escapes goes to the handler set by `set_unhandled_exception_handler`.
///
/// Source: winrt::fire_and_forget.
class fire_and_forget {
private:
    friend struct detail::handle_access;
    explicit fire_and_forget(const detail::operation_ptr&) noexcept {}
};

/// What is called, in the place where it was thrown, with an exception that nobody will see.
using unhandled_exception_handler = void (*)(std::exception_ptr exception) noexcept;

/// Sets the handler for all `fire_and_forget` coroutines and returns the one before. Null, and the
/// default, is `std::terminate`. May be called from any thread.
ASYNCINFO_DECL unhandled_exception_handler
set_unhandled_exception_handler(unhandled_exception_handler handler) noexcept;
} // namespace asyncinfo

template <typename... Args>
struct std::coroutine_traits<asyncinfo::fire_and_forget, Args...> {
    using promise_type =
        asyncinfo::detail::promise_t<asyncinfo::fire_and_forget, void, void, Args...>;
};

#endif // ASYNCINFO_FIRE_AND_FORGET_HPP
