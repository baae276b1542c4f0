//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_CONDITION_HPP
#define ASYNCINFO_CONDITION_HPP

#include <asyncinfo/detail/base/config.hpp>

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/error_condition.hpp>
#include <boost/system/is_error_condition_enum.hpp>

#include <type_traits>

namespace asyncinfo {

/// What an error code means to an operation, whichever library it comes from. Compare codes with
/// it.
///
/// Example:
///
///     if (read.ErrorCode() == condition::deadline_expired)
///         retry_later();
enum class condition {
    /// The operation was aborted. It ends as Canceled, or as timed out after its own deadline. True
    /// of codes that equal `boost::system::errc::operation_canceled`, such as
    /// `asio::error::operation_aborted`, of Asio's `channel_cancelled`, and of those that were
    /// given to `treat_as_canceled`.
    canceled = 1,
    /// The operation's own deadline (`cancel_after`, `cancel_at`, `renew_deadline`) ended it. Such
    /// a code equals `asio::error::timed_out`. A time-out of the system, as when a peer does not
    /// answer, equals only that. A `std::error_code` cannot tell the two apart.
    deadline_expired
};

/// The category of `condition`; its name is "asyncinfo.condition".
ASYNCINFO_DECL const boost::system::error_category& condition_category() noexcept;

/// Makes `condition` usable wherever an error condition is expected.
ASYNCINFO_DECL boost::system::error_condition make_error_condition(condition c) noexcept;

/// Makes `condition::canceled` true of a code by which some library says that an operation was
/// cancelled. From now on an operation that ends by this code is Canceled, or timed out after its
/// own deadline. You need not call it if the code's category says so itself, by
/// `default_error_condition`.
///
/// Executor and threads: it holds for the whole process. Call it from any thread, any number of
/// times. Comparing takes no lock, and an operation that succeeds compares nothing.
///
/// Lifetime: it holds until the process ends. A category is recognised by its name, which is the
/// same in every shared library.
///
/// Errors: `std::bad_alloc`.
///
/// Example:
///
///     treat_as_canceled(library_errc::request_dropped);
ASYNCINFO_DECL void treat_as_canceled(const boost::system::error_code& code);

} // namespace asyncinfo

namespace boost::system {
/// A `condition` converts to an error condition.
template <>
struct is_error_condition_enum<asyncinfo::condition> : std::true_type {};
} // namespace boost::system

#endif // ASYNCINFO_CONDITION_HPP
