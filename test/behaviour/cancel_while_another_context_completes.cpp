// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §9: what a coroutine awaits may complete on a thread of another context. A request that comes at
/// this moment is delivered on the coroutine's executor all the same.
namespace asyncinfo_test::cancel_while_another_context_completes_test {
namespace {

/// A result. To copy it, which happens as the outcome is stored, requests cancellation.
struct cancelling {
    const IAsyncAction* op;

    explicit cancelling(const IAsyncAction* cancelled) : op(cancelled) {}
    cancelling(const cancelling& other) : op(other.op) {
        if (op && *op)
            op->Cancel();
    }
    cancelling& operator=(const cancelling&) = delete;
};

BOOST_AUTO_TEST_SUITE(cancel_while_another_context_completes)

BOOST_AUTO_TEST_CASE(runs_the_callback_on_the_coroutines_executor) {
    asio::io_context own;
    asio::io_context other;
    std::thread::id called_on;
    const auto waits = [](asio::io_context&, asio::io_context& completing, std::thread::id& thread,
                          const IAsyncAction& self) -> IAsyncAction {
        const auto token = co_await asyncinfo::get_cancellation_token();
        token.callback([&] { thread = std::this_thread::get_id(); });
        co_await asio::async_initiate<const asio::deferred_t, void(cancelling)>(
            [&](auto handler) {
                asio::post(completing, [handler = std::move(handler), &self]() mutable {
                    const cancelling result(&self);
                    std::move(handler)(result);
                });
            },
            asio::deferred);
    };
    IAsyncAction op;
    op = waits(own, other, called_on, op);
    const auto elsewhere = on_another_thread([&] { other.run(); });
    BOOST_TEST((called_on != elsewhere));
    own.run();
    BOOST_TEST((called_on == std::this_thread::get_id()));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asyncinfo_test::cancel_while_another_context_completes_test
