//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_IMPL_WITH_PROGRESS_HPP
#define ASYNCINFO_IMPL_WITH_PROGRESS_HPP

#include <asyncinfo/detail/result_of.hpp>
#include <asyncinfo/with_progress.hpp>

#include <boost/asio/completion_condition.hpp>

#include <type_traits>
#include <utility>

namespace asyncinfo {

template <typename Condition, typename Initiate>
auto with_progress(std::optional<std::uint64_t> total, Condition condition, Initiate&& initiate) {
    detail::condition_link link;
    auto op = std::forward<Initiate>(initiate)(
        detail::reporting_condition<Condition>(link, std::move(condition)),
        use_async_info.with<detail::bound::reporter>(detail::by_condition{&link, total}));
    static_assert(
        detail::handle<decltype(op)>,
        "asyncinfo: with_progress needs what the initiating function returned for the token");
    return op;
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
