//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_OBSERVE_DEADLINE_TIMER_HPP
#define ASYNCINFO_DETAIL_OBSERVE_DEADLINE_TIMER_HPP

#include <asyncinfo/detail/block/operation.hpp>
#include <asyncinfo/detail/core/deadline.hpp>

namespace asyncinfo::detail {

/// Adds deadlines to the operation. Those that have come already request cancellation at once. The
/// others use a timer of its executor's context, which goes when the operation ends. For the same
/// types of cancellation the earliest deadline counts. Throws what making a timer throws; no
/// deadline with a time to come has then been added.
ASYNCINFO_DECL void set_deadlines(operation_base& operation, schedule added);

/// The same for the one deadline that can be moved: it replaces the one that was set so before.
ASYNCINFO_DECL void renew_deadline(operation_base& operation, deadline when, unsigned types);

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_OBSERVE_DEADLINE_TIMER_HPP
