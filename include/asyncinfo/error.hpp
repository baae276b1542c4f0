//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_ERROR_HPP
#define ASYNCINFO_ERROR_HPP

#include <asyncinfo/detail/base/config.hpp>

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/is_error_code_enum.hpp>
#include <boost/system/system_error.hpp>

#include <type_traits>

namespace asyncinfo {

/// The library's own errors. Each equals the `std::errc` (and `boost::system::errc`) condition that
/// comes nearest, where there is one.
enum class errc {
    /// The member must not be called in this state: the result before the end, anything after
    /// `Close`, a result that another reader has taken. What is thrown says in `what()` which of
    /// them it was, and what to do. Equals `operation_not_permitted`.
    illegal_method_call = 1,
    /// `Close` while the operation runs. Equals `operation_in_progress`.
    illegal_state_change,
    /// A second `Completed` handler. Equals `operation_not_permitted`.
    illegal_delegate_assignment,
    /// The handle is empty. Equals `invalid_argument`.
    empty_handle,
    /// The operation's completion handler was destroyed without having been invoked: its execution
    /// context was destroyed, or the initiation threw the handler away. Equals `owner_dead`.
    abandoned,
    /// The operation ended by an exception that is no `system_error`; `exception()` has it.
    unhandled_exception,
    /// Waiting would block the thread that is to finish the operation. Equals
    /// `resource_deadlock_would_occur`.
    would_deadlock,
    /// There is nothing to choose from: `when_any` of no operations. Equals `invalid_argument`.
    empty_set,
    /// The group takes no more operations, or has none to give any more. Equals
    /// `operation_not_permitted`.
    group_shut_down
};

/// The category of `errc`; its name is "asyncinfo".
ASYNCINFO_DECL const boost::system::error_category& error_category() noexcept;

/// Makes `errc` usable wherever an error code is expected.
ASYNCINFO_DECL boost::system::error_code make_error_code(errc e) noexcept;

/// What the result of a Canceled operation throws, by `GetResults`, `get`, `try_get` and
/// `co_await`, and a `co_await` in a coroutine that has been asked to stop; so it can be caught
/// before other errors. An operation that ended by an exception throws that one, as it was. The end
/// by a deadline is none of this: it is Error, with `asio::error::timed_out`.
///
/// Thrown by the body of a coroutine it ends that as Canceled.
///
/// Example:
///
///     try {
///         use(op.get());
///     } catch (const asyncinfo::operation_canceled&) {
///     } catch (const boost::system::system_error& e) {
///         log(e.what());
///     }
///
/// Source: winrt::hresult_canceled.
class ASYNCINFO_DECL operation_canceled : public boost::system::system_error {
public:
    /// With the code `asio::error::operation_aborted`.
    operation_canceled();
    /// With a code that stands for it.
    using system_error::system_error;
};

} // namespace asyncinfo

template <>
struct boost::system::is_error_code_enum<asyncinfo::errc> : std::true_type {};

#endif // ASYNCINFO_ERROR_HPP
