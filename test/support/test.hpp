// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_TEST_SUPPORT_TEST_HPP
#define ASYNCINFO_TEST_SUPPORT_TEST_HPP

#include <asyncinfo/asyncinfo.hpp>

#include "support/beside_the_library.hpp"

/// A test's namespace is within this one, and has these names.
namespace asyncinfo_test {

namespace asio = boost::asio;
using asyncinfo::async_source;
using asyncinfo::AsyncStatus;
using asyncinfo::completion_queue;
using asyncinfo::errc;
using asyncinfo::IAsyncAction;
using asyncinfo::IAsyncActionWithProgress;
using asyncinfo::IAsyncInfo;
using asyncinfo::IAsyncOperation;
using asyncinfo::IAsyncOperationWithProgress;
using asyncinfo::operation_group;
using asyncinfo::use_async_info;
using boost::system::error_code;
using boost::system::system_error;
using local = asio::local::stream_protocol;
using tcp = asio::ip::tcp;
using namespace std::chrono_literals;

/// One turn of a loop: what is ready runs.
inline void run_ready(asio::io_context& context) {
    context.restart();
    context.poll();
}

/// Runs what has come since the context ran out of work.
inline void run_again(asio::io_context& context) {
    context.restart();
    context.run();
}

} // namespace asyncinfo_test

#endif // ASYNCINFO_TEST_SUPPORT_TEST_HPP
