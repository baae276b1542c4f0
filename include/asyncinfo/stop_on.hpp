//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_STOP_ON_HPP
#define ASYNCINFO_STOP_ON_HPP

#include <asyncinfo/detail/handle/handle_access.hpp>

#include <boost/asio/cancellation_type.hpp>

#include <concepts>
#include <utility>

#if defined(ASYNCINFO_HAS_STOP_TOKEN)
#include <stop_token>

namespace asyncinfo::detail {

ASYNCINFO_DECL void stop_on(const operation_ptr& operation, std::stop_token token,
                            boost::asio::cancellation_type_t types);

} // namespace asyncinfo::detail

namespace asyncinfo {

/// Cancels the operation when a stop is requested through the token, and returns the operation's
/// handle.
///
/// Cancellation: calls `Cancel(types)`, by default for all types, on the thread that requests the
/// stop, before `request_stop` returns. If the stop has been requested already, it does so here.
/// Any number of tokens can stop one operation.
///
/// Lifetime: when the operation has ended, the token's callback is removed. It keeps neither the
/// operation nor anything that belongs to the token. A token that can never be stopped costs
/// nothing. After the operation's end, and after Close, this does nothing.
///
/// Errors: `errc::empty_handle`; `std::bad_alloc`, and the operation runs on unharmed.
///
/// Example:
///
///     std::jthread worker([&](std::stop_token stop) {
///         stop_on(socket.async_read_some(buffer, use_async_info), stop).wait();
///     });
template <std::derived_from<IAsyncInfo> Handle>
Handle stop_on(Handle operation, std::stop_token token,
               boost::asio::cancellation_type_t types = boost::asio::cancellation_type::all) {
    operation.Cancel(boost::asio::cancellation_type::none); // throws if it is empty
    detail::stop_on(detail::handle_access::operation(operation), std::move(token), types);
    return operation;
}

} // namespace asyncinfo

#endif

#endif // ASYNCINFO_STOP_ON_HPP
