//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_BLOCK_SIGNATURE_HPP
#define ASYNCINFO_DETAIL_BLOCK_SIGNATURE_HPP

#include <asyncinfo/detail/base/config.hpp>

#include <boost/system/error_code.hpp>

#include <exception>
#include <system_error>
#include <tuple>
#include <type_traits>

#if defined(ASYNCINFO_HAS_DISPOSITION)
#include <boost/asio/disposition.hpp>
#endif

namespace asyncinfo::detail {

/// True for the types that can report an error as a completion signature's first parameter.
template <typename T>
inline constexpr bool is_error =
    std::is_same_v<T, boost::system::error_code> || std::is_same_v<T, std::error_code> ||
    std::is_same_v<T, std::exception_ptr>
#if defined(ASYNCINFO_HAS_DISPOSITION)
    || boost::asio::is_disposition<T>::value
#endif
    ;

/// True for what `as_tuple` delivers if the operation reports errors.
template <typename T>
inline constexpr bool is_tuple_with_error = false;
template <typename E, typename... Ts>
inline constexpr bool is_tuple_with_error<std::tuple<E, Ts...>> = is_error<E>;

template <typename... Ts>
struct types {
    static constexpr std::size_t size = sizeof...(Ts);
};

/// The result type of a list of values: void, the value, or a tuple.
template <typename Values>
struct result_of_values;
template <>
struct result_of_values<types<>> {
    using type = void;
};
template <typename T>
struct result_of_values<types<T>> {
    using type = T;
};
template <typename T0, typename T1, typename... Ts>
struct result_of_values<types<T0, T1, Ts...>> {
    using type = std::tuple<T0, T1, Ts...>;
};

/// One completion signature taken apart: the error's type (void if none) and the decayed values.
template <typename Error, typename... Ts>
struct parameters {
    using error = Error;
    using values = types<Ts...>;
    static constexpr bool has_error = !std::is_void_v<Error>;
    static constexpr std::size_t size = sizeof...(Ts) + has_error;

    template <typename... Args>
    static constexpr bool accepts() {
        if constexpr (sizeof...(Args) != size)
            return false;
        else if constexpr (has_error)
            return (types_convertible<types<Args...>, types<Error, Ts...>>::value);
        else
            return (types_convertible<types<Args...>, types<Ts...>>::value);
    }

private:
    template <typename From, typename To>
    struct types_convertible;
    template <typename... From, typename... To>
    struct types_convertible<types<From...>, types<To...>>
        : std::bool_constant<(std::is_constructible_v<To, From> && ...)> {};
};

template <typename... Ts>
struct split_error {
    using type = parameters<void, Ts...>;
};
template <typename T0, typename... Ts>
    requires is_error<T0>
struct split_error<T0, Ts...> {
    using type = parameters<T0, Ts...>;
};

template <typename Signature>
struct signature_traits;
template <typename R, typename... Args>
struct signature_traits<R(Args...)> : split_error<std::decay_t<Args>...> {};
template <typename R, typename... Args>
struct signature_traits<R(Args...)&> : signature_traits<R(Args...)> {};
template <typename R, typename... Args>
struct signature_traits<R(Args...) &&> : signature_traits<R(Args...)> {};
template <typename R, typename... Args>
struct signature_traits<R(Args...) noexcept> : signature_traits<R(Args...)> {};
template <typename R, typename... Args>
struct signature_traits<R(Args...) & noexcept> : signature_traits<R(Args...)> {};
template <typename R, typename... Args>
struct signature_traits<R(Args...) && noexcept> : signature_traits<R(Args...)> {};

/// Merges the value lists of several signatures: a list without values yields to one with values.
template <typename... Lists>
struct merge {
    using type = types<>;
};
template <typename List, typename... Rest>
struct merge<List, Rest...> {
    using rest = typename merge<Rest...>::type;
    static_assert(List::size == 0 || rest::size == 0 || std::is_same_v<List, rest>,
                  "asyncinfo: an operation whose completion signatures have different value lists "
                  "has no single result type; adapt it to one signature");
    using type = std::conditional_t<List::size == 0, rest, List>;
};

/// The result type of an operation with these completion signatures; void for an action.
template <typename... Signatures>
using result_t = typename result_of_values<
    typename merge<typename signature_traits<Signatures>::type::values...>::type>::type;

/// The first of the signatures that takes these arguments.
template <typename Args, typename... Parameters>
struct select;
template <typename... Args, typename First, typename... Rest>
struct select<types<Args...>, First, Rest...> {
    using type =
        typename std::conditional_t<First::template accepts<Args...>(), std::type_identity<First>,
                                    select<types<Args...>, Rest...>>::type;
};
template <typename... Args>
struct select<types<Args...>> {};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_BLOCK_SIGNATURE_HPP
