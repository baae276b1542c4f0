//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/async_info.hpp>

#include <asyncinfo/detail/core/request_types.hpp>
#include <asyncinfo/detail/observe/deadline_timer.hpp>

// Beside the other members' definitions: a program without deadlines does not link their timer.
namespace asyncinfo {

void IAsyncInfo::set_deadline(detail::deadline when, boost::asio::cancellation_type_t types,
                              boost::system::error_code& error) const {
    error.clear();
    if (!operation_) {
        error = errc::empty_handle;
        return;
    }
    detail::schedule added;
    added.add(when.scheduled(), detail::request_types::pack(types));
    detail::set_deadlines(*operation_, added);
}

void IAsyncInfo::move_deadline(detail::deadline when, boost::asio::cancellation_type_t types,
                               boost::system::error_code& error) const {
    error.clear();
    if (operation_)
        detail::renew_deadline(*operation_, when, detail::request_types::pack(types));
    else
        error = errc::empty_handle;
}

} // namespace asyncinfo
