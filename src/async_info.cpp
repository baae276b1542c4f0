//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/async_info.hpp>

#include <asyncinfo/detail/block/result.hpp>
#include <asyncinfo/detail/observe/run_until_ended.hpp>

#include <boost/system/system_error.hpp>

#include <exception>
#include <string>
#include <string_view>

namespace asyncinfo {
namespace {

/// Why the state did not allow a call, and what to do. If the result has come just after the
/// refusal, the state no longer shows that it was missing: the text for "yet" is as true.
std::string_view remedy(detail::lifecycle::word state) noexcept {
    if (state & detail::lifecycle::closed)
        return "the operation has been closed: read what is needed before Close";
    if (state & detail::lifecycle::claimed)
        return "the result has been taken: what cannot be copied, or is taken from an rvalue "
               "handle, "
               "is given once";
    return "there was no result yet: wait for the end, or use try_get";
}

std::string describe(const detail::operation_base& operation) {
    std::string text = "asyncinfo operation " + std::to_string(operation.id());
    if (const auto name = operation.name(); !name.empty())
        text.append(" '").append(name).append("'");
    return text;
}

} // namespace

void detail::throw_refusal(const operation_base* operation, const boost::system::error_code& error,
                           const char* member) {
    std::string what = operation ? describe(*operation) + ": " + member : member;
    if (operation && error == errc::illegal_method_call)
        what.append(": ").append(remedy(operation->load()));
    throw boost::system::system_error(error, what);
}

void detail::throw_failure(operation_base* operation, const boost::system::error_code& error,
                           const char* member) {
    boost::system::error_code refused;
    const bool ended = operation && operation->status() != AsyncStatus::Started;
    if (ended && operation->code(refused) == error && !refused) {
        if (const auto thrown = operation->exception(refused))
            std::rethrow_exception(thrown);
        if (!refused)
            throw_code(error, describe(*operation).c_str());
    }
    throw_refusal(operation, refused ? refused : error, member);
}

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

boost::asio::any_io_executor IAsyncInfo::get_executor() const {
    return or_throw("get_executor", [this](auto& error) { return get_executor(error); });
}

boost::asio::any_io_executor IAsyncInfo::get_executor(boost::system::error_code& error) const {
    auto* operation = usable(error);
    return operation ? operation->executor() : boost::asio::any_io_executor();
}

void IAsyncInfo::Cancel() const { Cancel(boost::asio::cancellation_type::all); }

void IAsyncInfo::Cancel(boost::asio::cancellation_type_t types) const {
    if (!operation_)
        refuse(errc::empty_handle, "Cancel");
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
