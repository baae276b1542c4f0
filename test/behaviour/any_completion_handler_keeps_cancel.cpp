// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §4, §7: an operation that is implemented behind `asio::any_completion_handler`, and so knows
/// nothing of the token, can be cancelled from any thread all the same; on a pool, between steps.
namespace asyncinfo_test::any_completion_handler_keeps_cancel_test {
namespace {

using bytes = std::array<char, 64>;

// As in a compiled library.
void start_wait(asio::steady_timer& timer, asio::any_completion_handler<void(error_code)> handler) {
    timer.async_wait(std::move(handler));
}

void start_read(local::socket& socket, bytes& buffer,
                asio::any_completion_handler<void(error_code, std::size_t)> handler) {
    asio::async_read(socket, asio::buffer(buffer), std::move(handler));
}

template <typename Token>
auto async_pause(asio::steady_timer& timer, Token token) {
    return asio::async_initiate<Token, void(error_code)>(
        [&timer](auto handler) { start_wait(timer, std::move(handler)); }, token);
}

template <typename Token>
auto async_fill(local::socket& socket, bytes& buffer, Token token) {
    return asio::async_initiate<Token, void(error_code, std::size_t)>(
        [&](auto handler) { start_read(socket, buffer, std::move(handler)); }, token);
}

} // namespace

BOOST_AUTO_TEST_SUITE(any_completion_handler_keeps_cancel)

BOOST_AUTO_TEST_CASE(before_the_context_runs) {
    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    const auto op = async_pause(timer, use_async_info);
    op.Cancel();
    context.run_for(1min);
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);
}

BOOST_FIXTURE_TEST_CASE(between_steps, conversation) {
    bytes buffer{};
    const auto op = async_fill(near_end, buffer, use_async_info);
    for (const char* c = "abc"; *c; ++c) {
        asio::write(far_end, asio::buffer(c, 1));
        context.poll();
    }
    op.Cancel();
    context.restart();
    context.run_for(1min);
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);
    BOOST_TEST(std::get<1>(op.outcome()).value() == 3u);
}

BOOST_AUTO_TEST_CASE(on_a_pool_from_other_threads) {
    running_context context(4);
    asio::thread_pool cancellers(2);
    for (unsigned round = 0; round < 150; ++round) {
        local::socket near_end(context), far_end(context);
        connect_pair(near_end, far_end);
        bytes buffer{};
        const auto read = async_fill(near_end, buffer, use_async_info);
        for (int n = 0; n < 2; ++n)
            asio::post(cancellers, [read, round] {
                for (unsigned delay = 0; delay < round % 16; ++delay)
                    std::this_thread::yield();
                read.Cancel();
            });
        for (unsigned n = 0; n < round % 32; ++n)
            asio::write(far_end, asio::buffer("a", 1));
        BOOST_TEST(read.wait() == AsyncStatus::Canceled);
        BOOST_TEST(std::get<1>(read.outcome()).value() + near_end.available() == round % 32);
    }
    cancellers.join();
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::any_completion_handler_keeps_cancel_test
