//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_OBSERVE_RUN_UNTIL_ENDED_HPP
#define ASYNCINFO_DETAIL_OBSERVE_RUN_UNTIL_ENDED_HPP

#include <asyncinfo/detail/asio/driven_context.hpp>
#include <asyncinfo/detail/block/operation.hpp>
#include <asyncinfo/detail/block/trampoline.hpp>
#include <asyncinfo/detail/block/wait_watch.hpp>
#include <asyncinfo/detail/core/deadline.hpp>

#include <optional>

namespace asyncinfo::detail {

/// Runs `context` on this thread until the operation has ended, on whatever thread, or the time is
/// over; gives `errc::would_deadlock` if that cannot be.
AsyncStatus drive(operation_base& operation, driven_context context, deadline until,
                  boost::system::error_code& error);

/// What all drivers do. A `Driver` observes the operation while it lives. It has `run_some(until)`,
/// which returns when the operation has ended, and may return before; and `poll`, which does not
/// wait.
template <typename Driver, typename Context>
void drive_with(Context& context, operation_base& operation, deadline until) {
    if (until.is_poll())
        return Driver::poll(operation, context);
    Driver driver(operation, context);
    std::optional<wait_watch> watch;
    if (until.is_never())
        watch.emplace(operation);
    while (operation.status() == AsyncStatus::Started && !until.is_over()) {
        driver.run_some(watch ? watch->until() : until);
        trampoline::run_queued();
        if (watch && watch->is_due() && operation.status() == AsyncStatus::Started)
            watch->warn();
    }
}

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_OBSERVE_RUN_UNTIL_ENDED_HPP
