//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/async_info.hpp>

// What an operation ended by, and Close.
namespace asyncinfo {

boost::system::error_code IAsyncInfo::ErrorCode() const {
    return or_throw("ErrorCode", [this](auto& error) { return ErrorCode(error); });
}

boost::system::error_code IAsyncInfo::ErrorCode(boost::system::error_code& error) const noexcept {
    auto* operation = usable(error);
    if (!operation || operation->status() == AsyncStatus::Started)
        return {};
    return operation->code(error);
}

std::exception_ptr IAsyncInfo::exception() const {
    return or_throw("exception", [this](auto& error) { return exception(error); });
}

std::exception_ptr IAsyncInfo::exception(boost::system::error_code& error) const noexcept {
    auto* operation = usable(error);
    if (!operation || operation->status() == AsyncStatus::Started)
        return nullptr;
    return operation->exception(error);
}

void IAsyncInfo::Close() const {
    boost::system::error_code error;
    Close(error);
    if (error)
        refuse(error, "Close");
}

void IAsyncInfo::Close(boost::system::error_code& error) const noexcept {
    error.clear();
    if (!operation_)
        error = errc::empty_handle;
    else if (!operation_->close())
        error = errc::illegal_state_change;
}

} // namespace asyncinfo
