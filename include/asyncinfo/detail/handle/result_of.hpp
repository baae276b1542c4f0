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
concept handle_of_a_kind = handle<T> && requires { typename T::progress_type; };

/// The result type of a handle's operation: `T`, or void for actions and for `IAsyncInfo`.
template <handle Handle>
using result_of_t = typename Handle::result_type;

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
