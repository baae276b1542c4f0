// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

#include <boost/asio/experimental/parallel_group.hpp>

/// §4.2: operations that run their steps on an executor of their own (co_spawn,
/// make_parallel_group) can be cancelled from any thread if that executor is a strand; here on a
/// pool of four threads.
namespace asyncinfo_test::operations_with_their_own_executor_test {
namespace {

using strand = asio::strand<asio::io_context::executor_type>;

/// What an operation uses, all on one strand.
struct objects {
    strand executor;
    asio::steady_timer timer{executor};
    local::socket near_end{executor};
    local::socket far_end{executor};
    std::array<char, 64> in{};
    int steps = 0; // of the operation: for the thread sanitizer

    explicit objects(asio::io_context& context) : executor(asio::make_strand(context)) {
        connect_pair(near_end, far_end);
    }
};

asio::awaitable<void> coroutine(objects& o) {
    error_code error;
    for (std::size_t n = 0;; n = n % o.in.size() + 1) {
        ++o.steps;
        o.timer.expires_after(std::chrono::microseconds(n));
        co_await o.timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
        co_await asio::async_write(o.far_end, asio::buffer(o.in, n + 1), asio::use_awaitable);
        co_await asio::async_read(o.near_end, asio::buffer(o.in, n + 1), asio::use_awaitable);
        co_await asio::post(o.executor, asio::use_awaitable);
    }
}

struct operation_row {
    const char* name;
    AsyncStatus expected;
    std::function<IAsyncInfo(objects&)> start;
};

const operation_row rows[] = {
    {"co_spawn", AsyncStatus::Canceled,
     [](objects& o) { return asio::co_spawn(o.executor, coroutine(o), use_async_info); }},
    {"co_spawn, bound to another executor", AsyncStatus::Canceled,
     [](objects& o) {
         return asio::co_spawn(o.executor, coroutine(o),
                               asio::bind_executor(asio::system_executor(), use_async_info));
     }},
    {"co_spawn, any_io_executor", AsyncStatus::Canceled,
     [](objects& o) {
         return asio::co_spawn(asio::any_io_executor(o.executor), coroutine(o), use_async_info);
     }},
    // The group completes; its parts were aborted.
    {"make_parallel_group, bound to the strand", AsyncStatus::Completed,
     [](objects& o) {
         o.timer.expires_after(1h);
         return asio::experimental::make_parallel_group(
                    asio::async_read(o.near_end, asio::buffer(o.in), asio::deferred),
                    o.timer.async_wait(asio::deferred))
             .async_wait(asio::experimental::wait_for_all(),
                         asio::bind_executor(o.executor, use_async_info));
     }},
};

} // namespace

BOOST_AUTO_TEST_SUITE(operations_with_their_own_executor)

BOOST_AUTO_TEST_CASE(are_cancelled_from_any_thread) {
    running_context context(4);
    asio::thread_pool cancellers(2);
    for (const auto& row : rows)
        BOOST_TEST_CONTEXT(row.name)
    for (unsigned round = 0; round < 40; ++round) {
        objects o(context);
        std::promise<IAsyncInfo> started;
        asio::post(o.executor, [&] { started.set_value(row.start(o)); });
        const auto op = started.get_future().get();
        for (int n = 0; n < 2; ++n)
            asio::post(cancellers, [op, round] {
                for (unsigned delay = 0; delay < round % 16; ++delay)
                    std::this_thread::yield();
                op.Cancel();
            });
        BOOST_TEST((op.wait() == row.expected));
    }
    cancellers.join();
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::operations_with_their_own_executor_test
