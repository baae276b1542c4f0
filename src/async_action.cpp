//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/async_action.hpp>

#include <asyncinfo/detail/result.hpp>

#include <boost/system/system_error.hpp>

namespace asyncinfo {

void detail::throw_failure(operation_base* operation, const boost::system::error_code& error) {
    boost::system::error_code refused;
    if (operation && operation->status() != AsyncStatus::Started)
        if (const auto thrown = operation->exception(refused))
            std::rethrow_exception(thrown);
    throw boost::system::system_error(refused ? refused : error);
}

void IAsyncAction::Completed(AsyncActionCompletedHandler handler) const {
    boost::system::error_code error;
    Completed(std::move(handler), error);
    if (error)
        refuse(error);
}

void IAsyncAction::Completed(AsyncActionCompletedHandler handler,
                             boost::system::error_code& error) const {
    if (auto* operation = usable(error))
        operation->set_completed(std::move(handler.target_), error);
}

AsyncActionCompletedHandler IAsyncAction::Completed() const {
    boost::system::error_code error;
    auto handler = Completed(error);
    if (error)
        refuse(error);
    return handler;
}

AsyncActionCompletedHandler
IAsyncAction::Completed(boost::system::error_code& error) const noexcept {
    auto* operation = usable(error);
    return AsyncActionCompletedHandler(operation ? operation->completed() : nullptr);
}

void IAsyncAction::explain() const {
    boost::system::error_code error;
    GetResults(error);
    if (error)
        detail::throw_failure(operation().get(), error);
}

void IAsyncAction::GetResults(boost::system::error_code& error) const noexcept {
    if (auto* operation = usable(error))
        detail::is_successful(*operation, error);
}

bool IAsyncAction::try_get() const {
    boost::system::error_code error;
    const bool ended = try_get(error);
    if (error)
        detail::throw_failure(operation().get(), error);
    return ended;
}

bool IAsyncAction::try_get(boost::system::error_code& error) const noexcept {
    auto* operation = usable(error);
    if (!operation || operation->status() == AsyncStatus::Started)
        return false;
    return detail::is_successful(*operation, error);
}

void IAsyncAction::get() const {
    boost::system::error_code error;
    get(error);
    if (error)
        detail::throw_failure(operation().get(), error);
}

void IAsyncAction::get(boost::system::error_code& error) const {
    wait(error);
    if (!error)
        GetResults(error);
}

void IAsyncAction::get(boost::asio::io_context& context) const {
    boost::system::error_code error;
    get(context, error);
    if (error)
        detail::throw_failure(operation().get(), error);
}

void IAsyncAction::get(boost::asio::io_context& context, boost::system::error_code& error) const {
    drive(context, detail::deadline::never(), error);
    if (!error)
        GetResults(error);
}

std::tuple<boost::system::error_code> IAsyncAction::outcome() const {
    boost::system::error_code error;
    auto all = outcome(error);
    if (error)
        refuse(error);
    return all;
}

std::tuple<boost::system::error_code>
IAsyncAction::outcome(boost::system::error_code& error) const noexcept {
    auto* operation = usable(error);
    if (operation && operation->status() == AsyncStatus::Started)
        error = errc::illegal_method_call;
    return error ? boost::system::error_code() : operation->code(error);
}

} // namespace asyncinfo
