//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_ERROR_HPP
#define ASYNCINFO_ERROR_HPP

#include <asyncinfo/detail/config.hpp>

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/is_error_code_enum.hpp>

#include <type_traits>

namespace asyncinfo {

/// The library's own errors. Each equals the `std::errc` (and `boost::system::errc`) condition that
/// comes nearest, where there is one.
enum class errc {
    /// The member must not be called in this state: the result before the end, anything after
    /// `Close`, a result that another reader has taken. Equals `operation_not_permitted`.
    illegal_method_call = 1,
    /// `Close` while the operation runs. Equals `operation_in_progress`.
    illegal_state_change,
    /// A second `Completed` handler. Equals `operation_not_permitted`.
    illegal_delegate_assignment,
    /// The handle is empty. Equals `invalid_argument`.
    empty_handle,
    /// The operation's completion handler was destroyed without having been invoked: its execution
    /// context was destroyed, or the initiation threw the handler away. Equals `owner_dead`.
    abandoned,
    /// The operation ended by an exception that is no `system_error`; `exception()` has it.
    unhandled_exception,
    /// Waiting would block the thread that is to finish the operation. Equals
    /// `resource_deadlock_would_occur`.
    would_deadlock,
    /// There is nothing to choose from: `when_any` of no operations. Equals `invalid_argument`.
    empty_set,
    /// The group takes no more operations, or has none to give any more. Equals
    /// `operation_not_permitted`.
    group_shut_down
};

/// The category of `errc`; its name is "asyncinfo".
ASYNCINFO_DECL const boost::system::error_category& error_category() noexcept;

/// Makes `errc` usable wherever an error code is expected.
ASYNCINFO_DECL boost::system::error_code make_error_code(errc e) noexcept;

} // namespace asyncinfo

template <>
struct boost::system::is_error_code_enum<asyncinfo::errc> : std::true_type {};

#endif // ASYNCINFO_ERROR_HPP
