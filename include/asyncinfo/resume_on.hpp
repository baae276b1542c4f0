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
    boost::asio::any_io_executor executor;
};

/// `co_await resume_on(executor)` moves a coroutine: from there on it runs, and resumes after each
/// await, on that executor, or that of a context or I/O object.
///
/// When it completes: once the executor runs it; never at once, also if this is that executor.
///
/// Lifetime: from there on the coroutine ends with that executor's context: if it is destroyed the
/// coroutine is `abandoned`, whatever it awaits, and with the context before it is not. Contexts
/// may go in any order, but not while this is being called.
///
/// Errors: `operation_aborted` if the coroutine has been asked to stop.
///
/// Example: `co_await asyncinfo::resume_on(pool);`
template <typename Executor>
    requires detail::any_kind_of_executor<Executor>
[[nodiscard]] resume_on_t resume_on(const Executor& executor) {
    return {detail::as_any_io_executor(executor)};
}

template <typename Object>
    requires requires(Object& object) { detail::as_any_io_executor(object.get_executor()); }
[[nodiscard]] resume_on_t resume_on(Object& object) {
    return {detail::as_any_io_executor(object.get_executor())};
}

} // namespace asyncinfo

#endif // ASYNCINFO_RESUME_ON_HPP
