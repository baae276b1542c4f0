//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_RESUME_AFTER_HPP
#define ASYNCINFO_RESUME_AFTER_HPP

#include <asyncinfo/detail/core/deadline.hpp>

#include <chrono>

namespace asyncinfo {

/// What `resume_after` returns, to be awaited.
struct resume_after_t {
    detail::deadline time; ///< when the wait is over
};

/// `co_await resume_after(duration)` makes a coroutine of the library wait for that time.
///
/// When it completes: when the time is over, counted from this call. For zero and negative
/// durations at once, without suspending.
///
/// Cancellation: ends the wait at once, and `operation_canceled` is thrown.
///
/// Executor and threads: a timer on the coroutine's executor, where it resumes; if it has none, on
/// `asio::system_executor`.
///
/// Errors: throws `asio::error::invalid_argument` for a duration that is no time, such as NaN.
///
/// Example:
///
///     co_await resume_after(20ms);
///
/// Source: winrt::resume_after.
template <typename Rep, typename Period>
[[nodiscard]] resume_after_t resume_after(std::chrono::duration<Rep, Period> duration) {
    if (!detail::is_time(duration))
        throw boost::system::system_error(detail::no_time());
    return {detail::deadline::after(duration)};
}

} // namespace asyncinfo

#endif // ASYNCINFO_RESUME_AFTER_HPP
