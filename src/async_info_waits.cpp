//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/async_info.hpp>

#include <asyncinfo/detail/observe/run_until_ended.hpp>

namespace asyncinfo {

boost::asio::any_io_executor IAsyncInfo::get_executor() const {
    return or_throw("get_executor", [this](auto& error) { return get_executor(error); });
}

boost::asio::any_io_executor IAsyncInfo::get_executor(boost::system::error_code& error) const {
    auto* operation = usable(error);
    return operation ? operation->executor() : boost::asio::any_io_executor();
}

AsyncStatus IAsyncInfo::wait() const {
    return or_throw("wait", [this](auto& error) { return wait(error); });
}

AsyncStatus IAsyncInfo::wait(boost::system::error_code& error) const {
    return wait(detail::deadline::never(), error);
}

AsyncStatus IAsyncInfo::wait(detail::deadline until, boost::system::error_code& error) const {
    auto* operation = usable(error);
    if (!operation)
        return AsyncStatus::Started;
    const AsyncStatus status = operation->status();
    if (status != AsyncStatus::Started || until.is_poll())
        return status;
    return operation->wait(until, error);
}

AsyncStatus IAsyncInfo::drive(detail::driven_context context, detail::deadline until,
                              boost::system::error_code& error) const {
    auto* operation = usable(error);
    if (!operation)
        return AsyncStatus::Started;
    return detail::drive(*operation, context, until, error);
}

} // namespace asyncinfo
