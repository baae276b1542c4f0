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

/// `co_await op` in a coroutine of any kind: gives the result, or throws what `GetResults` throws.
/// Any number of coroutines may await one operation, before or after its end.
///
/// When it completes: at once, without suspending, if the operation has ended.
///
/// Executor and threads: resumes on the thread that ends the operation. (The library's own
/// coroutines and `asio::awaitable` resume on their executor instead.)
///
/// Lifetime: holds a handle meanwhile. Awaiting the only handle as an rvalue takes the result out
/// of an operation that has ended; one that is waited for gives a copy.
///
/// Errors: as `GetResults`; `errc::empty_handle` on an empty handle.
template <typename Handle>
    requires std::derived_from<std::remove_cvref_t<Handle>, IAsyncInfo> &&
             requires(std::remove_cvref_t<Handle> handle) { std::move(handle).GetResults(); }
detail::foreign_handle_awaiter<std::remove_cvref_t<Handle>> operator co_await(Handle && handle) {
    return detail::foreign_handle_awaiter<std::remove_cvref_t<Handle>>(
        std::forward<Handle>(handle));
}

} // namespace asyncinfo

#endif // ASYNCINFO_CO_AWAIT_HPP
