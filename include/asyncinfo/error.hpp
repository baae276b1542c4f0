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

/// The library's own errors. Most of them equal a condition of `std::errc` (and of
/// `boost::system::errc`); it is named with each.
///
/// Example:
///
///     error_code error;
///     read.GetResults(error);
///     if (error == errc::illegal_method_call)
///         std::cout << "no result yet\n";
enum class errc {
    /// The member cannot be called in this state: the operation has no result yet, or was closed,
    /// or another reader has taken the result. `what()` of the exception says which of them it is,
    /// and what to do. Equals `operation_not_permitted`.
    illegal_method_call = 1,
    /// `Close` was called while the operation runs. Equals `operation_in_progress`.
    illegal_state_change,
    /// The `Completed` handler was set a second time. Equals `operation_not_permitted`.
    illegal_delegate_assignment,
    /// The handle is empty. Equals `invalid_argument`.
    empty_handle,
    /// The operation's completion handler was destroyed uncalled: somebody destroyed its execution
    /// context, or the initiating function threw the handler away. A source that is destroyed ends
    /// its operation so, too. Equals `owner_dead`.
    abandoned,
    /// The operation ended by an exception of another type than `system_error`; `exception()` has
    /// it.
    unhandled_exception,
    /// Waiting would block the thread that is to finish the operation. Equals
    /// `resource_deadlock_would_occur`.
    would_deadlock,
    /// `when_any` was given no operations. Equals `invalid_argument`.
    empty_set,
    /// The group has been shut down: it takes no more operations, and has no more to give. Equals
    /// `operation_not_permitted`.
    group_shut_down
};

/// The category of `errc`; its name is "asyncinfo".
ASYNCINFO_DECL const boost::system::error_category& error_category() noexcept;

/// Makes `errc` usable wherever an error code is expected.
ASYNCINFO_DECL boost::system::error_code make_error_code(errc e) noexcept;

/// What `GetResults`, `get`, `try_get` and `co_await` throw for a Canceled operation, so that you
/// can catch it before other errors. A `co_await` in a coroutine that has been asked to stop throws
/// it, too. If the operation ended by an exception of its own, that one is thrown as it was. The
/// end by a deadline is Error, and throws a `system_error` with `asio::error::timed_out`.
///
/// A coroutine whose body throws it ends as Canceled.
///
/// Example:
///
///     try {
///         use(read.get());
///     } catch (const operation_canceled&) {
///         std::cout << "stopped, as was asked for\n";
///     } catch (const boost::system::system_error& e) {
///         std::cout << "failed: " << e.what() << '\n';
///     }
///
/// Source: winrt::hresult_canceled.
class ASYNCINFO_DECL operation_canceled : public boost::system::system_error {
public:
    /// Has the code `asio::error::operation_aborted`.
    operation_canceled();
    /// The constructors of `system_error`, for a code that stands for it.
    using system_error::system_error;
};

} // namespace asyncinfo

namespace boost::system {
/// An `errc` converts to an error code.
template <>
struct is_error_code_enum<asyncinfo::errc> : std::true_type {};
} // namespace boost::system

#endif // ASYNCINFO_ERROR_HPP
