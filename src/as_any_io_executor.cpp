//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/asio/full_executor.hpp>

namespace asyncinfo::detail {

boost::asio::any_io_executor
as_any_io_executor(const boost::asio::io_context::executor_type& executor) {
    return boost::asio::any_io_executor(executor);
}

} // namespace asyncinfo::detail
