// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §4.7: the execution context may be destroyed at any time, also while another thread is inside
/// Cancel: ending as abandoned waits for a Cancel that is already submitting.
namespace asyncinfo_test::context_destroyed_during_cancel_test {
namespace {

struct read_objects {
    local::socket near_end, far_end;
    std::array<char, 4> bytes{};
};

/// Pending operations that own their objects, as a context that dies takes them along.
std::vector<IAsyncInfo> start_some(const asio::any_io_executor& executor) {
    const auto read = [&] {
        auto sockets = std::make_shared<read_objects>(
            read_objects{local::socket(executor), local::socket(executor), {}});
        connect_pair(sockets->near_end, sockets->far_end);
        auto& s = *sockets;
        return asio::async_read(s.near_end, asio::buffer(s.bytes),
                                asio::consign(use_async_info, std::move(sockets)));
    };
    return {read(), read()};
}

using context_and_executor = std::pair<std::shared_ptr<void>, asio::any_io_executor>;

struct context_row {
    const char* name;
    std::function<context_and_executor()> make;
};

const context_row rows[] = {
    {"io_context",
     []() -> context_and_executor {
         auto c = std::make_shared<asio::io_context>();
         return {c, c->get_executor()};
     }},
    {"strand",
     []() -> context_and_executor {
         auto c = std::make_shared<asio::io_context>();
         return {c, asio::make_strand(*c)};
     }},
    {"an io_context that a thread runs",
     []() -> context_and_executor {
         auto c = std::make_shared<running_context>();
         return {c, c->get_executor()};
     }},
    {"a strand that a thread runs",
     []() -> context_and_executor {
         auto c = std::make_shared<running_context>();
         return {c, asio::make_strand(*c)};
     }},
    {"thread_pool",
     []() -> context_and_executor {
         auto c = std::make_shared<asio::thread_pool>(1);
         return {c, c->get_executor()};
     }},
};

} // namespace

BOOST_AUTO_TEST_SUITE(context_destroyed_during_cancel)

BOOST_AUTO_TEST_CASE(with_operations_pending) {
    constexpr unsigned rounds = 200;
    for (const auto& row : rows)
        BOOST_TEST_CONTEXT(row.name) {
            std::size_t ended = 0;
            std::size_t expected = 0;
            for (unsigned round = 0; round < rounds; ++round) {
                auto [context, executor] = row.make();
                const auto operations = start_some(executor);
                executor = nullptr;
                std::atomic<bool> go = false;
                std::thread canceller([&] {
                    while (!go)
                        std::this_thread::yield();
                    for (const auto& op : operations)
                        while (op.Status() == AsyncStatus::Started) {
                            op.Cancel(asio::cancellation_type::total); // which does not end it
                            std::this_thread::yield();
                        }
                });
                go = true;
                for (unsigned delay = 0; delay < round % 10; ++delay)
                    std::this_thread::yield();
                context.reset();
                canceller.join();
                for (const auto& op : operations)
                    ended += op.ErrorCode() == errc::abandoned;
                expected += operations.size();
            }
            BOOST_TEST(ended == expected);
        }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::context_destroyed_during_cancel_test
