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

/// What has become of an operation: it says what happened, not what was asked for.
///
/// The status leaves `Started` exactly once, when the completion handler is invoked (or destroyed
/// uninvoked), and never changes again. The numbers are those of Windows.Foundation.AsyncStatus.
enum class AsyncStatus {
    Started = 0,   ///< the operation has not ended
    Completed = 1, ///< it succeeded, whether or not it was asked to stop
    Canceled = 2,  ///< it was aborted: its code equals `operation_canceled`
    Error = 3      ///< it failed, ran into its own deadline, or was abandoned
};

/// The enumerator's name, or "(unknown)".
ASYNCINFO_DECL std::string_view to_string(AsyncStatus status) noexcept;

/// Writes `to_string(status)`.
ASYNCINFO_DECL std::ostream& operator<<(std::ostream& out, AsyncStatus status);

} // namespace asyncinfo

#endif // ASYNCINFO_ASYNC_STATUS_HPP
