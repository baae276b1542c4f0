//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/observe/run_until_ended.hpp>

#include <asyncinfo/error.hpp>

namespace asyncinfo::detail {

AsyncStatus drive(operation_base& operation, driven_context context, deadline until,
                  boost::system::error_code& error) {
    trampoline::run_queued();
    if (operation.status() != AsyncStatus::Started)
        return operation.status();
    // A thread of the operation's context may run that context here, but no other context.
    if (!until.is_poll() && !context.running_in_this_thread() && operation.needs_this_thread()) {
        error = errc::would_deadlock;
        return AsyncStatus::Started;
    }
    context.run_until_ended(operation, until);
    return operation.status();
}

} // namespace asyncinfo::detail
