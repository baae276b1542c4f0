//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_BASE_NULL_CALLABLE_HPP
#define ASYNCINFO_DETAIL_BASE_NULL_CALLABLE_HPP

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>

#include <cstddef>
#include <type_traits>

namespace asyncinfo::detail {

/// True for Asio's binders, which hold a callable, give it by `get()`, and pass calls on to it.
template <typename Callable>
inline constexpr bool wraps_a_callable = false;
template <typename T, typename Bound>
inline constexpr bool wraps_a_callable<boost::asio::executor_binder<T, Bound>> = true;
template <typename T, typename Bound>
inline constexpr bool wraps_a_callable<boost::asio::allocator_binder<T, Bound>> = true;
template <typename T, typename Bound>
inline constexpr bool wraps_a_callable<boost::asio::cancellation_slot_binder<T, Bound>> = true;

/// True for a null function pointer or `std::function`, also inside a binder; false for a callable
/// of a type that cannot be null.
template <typename Callable>
bool is_null_callable(const Callable& callable) noexcept {
    if constexpr (wraps_a_callable<Callable>)
        return is_null_callable(callable.get());
    else if constexpr (std::is_pointer_v<Callable> ||
                       (std::is_class_v<Callable> &&
                        std::is_constructible_v<Callable, std::nullptr_t> &&
                        requires { static_cast<bool>(callable == nullptr); }))
        return callable == nullptr;
    else
        return false;
}

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_BASE_NULL_CALLABLE_HPP
