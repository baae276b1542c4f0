//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_ASYNC_STATUS_HPP
#define ASYNCINFO_ASYNC_STATUS_HPP

#include <asyncinfo/detail/base/config.hpp>

#include <iosfwd>
#include <string_view>

namespace asyncinfo {

/// What has become of an operation. It tells what happened, whatever was asked for.
///
/// The status leaves `Started` exactly once, when the operation's completion handler is called or
/// is destroyed uncalled. After that it never changes.
///
/// Example:
///
///     while (op.Status() == AsyncStatus::Started)
///         draw_a_frame();
///     std::cout << "it ended as " << op.Status() << '\n';
///
/// Source: Windows.Foundation.AsyncStatus, with its numbers.
enum class AsyncStatus {
    Started = 0,   ///< the operation has not ended
    Completed = 1, ///< it succeeded, also if it was asked to stop
    Canceled = 2,  ///< it was aborted: its code equals `operation_canceled`
    Error = 3      ///< it failed, ran into its own deadline, or was abandoned
};

/// The name of the enumerator, such as "Completed"; "(unknown)" for a number that is none of them.
ASYNCINFO_DECL std::string_view to_string(AsyncStatus status) noexcept;

/// Writes `to_string(status)`, so that `std::cout << op.Status()` works.
ASYNCINFO_DECL std::ostream& operator<<(std::ostream& out, AsyncStatus status);

} // namespace asyncinfo

#endif // ASYNCINFO_ASYNC_STATUS_HPP
