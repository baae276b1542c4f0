//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_WITH_PROGRESS_HPP
#define ASYNCINFO_WITH_PROGRESS_HPP

#include <asyncinfo/async_action_with_progress.hpp>
#include <asyncinfo/async_operation_with_progress.hpp>
#include <asyncinfo/detail/progress/transfer_tracker.hpp>
#include <asyncinfo/transfer_progress.hpp>
#include <asyncinfo/use_async_info.hpp>

#include <cstdint>
#include <optional>

namespace asyncinfo {

/// Starts a composed operation that takes a completion condition, as `asio::async_read`,
/// `async_write`, `async_read_at` and `async_write_at` do, and gives a handle with progress to it:
/// an `IAsyncOperationWithProgress<std::size_t, transfer_progress>`.
///
/// `initiate(condition, token)` is called at once and starts the operation with both; it returns
/// the handle that this gives. The token is as good as `use_async_info`: binders and adapters may
/// go around it, and it has the same members, `token.named("body")` say. The condition is
/// `asio::transfer_all`, or as good as the one that is given. `total` is what is expected, or
/// `std::nullopt`; it stops nothing.
///
/// Progress is reported for each step that transferred something, and is 0 bytes before. When the
/// operation has ended, the last progress has as many bytes as its result, partial ones included.
///
/// Cancellation, executor and threads, lifetime: as with `use_async_info`. The Progress handler, if
/// it has no executor of its own, is called in the operation's steps.
///
/// Errors: what a Progress handler throws does not harm the transfer: it is thrown to the
/// operation's executor when the operation ends. `illegal_method_call` if a second operation is
/// started with condition and token; they are for one.
///
/// Example:
///
///     auto op = with_progress(file_size, [&](auto condition, auto token) {
///         return asio::async_read(socket, buffers, condition, token);
///     });
///
/// `async_read_until`, Beast's operations and others take no condition: see `progress_stream`.
template <typename Initiate>
auto with_progress(std::optional<std::uint64_t> total, Initiate&& initiate);
template <typename Condition, typename Initiate>
auto with_progress(std::optional<std::uint64_t> total, Condition condition, Initiate&& initiate);

/// The same without a total.
template <typename Initiate>
auto with_progress(Initiate&& initiate);

} // namespace asyncinfo

#include <asyncinfo/impl/with_progress.hpp>

#endif // ASYNCINFO_WITH_PROGRESS_HPP
