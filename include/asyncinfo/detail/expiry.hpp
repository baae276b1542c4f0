//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_EXPIRY_HPP
#define ASYNCINFO_DETAIL_EXPIRY_HPP

#include <asyncinfo/detail/deadline.hpp>
#include <asyncinfo/detail/operation.hpp>

namespace asyncinfo::detail {

/// Gives the operation a deadline: at once if it has come already, else by a timer of its executor's
/// context, which goes when the operation ends. Throws what making a timer throws, and has then done
/// nothing.
ASYNCINFO_DECL void set_deadline(const operation_ptr& operation, deadline when);

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_EXPIRY_HPP
