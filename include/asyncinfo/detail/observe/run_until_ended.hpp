//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_OBSERVE_RUN_UNTIL_ENDED_HPP
#define ASYNCINFO_DETAIL_OBSERVE_RUN_UNTIL_ENDED_HPP

#include <asyncinfo/detail/asio/driven_context.hpp>
#include <asyncinfo/detail/block/operation.hpp>
#include <asyncinfo/detail/core/deadline.hpp>

namespace asyncinfo::detail {

/// Runs `context` on this thread until the operation has ended, on whatever thread, or the time is
/// over. Once the context has no work left it waits, as `operation_base::wait` does.
ASYNCINFO_DECL AsyncStatus drive(operation_base& operation, driven_context context, deadline until,
                                 boost::system::error_code& error);

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_OBSERVE_RUN_UNTIL_ENDED_HPP
