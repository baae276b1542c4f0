//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_IMPL_ASYNC_ACTION_HPP
#define ASYNCINFO_IMPL_ASYNC_ACTION_HPP

#include <asyncinfo/async_action.hpp>
#include <asyncinfo/detail/block/result.hpp>

#include <utility>

namespace asyncinfo {

template <typename Handle>
void basic_action<Handle>::GetResults(boost::system::error_code& error) const noexcept {
    if (auto* operation = this->usable(error))
        detail::is_successful(*operation, error);
}

template <typename Handle>
bool basic_action<Handle>::try_get() const {
    return this->result_or_throw("try_get", [&](auto& error) { return try_get(error); });
}

template <typename Handle>
bool basic_action<Handle>::try_get(boost::system::error_code& error) const noexcept {
    auto* operation = this->usable(error);
    if (!operation || operation->status() == AsyncStatus::Started)
        return false;
    return detail::is_successful(*operation, error);
}

template <typename Handle>
void basic_action<Handle>::get() const {
    this->result_or_throw("get", [&](auto& error) { get(error); });
}

template <typename Handle>
void basic_action<Handle>::get(boost::system::error_code& error) const {
    this->wait(error);
    if (!error)
        GetResults(error);
}

template <typename Handle>
void basic_action<Handle>::get(detail::driven_context context) const {
    this->result_or_throw("get", [&](auto& error) { get(context, error); });
}

template <typename Handle>
void basic_action<Handle>::get(detail::driven_context context,
                               boost::system::error_code& error) const {
    this->drive(context, detail::deadline::never(), error);
    if (!error)
        GetResults(error);
}

template <typename Handle>
std::tuple<boost::system::error_code> basic_action<Handle>::outcome() const {
    return this->or_throw("outcome", [&](auto& error) { return outcome(error); });
}

template <typename Handle>
std::tuple<boost::system::error_code>
basic_action<Handle>::outcome(boost::system::error_code& error) const noexcept {
    auto* operation = this->usable(error);
    if (!operation)
        return {};
    if (operation->status() != AsyncStatus::Started)
        return operation->code(error);
    error = errc::illegal_method_call;
    return {};
}

} // namespace asyncinfo

#endif // ASYNCINFO_IMPL_ASYNC_ACTION_HPP
