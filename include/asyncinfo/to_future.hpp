//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_TO_FUTURE_HPP
#define ASYNCINFO_TO_FUTURE_HPP

#include <asyncinfo/detail/handle/handle_access.hpp>
#include <asyncinfo/detail/handle/result_of.hpp>

#include <future>

namespace asyncinfo {

/// Makes a `std::future` of the operation's result, or a `std::future<void>` for an action.
///
/// When it completes: the future is ready when the operation has ended; at once if it has ended
/// before. It has what `GetResults` gives: the result (one that cannot be copied is taken), or the
/// exception that is thrown.
///
/// Cancellation: dropping the future cancels nothing. Keep the handle if you want to cancel.
///
/// Executor and threads: the thread that ends the operation makes the future ready. Unlike `get`, a
/// future does not notice that you wait for it on the thread that has to end the operation.
///
/// Errors: `errc::empty_handle`; `errc::illegal_method_call` after Close. If somebody else closes
/// the operation or takes the result before the future is ready, the future has
/// `errc::illegal_method_call`.
///
/// Example:
///
///     std::future<std::size_t> size = to_future(socket.async_read_some(buffer, use_async_info));
template <detail::handle_of_a_kind Handle>
std::future<detail::result_of_t<Handle>> to_future(const Handle& operation);

} // namespace asyncinfo

#include <asyncinfo/impl/to_future.hpp>

#endif // ASYNCINFO_TO_FUTURE_HPP
