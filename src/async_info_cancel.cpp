//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/async_info.hpp>

namespace asyncinfo {

void IAsyncInfo::Cancel() const { Cancel(boost::asio::cancellation_type::all); }

void IAsyncInfo::Cancel(boost::asio::cancellation_type_t types) const {
    if (!operation_)
        refuse(errc::empty_handle, "Cancel");
    operation_->cancel(types, cancel_source::handle);
}

void IAsyncInfo::Cancel(boost::system::error_code& error) const noexcept {
    Cancel(boost::asio::cancellation_type::all, error);
}

void IAsyncInfo::Cancel(boost::asio::cancellation_type_t types,
                        boost::system::error_code& error) const noexcept {
    error.clear();
    if (operation_)
        operation_->cancel(types, cancel_source::handle);
    else
        error = errc::empty_handle;
}

bool IAsyncInfo::cancel_requested() const {
    return or_throw("cancel_requested", [this](auto& error) { return cancel_requested(error); });
}

bool IAsyncInfo::cancel_requested(boost::system::error_code& error) const noexcept {
    auto* operation = usable(error);
    return operation && detail::lifecycle::requested(operation->load()) != 0;
}

} // namespace asyncinfo
