//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/use_async_info.hpp>

#include "support/played_operation.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/consign.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

/// §4.7: the execution context may be destroyed at any time, also while another thread is inside
/// Cancel: ending as abandoned waits for a Cancel that is already submitting.
namespace context_destroyed_during_cancel_test {
namespace {

namespace asio = boost::asio;
using asyncinfo::AsyncStatus;
using asyncinfo::IAsyncInfo;
using asyncinfo::use_async_info;
using local = asio::local::stream_protocol;

struct read_objects {
    local::socket near, far;
    std::array<char, 4> bytes{};
};

/// Pending operations that own their objects, as a context that dies takes them along.
std::vector<IAsyncInfo> start_some(const asio::any_io_executor& executor) {
    auto timer = std::make_shared<asio::steady_timer>(executor, std::chrono::hours(1));
    auto sockets = std::make_shared<read_objects>(
        read_objects{local::socket(executor), local::socket(executor), {}});
    asio::local::connect_pair(sockets->near, sockets->far);
    auto& t = *timer;
    auto& s = *sockets;
    return {
        t.async_wait(asio::consign(use_async_info, std::move(timer))),
        asio::async_read(s.near, asio::buffer(s.bytes),
                         asio::consign(use_async_info, std::move(sockets))),
    };
}

struct context_row {
    const char* name;
    /// A context, and an executor of it.
    std::function<std::pair<std::shared_ptr<void>, asio::any_io_executor>()> make;
};

const context_row rows[] = {
    {"io_context",
     [] {
         auto c = std::make_shared<asio::io_context>();
         return std::pair<std::shared_ptr<void>, asio::any_io_executor>(c, c->get_executor());
     }},
    {"strand",
     [] {
         auto c = std::make_shared<asio::io_context>();
         return std::pair<std::shared_ptr<void>, asio::any_io_executor>(c, asio::make_strand(*c));
     }},
    {"thread_pool",
     [] {
         auto c = std::make_shared<asio::thread_pool>(1);
         return std::pair<std::shared_ptr<void>, asio::any_io_executor>(c, c->get_executor());
     }},
};

} // namespace
} // namespace context_destroyed_during_cancel_test

BOOST_AUTO_TEST_SUITE(context_destroyed_during_cancel)

using namespace context_destroyed_during_cancel_test;

BOOST_AUTO_TEST_CASE(with_operations_pending) {
    for (const auto& row : rows)
        BOOST_TEST_CONTEXT(row.name) {
            int ended = 0;
            constexpr int rounds = 150;
            for (int round = 0; round < rounds; ++round) {
                auto [context, executor] = row.make();
                const auto operations = start_some(executor);
                executor = nullptr;
                std::atomic<int> inside = 0;
                std::vector<std::thread> cancellers;
                for (int n = 0; n < 2; ++n)
                    cancellers.emplace_back([&] {
                        for (bool first = true;;) {
                            bool all = true;
                            for (const auto& op : operations) {
                                op.Cancel(asio::cancellation_type::total); // which ends nothing
                                all = all && op.Status() != AsyncStatus::Started;
                            }
                            if (all)
                                return;
                            if (std::exchange(first, false))
                                ++inside;
                        }
                    });
                while (inside < 2)
                    std::this_thread::yield();
                context.reset();
                for (auto& t : cancellers)
                    t.join();
                for (const auto& op : operations)
                    ended += op.ErrorCode() == asyncinfo::errc::abandoned;
            }
            BOOST_TEST(ended == 2 * rounds);
        }
}

BOOST_AUTO_TEST_SUITE_END()
