//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/async_info.hpp>

// Members stand in several files, so that a program links what it uses.
namespace asyncinfo {

std::uint64_t IAsyncInfo::Id() const {
    return or_throw("Id", [this](auto& error) { return Id(error); });
}

std::uint64_t IAsyncInfo::Id(boost::system::error_code& error) const noexcept {
    auto* operation = usable(error);
    return operation ? operation->id() : 0;
}

AsyncStatus IAsyncInfo::Status(boost::system::error_code& error) const noexcept {
    auto* operation = usable(error);
    return operation ? operation->status() : AsyncStatus::Started;
}

std::string_view IAsyncInfo::name() const {
    return or_throw("name", [this](auto& error) { return name(error); });
}

std::string_view IAsyncInfo::name(boost::system::error_code& error) const noexcept {
    error.clear();
    if (operation_)
        return operation_->name();
    error = errc::empty_handle;
    return {};
}

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

bool IAsyncInfo::cancel_requested() const {
    return or_throw("cancel_requested", [this](auto& error) { return cancel_requested(error); });
}

bool IAsyncInfo::cancel_requested(boost::system::error_code& error) const noexcept {
    auto* operation = usable(error);
    return operation && detail::lifecycle::requested(operation->load()) != 0;
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
