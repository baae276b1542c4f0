//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_HANDLE_RESULT_HPP
#define ASYNCINFO_DETAIL_HANDLE_RESULT_HPP

#include <asyncinfo/async_action.hpp>
#include <asyncinfo/async_operation.hpp>

#include <concepts>

namespace asyncinfo::detail {

/// The result type of the operations that a handle is for; void for an action.
template <typename Handle>
struct handle_result;
template <>
struct handle_result<IAsyncAction> {
    using type = void;
};
template <typename T>
struct handle_result<IAsyncOperation<T>> {
    using type = T;
};

template <typename Handle>
using handle_result_t = typename handle_result<Handle>::type;

/// A handle that knows the kind of its operation.
template <typename Handle>
concept handle_of_a_kind =
    std::derived_from<Handle, IAsyncInfo> && requires { typename handle_result_t<Handle>; };

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_HANDLE_RESULT_HPP
