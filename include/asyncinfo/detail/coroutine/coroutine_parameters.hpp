//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_COROUTINE_COROUTINE_PARAMETERS_HPP
#define ASYNCINFO_DETAIL_COROUTINE_COROUTINE_PARAMETERS_HPP

#include <asyncinfo/async_info.hpp>
#include <asyncinfo/detail/asio/full_executor.hpp>
#include <asyncinfo/detail/base/recycling.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution/executor.hpp>

#include <concepts>
#include <memory>
#include <type_traits>

namespace asyncinfo::detail {

template <typename T>
concept gives_executor = !std::derived_from<std::remove_cvref_t<T>, IAsyncInfo> &&
                         requires(T& object) { as_any_io_executor(object.get_executor()); };

template <typename T>
concept is_executor = any_kind_of_executor<std::remove_cvref_t<T>>;

/// Calls `use` with the executor of the first parameter, or object of a member function, that is one
/// or has one.
template <typename Use>
void with_executor(Use) noexcept {}
template <typename Use, typename First, typename... Rest>
void with_executor(Use use, First& first, Rest&... rest) {
    if constexpr (is_executor<First>)
        use(first);
    else if constexpr (gives_executor<First>)
        use(first.get_executor());
    else
        with_executor(use, rest...);
}

/// The type of the parameter after `std::allocator_arg`, as Asio's coroutines take it.
template <typename...>
struct found_allocator {
    using type = recycling_allocator<void>;
};
template <typename First, typename Second, typename... Rest>
struct found_allocator<First, Second, Rest...> {
    using type = typename std::conditional_t<std::is_same_v<First, std::allocator_arg_t>,
                                             std::type_identity<Second>,
                                             found_allocator<Second, Rest...>>::type;
};

/// How the parameters of a coroutine determine its memory.
template <typename Allocator, typename... Args>
struct frame_source {
    using allocator_type = Allocator;
};

/// Coroutines whose parameters name no allocator have one `frame_source`, and so share a promise.
template <typename... Args>
struct allocator_parameter {
    using allocator_type = typename found_allocator<std::remove_cvref_t<Args>...>::type;
    using type = std::conditional_t<std::is_same_v<allocator_type, recycling_allocator<void>>,
                                    frame_source<recycling_allocator<void>>,
                                    frame_source<allocator_type, std::remove_cvref_t<Args>...>>;
};

template <typename Allocator>
Allocator find_allocator() noexcept {
    return {};
}
template <typename Allocator, typename First, typename... Rest>
Allocator find_allocator(const First& first, const Rest&... rest) {
    static_cast<void>(first);
    if constexpr (std::is_same_v<First, std::allocator_arg_t>)
        return [](const Allocator& allocator, const auto&...) { return allocator; }(rest...);
    else
        return find_allocator<Allocator>(rest...);
}

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_COROUTINE_COROUTINE_PARAMETERS_HPP
