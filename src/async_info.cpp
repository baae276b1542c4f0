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

} // namespace asyncinfo
