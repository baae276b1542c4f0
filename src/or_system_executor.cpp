//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/asio/executor_storage.hpp>

namespace asyncinfo::detail {

boost::asio::any_io_executor
or_system_executor(const boost::asio::any_io_executor& executor) noexcept {
    return executor ? executor : boost::asio::any_io_executor(boost::asio::system_executor());
}

} // namespace asyncinfo::detail
