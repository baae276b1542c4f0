//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_OBSERVE_DEADLINE_TIMER_HPP
#define ASYNCINFO_DETAIL_OBSERVE_DEADLINE_TIMER_HPP

#include <asyncinfo/detail/block/operation.hpp>
#include <asyncinfo/detail/core/deadline.hpp>

namespace asyncinfo::detail {

/// Gives the operation deadlines: at once if they have come already, else by a timer of its
/// executor's context, which goes when the operation ends. Throws what making a timer throws, and
/// has then added none. Of those that are there for the same types of cancellation the earliest
/// counts.
ASYNCINFO_DECL void set_deadlines(operation_base& operation, schedule added);

/// The same for the one deadline that can be moved: it replaces the one that was set so before.
ASYNCINFO_DECL void renew_deadline(operation_base& operation, deadline when, unsigned types);

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_OBSERVE_DEADLINE_TIMER_HPP
