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

/// A `std::future` of the operation's result, or `std::future<void>` for an action.
///
/// When it becomes ready: when the operation has ended, or at once. It has what `GetResults` gives:
/// the result, of which a T that cannot be copied is claimed, or the exception as it was delivered,
/// or the code in a `system_error`.
///
/// Cancellation: dropping the future cancels nothing; there is no way through it to cancel.
///
/// Executor and threads: no thread of its own; made ready by the one that ends the operation. A
/// future does not notice, as `get` does, that it is waited for on the thread that is to end the
/// operation.
///
/// Errors: `errc::empty_handle`, `errc::illegal_method_call` after Close. If somebody else closes
/// the operation, or takes the result, before, the future has `errc::illegal_method_call`.
///
/// Example: `std::future<std::size_t> n = to_future(socket.async_read_some(buffer,
/// use_async_info));`
template <detail::handle_of_a_kind Handle>
std::future<detail::result_of_t<Handle>> to_future(const Handle& operation);

} // namespace asyncinfo

#include <asyncinfo/impl/to_future.hpp>

#endif // ASYNCINFO_TO_FUTURE_HPP
