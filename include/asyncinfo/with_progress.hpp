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

/// Starts an operation of Asio that takes a completion condition (`asio::async_read`,
/// `async_write`, `async_read_at`, `async_write_at`), and returns a handle with progress to it: an
/// `IAsyncOperationWithProgress<std::size_t, transfer_progress>`. For other operations, such as
/// `async_read_until` and those of Beast, take a `progress_stream`.
///
/// `initiate(condition, token)` is called at once, starts the operation with both, and returns what
/// that returned. The token can do what `use_async_info` can: binders and adapters go around it,
/// and it has the same members, such as `token.named("body")`. The condition transfers all, or
/// stops where the condition stops that you give. `total` is how many bytes are expected, if you
/// know; it stops nothing.
///
/// Progress is 0 bytes at first, and is reported by each step that has transferred something. When
/// the operation has ended, the last progress has as many bytes as its result, also if it failed.
///
/// Cancellation, executor and threads, lifetime: as with `use_async_info`. A Progress handler
/// without an executor of its own is called in the operation's steps.
///
/// Errors: what a Progress handler throws does not harm the transfer. It goes to the operation's
/// executor when the operation ends. Condition and token are for one operation; starting a second
/// one throws `errc::illegal_method_call`.
///
/// Example:
///
///     auto op = with_progress(file_size, [&](auto condition, auto token) {
///         return asio::async_read(socket, buffer, condition, token);
///     });
template <typename Initiate>
auto with_progress(std::optional<std::uint64_t> total, Initiate&& initiate);
/// The same with a completion condition of your own, such as `asio::transfer_at_least(n)`.
template <typename Condition, typename Initiate>
auto with_progress(std::optional<std::uint64_t> total, Condition condition, Initiate&& initiate);

/// The same without a total.
template <typename Initiate>
auto with_progress(Initiate&& initiate);

} // namespace asyncinfo

#include <asyncinfo/impl/with_progress.hpp>

#endif // ASYNCINFO_WITH_PROGRESS_HPP
