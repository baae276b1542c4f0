//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/async_info.hpp>

#include <asyncinfo/detail/driver.hpp>
#include <asyncinfo/detail/expiry.hpp>

#include <boost/system/system_error.hpp>

namespace asyncinfo {
namespace {

/// The throwing spelling of a member, given the one that sets a code.
template <typename Member>
auto or_throw(Member member) {
    boost::system::error_code error;
    auto value = member(error);
    if (error)
        throw boost::system::system_error(error);
    return value;
}

} // namespace

void IAsyncInfo::refuse(const boost::system::error_code& error) {
    throw boost::system::system_error(error);
}

std::uint64_t IAsyncInfo::Id() const {
    return or_throw([this](auto& error) { return Id(error); });
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
    return or_throw([this](auto& error) { return name(error); });
}

std::string_view IAsyncInfo::name(boost::system::error_code& error) const noexcept {
    error.clear();
    if (operation_)
        return operation_->name();
    error = errc::empty_handle;
    return {};
}

boost::system::error_code IAsyncInfo::ErrorCode() const {
    return or_throw([this](auto& error) { return ErrorCode(error); });
}

boost::system::error_code IAsyncInfo::ErrorCode(boost::system::error_code& error) const noexcept {
    auto* operation = usable(error);
    if (!operation || operation->status() == AsyncStatus::Started)
        return {};
    return operation->code(error);
}

std::exception_ptr IAsyncInfo::exception() const {
    return or_throw([this](auto& error) { return exception(error); });
}

std::exception_ptr IAsyncInfo::exception(boost::system::error_code& error) const noexcept {
    auto* operation = usable(error);
    if (!operation || operation->status() == AsyncStatus::Started)
        return nullptr;
    return operation->exception(error);
}

boost::asio::any_io_executor IAsyncInfo::get_executor() const {
    return or_throw([this](auto& error) { return get_executor(error); });
}

boost::asio::any_io_executor IAsyncInfo::get_executor(boost::system::error_code& error) const {
    auto* operation = usable(error);
    return operation ? operation->executor() : boost::asio::any_io_executor();
}

void IAsyncInfo::Cancel() const { Cancel(boost::asio::cancellation_type::all); }

void IAsyncInfo::Cancel(boost::asio::cancellation_type_t types) const {
    if (!operation_)
        refuse(errc::empty_handle);
    operation_->cancel(types);
}

void IAsyncInfo::Cancel(boost::system::error_code& error) const noexcept {
    Cancel(boost::asio::cancellation_type::all, error);
}

void IAsyncInfo::Cancel(boost::asio::cancellation_type_t types,
                        boost::system::error_code& error) const noexcept {
    error.clear();
    if (operation_)
        operation_->cancel(types);
    else
        error = errc::empty_handle;
}

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

bool IAsyncInfo::cancel_requested() const {
    return or_throw([this](auto& error) { return cancel_requested(error); });
}

bool IAsyncInfo::cancel_requested(boost::system::error_code& error) const noexcept {
    auto* operation = usable(error);
    return operation && detail::lifecycle::requested(operation->load()) != 0;
}

void IAsyncInfo::Close() const {
    boost::system::error_code error;
    Close(error);
    if (error)
        refuse(error);
}

void IAsyncInfo::Close(boost::system::error_code& error) const noexcept {
    error.clear();
    if (!operation_)
        error = errc::empty_handle;
    else if (!operation_->close())
        error = errc::illegal_state_change;
}

AsyncStatus IAsyncInfo::wait() const {
    return or_throw([this](auto& error) { return wait(error); });
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
