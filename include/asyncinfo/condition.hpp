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

/// What an error code means to an operation, whichever library it is of. Compare codes with it:
///
///     if (op.ErrorCode() == asyncinfo::condition::deadline_expired) retry_later();
enum class condition {
    /// The operation was aborted: it ends as Canceled, or as timed out after its own deadline. True
    /// of codes equal to `errc::operation_canceled`, such as `asio::error::operation_aborted`, of
    /// `channel_cancelled`, and of what `treat_as_canceled` was told.
    canceled = 1,
    /// An operation's own deadline (`cancel_after`, `cancel_at`, `renew_deadline`) ended it. Such a
    /// code equals `asio::error::timed_out`; the reverse does not hold of a time-out of the
    /// system's, as when a peer does not answer. The distinction is lost in a `std::error_code`.
    deadline_expired
};

/// The category of `condition`; its name is "asyncinfo.condition".
ASYNCINFO_DECL const boost::system::error_category& condition_category() noexcept;

/// Makes `condition` usable wherever an error condition is expected.
ASYNCINFO_DECL boost::system::error_condition make_error_condition(condition c) noexcept;

/// Makes `condition::canceled` true of a code by which a library says that an operation was
/// cancelled: from now on an operation that ends so is Canceled, or timed out after its own
/// deadline. Not needed if the code's category says so itself, by `default_error_condition`.
///
/// Executor and threads: for the whole process, from any thread, any number of times. Reading takes
/// no lock, and an operation that succeeds does not read.
///
/// Lifetime: for good. The category is told by its name, which is the same in every shared library.
///
/// Errors: `std::bad_alloc`.
///
/// Example: `treat_as_canceled(mysql::client_errc::no_connection_available);`
ASYNCINFO_DECL void treat_as_canceled(const boost::system::error_code& code);

} // namespace asyncinfo

template <>
struct boost::system::is_error_condition_enum<asyncinfo::condition> : std::true_type {};

#endif // ASYNCINFO_CONDITION_HPP
