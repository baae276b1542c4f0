//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_OPERATION_ORIGIN_HPP
#define ASYNCINFO_OPERATION_ORIGIN_HPP

#include <asyncinfo/detail/base/config.hpp>

#include <string_view>

namespace asyncinfo {

/// What made an operation.
///
/// Example:
///
///     for (const auto& row : registry::snapshot().running)
///         std::cout << row.id << " is a " << to_string(row.origin) << '\n';
enum class operation_origin : unsigned char {
    initiated,   ///< an initiating function of Asio's, with the token `use_async_info`
    coroutine,   ///< a coroutine's body
    combination, ///< `when_all`, `when_any`
    source,      ///< an `async_source`
    adapter,     ///< `abandon_on_cancel`
};

/// The enumerator's name: "initiated".
ASYNCINFO_DECL std::string_view to_string(operation_origin origin) noexcept;

} // namespace asyncinfo

#endif // ASYNCINFO_OPERATION_ORIGIN_HPP
