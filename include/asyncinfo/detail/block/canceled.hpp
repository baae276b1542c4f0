//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_BLOCK_CANCELED_HPP
#define ASYNCINFO_DETAIL_BLOCK_CANCELED_HPP

#include <asyncinfo/detail/base/config.hpp>

#include <boost/system/error_code.hpp>

#include <exception>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

/// Same as `code == condition::canceled`, but quicker for Asio's own codes.
bool means_canceled(const boost::system::error_code& code) noexcept;
/// Same as `code == condition::deadline_expired`.
bool means_deadline_expired(const boost::system::error_code& code) noexcept;

/// What an abort after the operation's own deadline is stored as. The exception is null if there is
/// no memory for it.
ASYNCINFO_DECL boost::system::error_code timed_out() noexcept;
ASYNCINFO_DECL std::exception_ptr timed_out_exception() noexcept;

/// The same for an error that is part of the result. An error of a type that cannot hold a code is
/// left alone.
template <typename Error>
void set_timed_out(Error& error) {
    if constexpr (std::is_same_v<Error, std::exception_ptr>) {
        if (auto exception = timed_out_exception())
            error = std::move(exception);
    } else if constexpr (std::is_assignable_v<Error&, boost::system::error_code>) {
        error = timed_out();
    }
}

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_BLOCK_CANCELED_HPP
