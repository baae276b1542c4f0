//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_ASIO_TOKEN_ADAPTERS_HPP
#define ASYNCINFO_DETAIL_ASIO_TOKEN_ADAPTERS_HPP

#include <asyncinfo/detail/base/config.hpp>
#include <asyncinfo/token_adapter.hpp>

#include <boost/asio/append.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/consign.hpp>
#include <boost/asio/prepend.hpp>
#include <boost/asio/redirect_error.hpp>

#include <tuple>
#include <type_traits>
#include <utility>

#if defined(ASYNCINFO_HAS_CANCEL_AFTER)
#include <boost/asio/cancel_after.hpp>
#include <boost/asio/cancel_at.hpp>
#endif

/// A door to what is Asio's own: its token adapters have no getters. Each is known only if it has
/// the expected members. Without this door an adapter is one that the library does not know, see
/// `token_adapter`.
namespace asyncinfo::detail {

template <typename Token>
struct asio_adapter {
    using inner_type = Token;

    template <typename Adapter>
    static auto&& inner(Adapter&& adapter) noexcept {
        return std::forward<Adapter>(adapter).token_;
    }
};

template <typename Adapter>
concept has_token = requires(Adapter& adapter) { adapter.token_; };
template <typename Adapter>
concept has_error_code = has_token<Adapter> && requires(Adapter& adapter) { adapter.ec_; };

/// Where redirect_error puts the error.
template <has_error_code Adapter>
boost::system::error_code* redirected_to(Adapter& adapter) noexcept {
    return &adapter.ec_;
}

template <typename Adapter>
concept has_values = has_token<Adapter> && requires(Adapter& adapter) { adapter.values_; };
template <typename Adapter>
concept has_timeout = has_token<Adapter> && requires(Adapter& adapter) {
    adapter.timeout_;
    adapter.cancel_type_;
};
template <typename Adapter>
concept has_expiry = has_token<Adapter> && requires(Adapter& adapter) {
    adapter.expiry_;
    adapter.cancel_type_;
};

template <template <typename, typename...> class Adapter, typename Token, typename... Values>
struct values_adapter : asio_adapter<Token> {
    // The values of a token that is given as an lvalue are copied, so that the token can be used
    // again.
    template <typename Given, typename Inner>
    static auto rewrap(Given&& adapter, Inner inner) {
        constexpr bool copy =
            std::is_lvalue_reference_v<Given> && (std::is_copy_constructible_v<Values> && ...);
        return std::apply(
            [&](auto&... values) {
                if constexpr (copy)
                    return Adapter<Inner, Values...>(std::move(inner), values...);
                else
                    return Adapter<Inner, Values...>(std::move(inner), std::move(values)...);
            },
            adapter.values_);
    }
};

} // namespace asyncinfo::detail

namespace asyncinfo {

template <typename Token>
    requires detail::has_token<boost::asio::as_tuple_t<Token>>
struct token_adapter<boost::asio::as_tuple_t<Token>> : detail::asio_adapter<Token> {
    template <typename Inner>
    static auto rewrap(const boost::asio::as_tuple_t<Token>&, Inner inner) {
        return boost::asio::as_tuple_t<Inner>(std::move(inner));
    }
};

template <typename Token>
    requires detail::has_error_code<boost::asio::redirect_error_t<Token>>
struct token_adapter<boost::asio::redirect_error_t<Token>> : detail::asio_adapter<Token> {
    template <typename Inner>
    static auto rewrap(const boost::asio::redirect_error_t<Token>& adapter, Inner inner) {
        return boost::asio::redirect_error_t<Inner>(std::move(inner), adapter.ec_);
    }
};

template <typename Token, typename... Values>
    requires detail::has_values<boost::asio::append_t<Token, Values...>>
struct token_adapter<boost::asio::append_t<Token, Values...>>
    : detail::values_adapter<boost::asio::append_t, Token, Values...> {};
template <typename Token, typename... Values>
    requires detail::has_values<boost::asio::prepend_t<Token, Values...>>
struct token_adapter<boost::asio::prepend_t<Token, Values...>>
    : detail::values_adapter<boost::asio::prepend_t, Token, Values...> {};
template <typename Token, typename... Values>
    requires detail::has_values<boost::asio::consign_t<Token, Values...>>
struct token_adapter<boost::asio::consign_t<Token, Values...>>
    : detail::values_adapter<boost::asio::consign_t, Token, Values...> {};

#if defined(ASYNCINFO_HAS_CANCEL_AFTER)
template <typename Token, typename... Clock>
    requires detail::has_timeout<boost::asio::cancel_after_t<Token, Clock...>>
struct token_adapter<boost::asio::cancel_after_t<Token, Clock...>> : detail::asio_adapter<Token> {
    template <typename Adapter, typename Inner>
    static auto rewrap(const Adapter& adapter, Inner inner) {
        return boost::asio::cancel_after_t<Inner, Clock...>(std::move(inner), adapter.timeout_,
                                                            adapter.cancel_type_);
    }
};

template <typename Token, typename... Clock>
    requires(
        detail::has_timeout<boost::asio::cancel_after_timer<Token, Clock...>> &&
        requires(boost::asio::cancel_after_timer<Token, Clock...>& adapter) { adapter.timer_; })
struct token_adapter<boost::asio::cancel_after_timer<Token, Clock...>>
    : detail::asio_adapter<Token> {
    template <typename Adapter, typename Inner>
    static auto rewrap(const Adapter& adapter, Inner inner) {
        return boost::asio::cancel_after_timer<Inner, Clock...>(
            std::move(inner), adapter.timer_, adapter.timeout_, adapter.cancel_type_);
    }
};

template <typename Token, typename... Clock>
    requires detail::has_expiry<boost::asio::cancel_at_t<Token, Clock...>>
struct token_adapter<boost::asio::cancel_at_t<Token, Clock...>> : detail::asio_adapter<Token> {
    template <typename Adapter, typename Inner>
    static auto rewrap(const Adapter& adapter, Inner inner) {
        return boost::asio::cancel_at_t<Inner, Clock...>(std::move(inner), adapter.expiry_,
                                                         adapter.cancel_type_);
    }
};

template <typename Token, typename... Clock>
    requires(detail::has_expiry<boost::asio::cancel_at_timer<Token, Clock...>> &&
             requires(boost::asio::cancel_at_timer<Token, Clock...>& adapter) { adapter.timer_; })
struct token_adapter<boost::asio::cancel_at_timer<Token, Clock...>> : detail::asio_adapter<Token> {
    template <typename Adapter, typename Inner>
    static auto rewrap(const Adapter& adapter, Inner inner) {
        return boost::asio::cancel_at_timer<Inner, Clock...>(std::move(inner), adapter.timer_,
                                                             adapter.expiry_, adapter.cancel_type_);
    }
};
#endif

} // namespace asyncinfo

#endif // ASYNCINFO_DETAIL_ASIO_TOKEN_ADAPTERS_HPP
