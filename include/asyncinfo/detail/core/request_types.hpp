//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_CORE_REQUEST_TYPES_HPP
#define ASYNCINFO_DETAIL_CORE_REQUEST_TYPES_HPP

#include <boost/asio/cancellation_type.hpp>

namespace asyncinfo::detail {

/// Cancellation types as the lifecycle stores them: one bit for each type of Asio's, and one for
/// what "all" has beyond their union.
namespace request_types {

inline constexpr unsigned count = 4;
inline constexpr unsigned beyond = 8;

constexpr unsigned pack(boost::asio::cancellation_type_t types) noexcept {
    const auto bits = static_cast<unsigned>(types);
    if (types == boost::asio::cancellation_type::all)
        return beyond | 7;
    return bits & 7;
}

constexpr boost::asio::cancellation_type_t unpack(unsigned types) noexcept {
    return types & beyond ? boost::asio::cancellation_type_t(boost::asio::cancellation_type::all)
                          : static_cast<boost::asio::cancellation_type_t>(types);
}

} // namespace request_types
} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_CORE_REQUEST_TYPES_HPP
