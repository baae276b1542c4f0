//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_HANDLE_RESULT_OF_HPP
#define ASYNCINFO_DETAIL_HANDLE_RESULT_OF_HPP

#include <asyncinfo/async_action.hpp>
#include <asyncinfo/async_operation.hpp>

#include <concepts>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

/// A handle to an operation, of whatever kind.
template <typename T>
concept handle = std::derived_from<T, IAsyncInfo>;

/// A handle whose type gives the kind of its operation: any but `IAsyncInfo`.
template <typename T>
concept handle_of_a_kind = handle<T> && requires { typename block_t<T>; };

/// The result type of a handle's operation: `T`, or void for actions and for `IAsyncInfo`.
template <handle Handle>
struct result_of {
    using type = void;
};
template <handle Handle>
    requires requires(const Handle& h) { h.GetResults(); }
struct result_of<Handle> {
    using type = decltype(std::declval<const Handle&>().GetResults());
};

template <handle Handle>
using result_of_t = typename result_of<Handle>::type;

template <typename T, typename P>
struct handle_to {
    using type = IAsyncOperationWithProgress<T, P>;
};
template <typename T>
struct handle_to<T, void> {
    using type = IAsyncOperation<T>;
};
template <typename P>
struct handle_to<void, P> {
    using type = IAsyncActionWithProgress<P>;
};
template <>
struct handle_to<void, void> {
    using type = IAsyncAction;
};

/// The handle to an operation with this result and this progress, either of which may be void.
template <typename T, typename P = void>
using handle_t = typename handle_to<T, P>::type;

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_HANDLE_RESULT_OF_HPP
