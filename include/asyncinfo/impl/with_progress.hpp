//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_IMPL_WITH_PROGRESS_HPP
#define ASYNCINFO_IMPL_WITH_PROGRESS_HPP

#include <asyncinfo/detail/handle/result_of.hpp>
#include <asyncinfo/with_progress.hpp>

#include <boost/asio/completion_condition.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

template <typename Reporter>
using reporting_token = decltype(use_async_info.with<bound::reporter>(std::declval<Reporter>()));

/// True if the lambda of `with_progress` starts an operation with its arguments, and returns the
/// handle. Each mistake gives one sentence, before the lambda's result is used: it would be lost
/// in the errors that follow.
template <typename Initiate, typename... Given>
consteval bool starts_with_progress() {
    constexpr bool is_callable = std::is_invocable_v<Initiate, Given...>;
    static_assert(is_callable,
                  "asyncinfo: the lambda of with_progress takes (condition, token), or "
                  "(token) if with_progress was given a stream");
    if constexpr (is_callable) {
        using returned = std::remove_cvref_t<std::invoke_result_t<Initiate, Given...>>;
        constexpr bool is_handle = handle<returned>;
        static_assert(is_handle,
                      "asyncinfo: the lambda of with_progress must return the handle that it got "
                      "for the token");
        if constexpr (is_handle) {
            constexpr bool has_progress = requires(const returned& op) {
                { op.progress() } -> std::same_as<std::optional<transfer_progress>>;
            };
            static_assert(has_progress,
                          "asyncinfo: the lambda of with_progress must start the operation with "
                          "its token: this handle has no progress of transfer_progress");
            return has_progress;
        }
    }
    return false;
}

/// Stands in for the handle that a faulty lambda does not return.
using no_transfer = IAsyncOperationWithProgress<std::size_t, transfer_progress>;

} // namespace asyncinfo::detail

namespace asyncinfo {

template <typename Condition, typename Initiate>
auto with_progress(std::optional<std::uint64_t> total, Condition condition, Initiate&& initiate) {
    using reporting = detail::reporting_condition<Condition>;
    using token = detail::reporting_token<detail::by_condition>;
    if constexpr (detail::starts_with_progress<Initiate, reporting, token>()) {
        detail::condition_link link;
        return std::forward<Initiate>(initiate)(
            reporting(link, std::move(condition)),
            use_async_info.with<detail::bound::reporter>(detail::by_condition{&link, total}));
    } else {
        return detail::no_transfer();
    }
}

template <typename Initiate>
auto with_progress(std::optional<std::uint64_t> total, Initiate&& initiate) {
    return with_progress(total, boost::asio::transfer_all(), std::forward<Initiate>(initiate));
}

template <typename Initiate>
auto with_progress(Initiate&& initiate) {
    return with_progress(std::nullopt, std::forward<Initiate>(initiate));
}

} // namespace asyncinfo

#endif // ASYNCINFO_IMPL_WITH_PROGRESS_HPP
