//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_ABANDON_ON_CANCEL_HPP
#define ASYNCINFO_ABANDON_ON_CANCEL_HPP

#include <asyncinfo/detail/handle/handle_access.hpp>
#include <asyncinfo/detail/handle/result_of.hpp>

namespace asyncinfo {

/// Wraps an operation that cannot be stopped, such as a name look-up, in one that ends as soon as
/// it is cancelled. Returns a handle of the same kind to an operation of its own.
///
/// When it completes: together with `operation`. It takes over the status, code, exception and
/// result of that one, partial results included; a result that cannot be copied is taken. If it is
/// cancelled before, it ends at once and without a result: as Canceled with `operation_aborted`, or
/// after its own deadline as Error with `timed_out`. It does so under `as_tuple`, too.
///
/// Cancellation: any `Cancel` or deadline of the returned handle ends it. The request is passed on
/// to `operation`. If that one runs on, it keeps what it owns, and what it delivers later is
/// dropped.
///
/// Executor and threads: ends on the thread that cancels it, or on the one that ends `operation`.
/// `get_executor()` and `name()` are those of `operation`. If `operation` reports progress, its
/// Progress handler is replaced by one that reports the same values for the returned handle.
///
/// Lifetime: the I/O object and buffers of `operation` must live until that one has ended, also if
/// you have cancelled; `asio::consign` keeps them. The destructor of a context can have to wait for
/// it, as Asio's does for a look-up.
///
/// Errors: `errc::empty_handle`; `errc::illegal_method_call` after Close. If somebody else closes
/// `operation` or takes its result before it is taken over, the returned operation ends as Error
/// with `errc::illegal_method_call`.
///
/// Example:
///
///     auto look_up = abandon_on_cancel(resolver.async_resolve(host, port, use_async_info));
///     look_up.cancel_after(2s);
template <detail::handle_of_a_kind Handle>
Handle abandon_on_cancel(const Handle& operation);

} // namespace asyncinfo

#include <asyncinfo/impl/abandon_on_cancel.hpp>

#endif // ASYNCINFO_ABANDON_ON_CANCEL_HPP
