//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_ASIO_PUBLISHED_EXECUTOR_HPP
#define ASYNCINFO_DETAIL_ASIO_PUBLISHED_EXECUTOR_HPP

#include <asyncinfo/detail/asio/bound_token.hpp>
#include <asyncinfo/detail/base/config.hpp>

#include <type_traits>
#include <utility>

/// A door to what is Asio's own. Without it, under Asio's adapters on Boost 1.81, a stored
/// `any_io_executor` is known only once the operation has begun its first step.
namespace asyncinfo::detail {

/// The executor that an initiation publishes; `unbound` if there is none. Asio's token adapters
/// hide it on Boost 1.81; this function finds it under them, too.
template <typename Initiation>
decltype(auto) published_executor(const Initiation& initiation) {
    if constexpr (requires { initiation.get_executor(); })
        return initiation.get_executor();
#if defined(ASYNCINFO_USE_ASIO_INTERNALS)
    else if constexpr (requires { initiation.initiation_; })
        return published_executor(initiation.initiation_);
#endif
    else
        return unbound();
}

template <typename Initiation>
concept publishes_executor = is_bound<std::decay_t<decltype(published_executor(
    std::declval<const std::remove_cvref_t<Initiation>&>()))>>;

/// True if the initiation does not use the executor it publishes where another is bound. The
/// published one is then not kept: it may be a strand, whose context need not live as long as the
/// bound one.
template <typename Initiation>
constexpr bool runs_on_bound_executor_only() {
    if constexpr (requires { Initiation::runs_on_bound_executor_only; })
        return true;
#if defined(ASYNCINFO_USE_ASIO_INTERNALS)
    else if constexpr (requires(const Initiation& i) { i.initiation_; })
        return runs_on_bound_executor_only<
            std::decay_t<decltype(std::declval<const Initiation&>().initiation_)>>();
#endif
    else
        return false;
}

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_ASIO_PUBLISHED_EXECUTOR_HPP
