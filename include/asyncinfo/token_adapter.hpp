//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_TOKEN_ADAPTER_HPP
#define ASYNCINFO_TOKEN_ADAPTER_HPP

namespace asyncinfo {

/// Makes an adapter of completion tokens known to the library. An adapter is a token around
/// another, such as `asio::as_tuple(use_async_info)`; Asio's own are known. If yours is known,
/// `bind_executor(ex, my_adapter(use_async_info))` binds the operation, as it does around Asio's
/// adapters. If it is not, Cancel works all the same, but the executor and the allocator are bound
/// to the adapter's handler only: the operation does not know its executor, and its memory is not
/// from the bound allocator.
///
/// Specialise it for the type of the adapter, not for a reference to it. `inner_type` is the token
/// inside. `inner(adapter)` returns that token, as an lvalue or rvalue as the adapter is.
/// `rewrap(adapter, other)` returns the adapter around another token. Both are called with the
/// adapter as it was given: const, an lvalue or an rvalue. They may throw only what copying and
/// moving throws. The adapter's `async_result` must have a `return_type`, as those of Asio's
/// adapters have.
///
/// Example:
///
///     template <typename Token>
///     struct asyncinfo::token_adapter<my_adapter_t<Token>> {
///         using inner_type = Token;
///
///         template <typename Adapter>
///         static auto&& inner(Adapter&& adapter) {
///             return std::forward<Adapter>(adapter).token;
///         }
///         template <typename Inner>
///         static auto rewrap(const my_adapter_t<Token>&, Inner inner) {
///             return my_adapter_t<Inner>{std::move(inner)};
///         }
///     };
template <typename Adapter>
struct token_adapter {};

/// Whether an adapter of this type is known.
template <typename Adapter>
inline constexpr bool is_token_adapter = requires { typename token_adapter<Adapter>::inner_type; };

} // namespace asyncinfo

#endif // ASYNCINFO_TOKEN_ADAPTER_HPP
