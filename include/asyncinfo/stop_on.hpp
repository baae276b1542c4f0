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

/// Makes a stop request a `Cancel(types)` of the operation, by default for all types, and returns
/// its handle.
///
/// Cancellation: as `Cancel` on the thread that requests the stop, before `request_stop` returns;
/// at once if the stop has been requested already. Any number of tokens may stop one operation.
///
/// Lifetime: when the operation has ended, the token's callback is removed; it keeps neither the
/// operation nor what belongs to the token. A token that can never be stopped costs nothing.
///
/// Errors: `errc::empty_handle`; `std::bad_alloc`, and the operation is unharmed. Does nothing
/// after the end, and after Close.
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
