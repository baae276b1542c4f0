//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_ENDING_HPP
#define ASYNCINFO_ENDING_HPP

#include <asyncinfo/detail/base/config.hpp>

#include <boost/asio/cancellation_type.hpp>

#include <chrono>
#include <iosfwd>
#include <optional>
#include <string_view>

namespace asyncinfo {

/// Why an operation has ended.
enum class ending_reason : unsigned char {
    none,      ///< it has not ended
    finished,  ///< it succeeded
    failed,    ///< by an error of its own
    cancelled, ///< as Canceled
    deadline,  ///< a deadline of its own has passed: `cancel_after`, `cancel_at`
    abandoned, ///< its completion handler was destroyed without a call, as when its context ended
};

/// Who asked an operation to stop.
enum class cancel_source : unsigned char {
    none,        ///< nobody, or the registry does not know
    handle,      ///< `Cancel` of a handle, also by `cancel_on_destroy`
    slot,        ///< the cancellation slot that was bound to the token
    combination, ///< the `when_all` or `when_any` that it is a member of
    coroutine,   ///< the coroutine that awaited it, which was cancelled itself
    stop_token,  ///< `stop_on`
    group,       ///< `cancel_all` of a group
    shutdown,    ///< `shutdown` of a group
    registry,    ///< `registry::cancel`, as the console does
    deadline,    ///< a deadline of its own
};

/// What is known of how an operation has ended: see `IAsyncInfo::ending`.
///
/// Example:
///
///     const async_ending ending = op.ending();
///     if (ending.reason == ending_reason::cancelled)
///         std::clog << "stopped by " << ending.asked_by << '\n';
struct async_ending {
    /// Why.
    ending_reason reason = ending_reason::none;
    /// Who asked first. Known if the registry was on when the operation started.
    cancel_source asked_by = cancel_source::none;
    /// The cancellation types of all requests; `none` if there was no request.
    boost::asio::cancellation_type_t asked_types = boost::asio::cancellation_type::none;
    /// When the first request was made. Known if the registry was on when the operation started.
    std::optional<std::chrono::steady_clock::time_point> asked_at{};
    /// How long the operation went on after that. Known as `asked_at` is, once it has ended.
    std::optional<std::chrono::steady_clock::duration> stopped_after{};
};

/// The enumerator's name: "finished".
ASYNCINFO_DECL std::string_view to_string(ending_reason reason) noexcept;
/// The enumerator's name: "handle".
ASYNCINFO_DECL std::string_view to_string(cancel_source source) noexcept;

/// Writes the enumerator's name.
ASYNCINFO_DECL std::ostream& operator<<(std::ostream& stream, ending_reason reason);
ASYNCINFO_DECL std::ostream& operator<<(std::ostream& stream, cancel_source source);

/// Writes a sentence: "cancelled, asked to stop by a handle (terminal), stopped after 12 ms".
ASYNCINFO_DECL std::ostream& operator<<(std::ostream& stream, const async_ending& ending);

} // namespace asyncinfo

#endif // ASYNCINFO_ENDING_HPP
