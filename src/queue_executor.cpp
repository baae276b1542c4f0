//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/loop/queue_executor.hpp>

#include <boost/asio/strand.hpp>

namespace asyncinfo::detail {

bool holds_context_keeper(const boost::asio::any_io_executor& executor) noexcept {
    return executor.target<queue_executor<>>() != nullptr;
}

bool holds_busy_context_keeper(const boost::asio::any_io_executor& executor) noexcept {
    return executor.target<queue_executor<>::tracked>() != nullptr;
}

boost::asio::any_io_executor
context_keeper_under_strand(const boost::asio::any_io_executor& executor) noexcept {
    if (const auto* strand = executor.target<boost::asio::strand<queue_executor<>>>())
        return strand->get_inner_executor();
    return {};
}

} // namespace asyncinfo::detail
