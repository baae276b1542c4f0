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
    detail::deadline time;
};

/// `co_await resume_after(duration)` lets that much time go by in a coroutine of the library's.
///
/// When it completes: at once, without suspending, for zero and negative durations. The time runs
/// from this call.
///
/// Cancellation: ends it at once, and `operation_canceled` is thrown.
///
/// Executor and threads: a timer on the coroutine's executor, where it resumes; without one on
/// `asio::system_executor`.
///
/// Errors: throws `asio::error::invalid_argument` for what is no time, such as NaN.
///
/// Example: `co_await asyncinfo::resume_after(std::chrono::seconds(5));`
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
