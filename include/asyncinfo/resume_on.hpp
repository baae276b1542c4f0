//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_RESUME_ON_HPP
#define ASYNCINFO_RESUME_ON_HPP

#include <asyncinfo/detail/asio/full_executor.hpp>

#include <boost/asio/any_io_executor.hpp>

namespace asyncinfo {

/// What `resume_on` returns, to be awaited.
struct resume_on_t {
    boost::asio::any_io_executor executor; ///< where to resume
};

/// `co_await resume_on(executor)` moves a coroutine of the library to another executor. From then
/// on the body runs there, and resumes there after each `co_await`.
///
/// When it completes: when that executor runs the coroutine; it suspends in every case.
///
/// Cancellation: if the coroutine has been asked to stop before, `operation_canceled` is thrown. A
/// request that comes during the move is thrown by the next `co_await`.
///
/// Lifetime: from then on the coroutine belongs to the context of that executor, and no longer to
/// the one before: when the context is destroyed, the coroutine ends as `errc::abandoned`. The
/// contexts can be destroyed in any order, but not while this is being called.
///
/// Example:
///
///     co_await resume_on(pool); // now on a thread of the pool
///     const auto sum = compute();
///     co_await resume_on(window); // and back
///
/// Source: winrt::resume_background and winrt::resume_foreground.
template <typename Executor>
    requires detail::any_kind_of_executor<Executor>
[[nodiscard]] resume_on_t resume_on(const Executor& executor) {
    return {detail::as_any_io_executor(executor)};
}

/// The same for the executor of a context or an I/O object.
template <typename Object>
    requires requires(Object& object) { detail::as_any_io_executor(object.get_executor()); }
[[nodiscard]] resume_on_t resume_on(Object& object) {
    return {detail::as_any_io_executor(object.get_executor())};
}

} // namespace asyncinfo

#endif // ASYNCINFO_RESUME_ON_HPP
