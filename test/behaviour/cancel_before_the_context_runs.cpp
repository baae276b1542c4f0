// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <csignal>

/// §4.1, §4.3: Cancel before anybody runs the io_context is not lost. It does not block, and
/// nothing happens on the thread that calls it.
namespace asyncinfo_test::cancel_before_the_context_runs_test {
namespace {

struct objects {
    asio::io_context context;
    asio::steady_timer timer{context, 1h};
    asio::steady_timer second_timer{context, 1h};
    local::socket near_end{context};
    local::socket far_end{context};
    local::acceptor acceptor{context};
    asio::signal_set signals{context, SIGTERM};
    asio::experimental::channel<void(error_code, int)> channel{context};
    std::string bytes;
    std::vector<char> many = std::vector<char>(1 << 20);

    objects() { connect_pair(near_end, far_end); }
};

struct operation_row {
    const char* name;
    std::function<IAsyncInfo(objects&)> start;
};

const operation_row rows[] = {
    {"timer", [](objects& o) { return o.timer.async_wait(use_async_info); }},
    {"signal", [](objects& o) { return o.signals.async_wait(use_async_info); }},
    {"read_some",
     [](objects& o) { return o.near_end.async_read_some(asio::buffer(o.many), use_async_info); }},
    {"wait for a socket",
     [](objects& o) { return o.near_end.async_wait(local::socket::wait_read, use_async_info); }},
    {"read",
     [](objects& o) { return asio::async_read(o.near_end, asio::buffer(o.many), use_async_info); }},
    {"read_until",
     [](objects& o) {
         return asio::async_read_until(o.near_end, asio::dynamic_buffer(o.bytes), '.',
                                       use_async_info);
     }},
    {"write",
     [](objects& o) {
         return asio::async_write(o.near_end, asio::buffer(o.many), use_async_info);
     }},
    {"channel", [](objects& o) { return o.channel.async_receive(use_async_info); }},
    {"composed",
     [](objects& o) {
         return asio::async_compose<decltype((use_async_info)), void(error_code)>(
             [&o, started = false](auto& self, error_code error = {}) mutable {
                 if (std::exchange(started, true))
                     self.complete(error);
                 else
                     o.timer.async_wait(std::move(self));
             },
             use_async_info, o.timer);
     }},
    {"coroutine",
     [](objects& o) {
         return asio::co_spawn(
             o.context,
             [&o]() -> asio::awaitable<void> { co_await o.timer.async_wait(asio::use_awaitable); },
             use_async_info);
     }},
    {"under as_tuple",
     [](objects& o) { return o.timer.async_wait(asio::as_tuple(use_async_info)); }},
};

} // namespace

BOOST_AUTO_TEST_SUITE(cancel_before_the_context_runs)

BOOST_AUTO_TEST_CASE(is_delivered_when_it_runs) {
    for (const auto& row : rows)
        BOOST_TEST_CONTEXT(row.name) {
            objects o;
            const auto op = row.start(o);
            op.Cancel();
            BOOST_TEST(op.cancel_requested());
            BOOST_TEST(op.Status() == AsyncStatus::Started);
            o.context.run_for(1min);
            BOOST_TEST(op.Status() == AsyncStatus::Canceled);
        }
}

BOOST_AUTO_TEST_CASE(and_no_handle_is_left) {
    for (const auto& row : rows)
        BOOST_TEST_CONTEXT(row.name) {
            objects o;
            row.start(o).Cancel();
            o.context.run_for(1min);
            BOOST_TEST(o.context.stopped()); // it ran out of work
        }
}

BOOST_AUTO_TEST_CASE(a_group_of_operations) {
    objects o;
    const auto op =
        asio::experimental::make_parallel_group(o.timer.async_wait(asio::deferred),
                                                o.second_timer.async_wait(asio::deferred))
            .async_wait(asio::experimental::wait_for_all(),
                        asio::bind_executor(o.context, use_async_info));
    op.Cancel();
    BOOST_TEST(op.Status() == AsyncStatus::Started);
    o.context.run_for(1min);
    BOOST_TEST(op.Status() == AsyncStatus::Completed); // the group did; its parts were aborted
    const auto [order, first, second] = op.GetResults();
    BOOST_TEST(first == asio::error::operation_aborted);
    BOOST_TEST(second == asio::error::operation_aborted);
}

BOOST_AUTO_TEST_CASE(an_operation_that_cannot_be_cancelled_completes) {
    asio::io_context context;
    const auto op = asio::post(context, use_async_info);
    op.Cancel();
    context.run();
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
    BOOST_TEST(op.cancel_requested());
}

BOOST_AUTO_TEST_CASE(a_context_that_is_never_run_leaves_the_request_latched) {
    IAsyncAction op;
    {
        objects o;
        op = o.timer.async_wait(use_async_info);
        op.Cancel();
    }
    BOOST_TEST(op.Status() == AsyncStatus::Error);
    BOOST_TEST((op.ErrorCode() == errc::abandoned));
    BOOST_TEST(op.cancel_requested());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::cancel_before_the_context_runs_test
