//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_ABANDON_ON_CANCEL_HPP
#define ASYNCINFO_ABANDON_ON_CANCEL_HPP

#include <asyncinfo/detail/handle/handle_access.hpp>
#include <asyncinfo/detail/handle/result_of.hpp>

namespace asyncinfo {

/// Makes an operation that need not be waited for once it has been cancelled, of one that cannot be
/// stopped: a name look-up, say. Returns a handle of the same kind to an operation of its own.
///
/// When it completes: with `operation`, whose status, code, exception and result it takes over,
/// partial results included; a result that cannot be copied is claimed. Or at once, when it is
/// cancelled: then it is Canceled with `operation_aborted` (after its own deadline: Error with
/// `timed_out`), without a result, also under `as_tuple`.
///
/// Cancellation: by `Cancel()` of any type, or a deadline, of the handle returned. The request is
/// passed on to `operation`, which may heed it. It runs on otherwise, keeping what it owns, and
/// what it delivers later is dropped.
///
/// Executor and threads: ends on the thread that cancels it, or on the one that ends `operation`.
/// `get_executor()` and `name()` are those of `operation`. Where it reports progress, its Progress
/// handler is replaced by one that reports the same of the operation returned.
///
/// Lifetime: what the user owes `operation` remains owed until that one has ended, and a context's
/// destructor may have to wait for it (Asio's does for a look-up): `asio::consign` keeps I/O
/// objects and buffers.
///
/// Errors: `errc::empty_handle`, `errc::illegal_method_call` after Close. If somebody else closes
/// `operation`, or takes its result, before it is taken over, the end is an Error with
/// `errc::illegal_method_call`.
///
/// Example:
///
///     auto look_up = abandon_on_cancel(resolver.async_resolve(host, port, use_async_info));
///     look_up.cancel_after(std::chrono::seconds(2));
template <detail::handle_of_a_kind Handle>
Handle abandon_on_cancel(const Handle& operation);

} // namespace asyncinfo

#include <asyncinfo/impl/abandon_on_cancel.hpp>

#endif // ASYNCINFO_ABANDON_ON_CANCEL_HPP
