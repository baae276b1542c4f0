//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_IMPL_ASYNC_ACTION_HPP
#define ASYNCINFO_IMPL_ASYNC_ACTION_HPP

#include <asyncinfo/async_action.hpp>
#include <asyncinfo/detail/result.hpp>

#include <utility>

namespace asyncinfo {

template <typename Handle>
void basic_action<Handle>::Completed(completed_handler handler) const {
    boost::system::error_code error;
    Completed(std::move(handler), error);
    if (error)
        refuse(error, "Completed");
}

template <typename Handle>
void basic_action<Handle>::Completed(completed_handler handler,
                                     boost::system::error_code& error) const {
    if (auto* operation = usable(error))
        operation->set_completed(detail::delegate_access::take(std::move(handler)), error);
}

template <typename Handle>
auto basic_action<Handle>::Completed() const -> completed_handler {
    boost::system::error_code error;
    auto handler = Completed(error);
    if (error)
        refuse(error, "Completed");
    return handler;
}

template <typename Handle>
auto basic_action<Handle>::Completed(boost::system::error_code& error) const noexcept
    -> completed_handler {
    auto* operation = usable(error);
    return detail::delegate_access::make<completed_handler>(operation ? operation->completed()
                                                                      : nullptr);
}

template <typename Handle>
void basic_action<Handle>::explain() const {
    boost::system::error_code error;
    GetResults(error);
    if (error)
        detail::throw_failure(operation().get(), error, "GetResults");
}

template <typename Handle>
void basic_action<Handle>::GetResults(boost::system::error_code& error) const noexcept {
    if (auto* operation = usable(error))
        detail::is_successful(*operation, error);
}

template <typename Handle>
bool basic_action<Handle>::try_get() const {
    boost::system::error_code error;
    const bool ended = try_get(error);
    if (error)
        detail::throw_failure(operation().get(), error, "try_get");
    return ended;
}

template <typename Handle>
bool basic_action<Handle>::try_get(boost::system::error_code& error) const noexcept {
    auto* operation = usable(error);
    if (!operation || operation->status() == AsyncStatus::Started)
        return false;
    return detail::is_successful(*operation, error);
}

template <typename Handle>
void basic_action<Handle>::get() const {
    boost::system::error_code error;
    get(error);
    if (error)
        detail::throw_failure(operation().get(), error, "get");
}

template <typename Handle>
void basic_action<Handle>::get(boost::system::error_code& error) const {
    wait(error);
    if (!error)
        GetResults(error);
}

template <typename Handle>
void basic_action<Handle>::get(detail::driven_context context) const {
    boost::system::error_code error;
    get(context, error);
    if (error)
        detail::throw_failure(operation().get(), error, "get");
}

template <typename Handle>
void basic_action<Handle>::get(detail::driven_context context,
                               boost::system::error_code& error) const {
    drive(context, detail::deadline::never(), error);
    if (!error)
        GetResults(error);
}

template <typename Handle>
std::tuple<boost::system::error_code> basic_action<Handle>::outcome() const {
    boost::system::error_code error;
    auto all = outcome(error);
    if (error)
        refuse(error, "outcome");
    return all;
}

template <typename Handle>
std::tuple<boost::system::error_code>
basic_action<Handle>::outcome(boost::system::error_code& error) const noexcept {
    auto* operation = usable(error);
    if (operation && operation->status() == AsyncStatus::Started)
        error = errc::illegal_method_call;
    return error ? boost::system::error_code() : operation->code(error);
}

} // namespace asyncinfo

#endif // ASYNCINFO_IMPL_ASYNC_ACTION_HPP
