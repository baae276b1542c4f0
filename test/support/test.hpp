// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_TEST_SUPPORT_TEST_HPP
#define ASYNCINFO_TEST_SUPPORT_TEST_HPP

#include <asyncinfo/asyncinfo.hpp>

#include "support/beside_the_library.hpp"

#include "support/conversation.hpp"
#include "support/counting_allocator.hpp"
#include "support/foreign_coroutine.hpp"
#include "support/pending.hpp"
#include "support/played_operation.hpp"
#include "support/running_context.hpp"
#include "support/sanitizer.hpp"
#include "support/socket_pair.hpp"
#include "support/threads.hpp"
#include "support/types.hpp"

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
using asyncinfo::losers;
using asyncinfo::on_failure;
using asyncinfo::operation_group;
using asyncinfo::traffic;
using asyncinfo::transfer_progress;
using asyncinfo::use_async_info;
using asyncinfo::use_async_info_t;
using asyncinfo::winner;
using boost::system::error_code;
using boost::system::system_error;
using boost::test_tools::per_element;
using tcp = asio::ip::tcp;
using namespace std::chrono_literals;

/// How long a test waits that would otherwise hang: only a failing one waits so long.
constexpr auto long_enough = 1min;

/// Does the expression throw an error with this code?
#define CHECK_THROWS_CODE(expression, expected)                                                    \
    BOOST_CHECK_EXCEPTION(                                                                         \
        static_cast<void>(expression), boost::system::system_error,                                \
        [&](const boost::system::system_error& e) { return e.code() == (expected); })

/// An observer is set before the end or, when it is late, after it.
template <typename Set, typename End>
void set_and_end(bool late, Set set, End end) {
    if (late)
        end();
    set();
    if (!late)
        end();
}

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
