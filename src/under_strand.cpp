//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/asio/post_to.hpp>

#include <boost/asio/any_io_executor.hpp>

namespace asyncinfo::detail {

boost::asio::any_io_executor under_strand(const boost::asio::any_io_executor& executor) noexcept {
    boost::asio::any_io_executor under;
    without_strand(executor, [&](const auto& inner) { under = inner; });
    return under;
}

} // namespace asyncinfo::detail
