// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_TEST_SUPPORT_CONVERSATION_HPP
#define ASYNCINFO_TEST_SUPPORT_CONVERSATION_HPP

#include <asyncinfo/async_info.hpp>

#include "socket_pair.hpp"

namespace asyncinfo_test {

/// Two sockets that talk on one io_context. The peer of the operation under test is part of a test;
/// it says its part in several handlers and then falls silent.
struct conversation {
    using socket = local::socket;

    boost::asio::io_context context;
    socket near_end{context};
    socket far_end{context};

    conversation() { connect_pair(near_end, far_end); }
};

/// Has one conversation after the other, and cancels the operation after no handler of its context,
/// after one, after two, until it would have fallen silent or ended by itself.
///
/// `Conversation` has `asyncinfo::IAsyncInfo start()` and `void check(operation)`, which is called
/// when the operation has ended. Returns how often that was as Canceled.
template <typename Conversation>
int cancel_after_each_handler() {
    int canceled = 0;
    for (int handlers = 0;; ++handlers)
        BOOST_TEST_CONTEXT("after handlers: " << handlers) {
            Conversation c;
            const asyncinfo::IAsyncInfo op = c.start();
            int ran = 0;
            while (ran < handlers && c.context.poll_one() != 0)
                ++ran;
            const bool silent = ran < handlers;
            op.Cancel();
            c.context.restart();
            while (op.Status() == asyncinfo::AsyncStatus::Started &&
                   c.context.run_one_for(std::chrono::minutes(1)) != 0) {
            }
            BOOST_TEST((op.Status() != asyncinfo::AsyncStatus::Started));
            c.check(op);
            if (silent)
                return canceled;
            canceled += op.Status() == asyncinfo::AsyncStatus::Canceled;
        }
}

} // namespace asyncinfo_test

#endif // ASYNCINFO_TEST_SUPPORT_CONVERSATION_HPP
