//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/asio/executor_storage.hpp>

namespace asyncinfo::detail {

boost::asio::any_io_executor what_remains(const boost::asio::any_io_executor& executor) noexcept {
    boost::asio::any_io_executor remains;
    with_plain(executor, [&](const auto& plain) { remains = plain; });
    return remains;
}

} // namespace asyncinfo::detail
