//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_BLOCK_THROTTLE_HPP
#define ASYNCINFO_DETAIL_BLOCK_THROTTLE_HPP

#include <boost/asio/associator.hpp>

#include <chrono>
#include <cstddef>

namespace asyncinfo::detail {

/// How often a Progress handler is called at most.
struct throttle {
    std::chrono::nanoseconds interval;
    std::chrono::nanoseconds (*now)();
};

/// The throttle of a callable, also below Asio's binders; null if it has none.
template <typename T, typename Default = std::nullptr_t>
struct associated_throttle {
    using type = const throttle*;
    static type get(const T&) noexcept { return nullptr; }
    static type get(const T&, Default) noexcept { return nullptr; }
};

template <typename T, typename Default>
    requires requires { typename boost::asio::associator<associated_throttle, T, Default>::type; }
struct associated_throttle<T, Default> : boost::asio::associator<associated_throttle, T, Default> {
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_BLOCK_THROTTLE_HPP
