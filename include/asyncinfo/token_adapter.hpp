//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_TOKEN_ADAPTER_HPP
#define ASYNCINFO_TOKEN_ADAPTER_HPP

namespace asyncinfo {

/// Makes an adapter of completion tokens known, so that binders around it reach `use_async_info`
/// inside: `bind_executor(ex, my_adapter(use_async_info))` then binds the operation, as it does
/// around `asio::as_tuple` and Asio's other adapters. Around one that is not known Cancel works,
/// but what is bound there is bound to the adapter's handler only: the operation does not know its
/// executor, and its block is not from the bound allocator.
///
/// To be specialised for the type of an adapter (not for a reference to it), with:
///
///     using inner_type = ...;  // the token inside
///     // That token, as an lvalue or rvalue as the adapter is.
///     static inner_type& inner(my_adapter_t<inner_type>& adapter);
///     // The adapter around another token.
///     template <typename Inner>
///     static my_adapter_t<Inner> rewrap(const my_adapter_t<inner_type>& adapter, Inner inner);
///
/// Its `async_result` has a `return_type`, as Asio's do. Both are called with the adapter as it was
/// given: const, an lvalue or an rvalue. They throw nothing but what copying and moving throws.
///
/// Example: test/token_adapter.cpp
template <typename Adapter>
struct token_adapter {};

/// Whether an adapter is known.
template <typename Adapter>
inline constexpr bool is_token_adapter = requires { typename token_adapter<Adapter>::inner_type; };

} // namespace asyncinfo

#endif // ASYNCINFO_TOKEN_ADAPTER_HPP
