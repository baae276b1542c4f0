//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_IMPL_ASYNC_OPERATION_HPP
#define ASYNCINFO_IMPL_ASYNC_OPERATION_HPP

#include <asyncinfo/async_operation.hpp>
#include <asyncinfo/detail/block/result.hpp>

#include <type_traits>
#include <utility>

namespace asyncinfo {

template <typename Handle, typename T>
std::optional<T> basic_operation<Handle, T>::results(bool sole,
                                                     boost::system::error_code& error) const {
    if (this->has_succeeded()) {
        error.clear();
    } else {
        auto* operation = this->usable(error);
        if (!operation)
            return std::nullopt;
        if constexpr (detail::has_partial_result<std::remove_reference_t<decltype(this->block())>>)
            if (operation->status() == AsyncStatus::Started)
                if (auto partial = block().partial_result())
                    return partial;
        if (!detail::is_successful(*operation, error))
            return std::nullopt;
    }
    auto result = detail::read_result<T>(block(), sole, error);
    // A signature without values reported success for an operation that has a result elsewhere.
    if (!result && !error) {
        if constexpr (std::is_default_constructible_v<T>)
            result.emplace();
        else
            error = errc::illegal_method_call;
    }
    return result;
}

template <typename Handle, typename T>
T basic_operation<Handle, T>::expect(std::optional<T> result,
                                     const boost::system::error_code& error,
                                     const char* member) const {
    if (error || !result) // which is the same; g++ cannot know
        detail::throw_failure(this->operation().get(), error, member);
    return *std::move(result);
}

template <typename Handle, typename T>
T basic_operation<Handle, T>::GetResults() const& {
    if constexpr (stays)
        if (const T* const result = at_hand())
            return *result;
    return get_results(false);
}

template <typename Handle, typename T>
T basic_operation<Handle, T>::GetResults() && {
    return get_results(true);
}

template <typename Handle, typename T>
T basic_operation<Handle, T>::get_results(bool sole) const {
    boost::system::error_code error;
    auto result = results(sole, error);
    return expect(std::move(result), error, "GetResults");
}

template <typename Handle, typename T>
std::optional<T> basic_operation<Handle, T>::GetResults(boost::system::error_code& error) const& {
    return results(false, error);
}

template <typename Handle, typename T>
std::optional<T> basic_operation<Handle, T>::GetResults(boost::system::error_code& error) && {
    return results(true, error);
}

template <typename Handle, typename T>
std::optional<T> basic_operation<Handle, T>::try_get() const {
    return this->result_or_throw("try_get", [&](auto& error) { return try_get(error); });
}

template <typename Handle, typename T>
std::optional<T> basic_operation<Handle, T>::try_get(boost::system::error_code& error) const {
    auto* operation = this->usable(error);
    if (!operation || operation->status() == AsyncStatus::Started)
        return std::nullopt;
    return results(false, error);
}

template <typename Handle, typename T>
T basic_operation<Handle, T>::get() const {
    boost::system::error_code error;
    auto result = get(error);
    return expect(std::move(result), error, "get");
}

template <typename Handle, typename T>
std::optional<T> basic_operation<Handle, T>::get(boost::system::error_code& error) const {
    this->wait(error);
    if (error)
        return std::nullopt;
    return results(false, error);
}

template <typename Handle, typename T>
T basic_operation<Handle, T>::get(detail::driven_context context) const {
    boost::system::error_code error;
    auto result = get(context, error);
    return expect(std::move(result), error, "get");
}

template <typename Handle, typename T>
std::optional<T> basic_operation<Handle, T>::get(detail::driven_context context,
                                                 boost::system::error_code& error) const {
    this->drive(context, detail::deadline::never(), error);
    if (error)
        return std::nullopt;
    return results(false, error);
}

template <typename Handle, typename T>
std::tuple<boost::system::error_code, std::optional<T>>
basic_operation<Handle, T>::outcome() const {
    return this->or_throw("outcome", [&](auto& error) { return outcome(error); });
}

template <typename Handle, typename T>
std::tuple<boost::system::error_code, std::optional<T>>
basic_operation<Handle, T>::outcome(boost::system::error_code& error) const {
    auto* operation = this->usable(error);
    if (operation && operation->status() == AsyncStatus::Started)
        error = errc::illegal_method_call;
    if (error)
        return {};
    auto result = detail::read_result<T>(block(), false, error);
    const auto code = operation->code(error);
    if constexpr (detail::has_partial_result<std::remove_reference_t<decltype(this->block())>>)
        if (!result && code)
            result = block().partial_result();
    return {code, std::move(result)};
}

template <typename Handle, typename T>
template <typename Token>
detail::wait_result_t<T, Token> basic_operation<Handle, T>::operator()(Token&& token) const {
    static_assert(
        std::is_default_constructible_v<T>,
        "asyncinfo: op(token) delivers a T also where the operation ended without one, and "
        "this T has no default constructor: use op.async_wait(token), then GetResults()");
    return detail::async_wait_for<T>(this->operation(), std::forward<Token>(token));
}

} // namespace asyncinfo

#endif // ASYNCINFO_IMPL_ASYNC_OPERATION_HPP
