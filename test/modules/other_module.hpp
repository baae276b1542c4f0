// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// What a shared library that uses asyncinfo offers to handles_cross_modules.cpp. Both are built
// with hidden visibility: they have in common what the library exports, and nothing else.

#ifndef ASYNCINFO_TEST_MODULES_OTHER_MODULE_HPP
#define ASYNCINFO_TEST_MODULES_OTHER_MODULE_HPP

#include "shown.hpp"

#include <asyncinfo/asyncinfo.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdint>
#include <vector>

namespace other_module {

using asyncinfo::AsyncStatus;
using asyncinfo::IAsyncAction;
using asyncinfo::IAsyncInfo;
using asyncinfo::IAsyncOperation;

ASYNCINFO_TEST_SHOWN std::vector<std::uint64_t> new_ids(int count);

/// Operations that are started there, and run here.
ASYNCINFO_TEST_SHOWN IAsyncAction sleep(boost::asio::io_context& context, std::chrono::hours time);
ASYNCINFO_TEST_SHOWN IAsyncAction
completes_in_its_cancellation_handler(boost::asio::io_context& context);
ASYNCINFO_TEST_SHOWN IAsyncOperation<int> add_one(const boost::asio::any_io_executor&,
                                                  IAsyncOperation<int> awaited);
ASYNCINFO_TEST_SHOWN IAsyncOperation<int> all_of(IAsyncOperation<int> a, IAsyncOperation<int> b);
ASYNCINFO_TEST_SHOWN IAsyncOperation<int> fails_with_a_runtime_error();

/// Members of handles that are called there.
ASYNCINFO_TEST_SHOWN bool is_of_int(const IAsyncInfo& info);
ASYNCINFO_TEST_SHOWN AsyncStatus wait(const IAsyncInfo& info);
ASYNCINFO_TEST_SHOWN void dispatch_to(asyncinfo::completion_queue& queue, bool& called);
ASYNCINFO_TEST_SHOWN std::vector<AsyncStatus> drain(asyncinfo::operation_group<>& group);

ASYNCINFO_TEST_SHOWN boost::system::error_code empty_handle();

} // namespace other_module

#endif // ASYNCINFO_TEST_MODULES_OTHER_MODULE_HPP
