//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_ASIO_CANCELLATION_HANDLER_HPP
#define ASYNCINFO_DETAIL_ASIO_CANCELLATION_HANDLER_HPP

#include <asyncinfo/detail/base/config.hpp>

#if defined(ASYNCINFO_USE_ASIO_INTERNALS)
#include <boost/asio/cancellation_signal.hpp>

#include <type_traits>

/// A door to what is Asio's own. Without it a handler that is placed in a slot of type
/// `asio::cancellation_slot` receives a request again after each step.
namespace asyncinfo::detail {

using asio_cancellation_handler = boost::asio::detail::cancellation_handler_base;

/// The handler that a signal calls; null if there is none. A signal is nothing but this pointer.
inline asio_cancellation_handler*& handler_in(boost::asio::cancellation_signal& signal) noexcept {
    static_assert(std::is_standard_layout_v<boost::asio::cancellation_signal> &&
                  sizeof(signal) == sizeof(asio_cancellation_handler*));
    return reinterpret_cast<asio_cancellation_handler*&>(signal);
}

} // namespace asyncinfo::detail

#endif

#endif // ASYNCINFO_DETAIL_ASIO_CANCELLATION_HANDLER_HPP
