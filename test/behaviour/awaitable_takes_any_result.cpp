// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §7: "asio::awaitable waits for the end and then reads the result, so that this needs no default
/// constructor, and an exception comes as it was".
namespace asyncinfo_test::awaitable_takes_any_result_test {
namespace {

using asio::ip::tcp;

/// No default constructor, as a socket has none.
struct number {
    explicit number(int v) : value(v) {}
    int value;
};
static_assert(!std::is_default_constructible_v<number>);

asio::awaitable<int> by_lvalue(IAsyncOperation<number> op) {
    const number first = co_await op;
    co_return first.value + (co_await op).value;
}
asio::awaitable<int> by_const(const IAsyncOperation<number> op) {
    const auto& same = op;
    co_return (co_await op).value + (co_await same).value;
}
asio::awaitable<int> by_rvalue(IAsyncOperation<number> op) {
    auto copy = op;
    const int first = (co_await std::move(copy)).value;
    co_return first + (co_await std::move(op)).value;
}

template <typename Handle>
asio::awaitable<void> await(Handle op) {
    co_await op;
}

asio::awaitable<error_code> code_of(IAsyncOperation<number> op) {
    try {
        co_await op;
    } catch (const system_error& e) {
        co_return e.code();
    }
    co_return error_code();
}

asio::awaitable<tcp::endpoint> accept(tcp::acceptor* acceptor) {
    auto socket = co_await acceptor->async_accept(use_async_info);
    static_assert(std::is_same_v<decltype(socket), tcp::socket>);
    co_return socket.remote_endpoint();
}
asio::awaitable<tcp::endpoint> accept_by_lvalue(tcp::acceptor* acceptor) {
    auto op = acceptor->async_accept(use_async_info);
    auto socket = co_await op;
    BOOST_CHECK_THROW(co_await op, system_error); // it has been taken
    co_return socket.remote_endpoint();
}

asio::awaitable<int> reports(IAsyncOperationWithProgress<std::unique_ptr<int>, std::string> op) {
    co_return *co_await op;
}

} // namespace

BOOST_AUTO_TEST_SUITE(awaitable_takes_any_result)

BOOST_AUTO_TEST_CASE(results_without_default_constructor) {
    for (const auto start : {by_lvalue, by_const, by_rvalue})
        for (const bool late : {false, true}) {
            asio::io_context context;
            pending<void(error_code, number)> source;
            const auto op = source.start(use_async_info);
            if (late)
                source.complete({}, number(7));
            auto sum = asio::co_spawn(context, start(op), asio::use_future);
            context.poll();
            if (!late)
                source.complete({}, number(7));
            run_again(context);
            BOOST_TEST(sum.get() == 14);
        }
}

BOOST_AUTO_TEST_CASE(accepted_sockets) {
    for (const auto start : {accept, accept_by_lvalue}) {
        asio::io_context context;
        tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
        auto peer = asio::co_spawn(context, start(&acceptor), asio::use_future);
        tcp::socket client(context);
        client.connect(acceptor.local_endpoint());
        context.run();
        BOOST_TEST(peer.get() == client.local_endpoint());
    }
}

BOOST_AUTO_TEST_CASE(errors_and_endings_without_a_result) {
    asio::io_context context;
    pending<void(error_code, number)> failing;
    const auto failed = failing.start(use_async_info);
    auto code = asio::co_spawn(context, code_of(failed), asio::use_future);
    context.poll();
    failing.complete(asio::error::eof, number(1));
    context.run();
    BOOST_TEST(code.get() == asio::error::eof);

    pending<void(error_code, number)> dropped;
    auto lost = asio::co_spawn(context, code_of(dropped.start(use_async_info)), asio::use_future);
    run_ready(context);
    dropped.drop();
    context.run();
    BOOST_TEST((lost.get() == errc::abandoned));
}

// A coroutine that is cancelled leaves the operation alone.
BOOST_AUTO_TEST_CASE(cancelled_coroutines_get_no_result) {
    asio::io_context context;
    pending<void(error_code, number)> source;
    const auto op = source.start(use_async_info);
    asio::cancellation_signal signal;
    auto code = asio::co_spawn(context, code_of(op),
                               asio::bind_cancellation_slot(signal.slot(), asio::use_future));
    context.poll();
    signal.emit(asio::cancellation_type::terminal);
    context.run();
    BOOST_TEST((code.get() == asio::error::operation_aborted));
    BOOST_TEST(op.Status() == AsyncStatus::Started);
    BOOST_TEST(!op.cancel_requested());
    source.complete({}, number(7));
    BOOST_TEST(op.GetResults().value == 7);
}

BOOST_AUTO_TEST_CASE(exceptions_come_as_they_were) {
    asio::io_context context;
    const auto thrown = std::make_exception_ptr(std::string("as it was"));

    pending<void(std::exception_ptr)> action;
    auto waited = asio::co_spawn(context, await(action.start(use_async_info)), asio::use_future);
    pending<void(std::exception_ptr, int)> operation;
    auto read = asio::co_spawn(context, await(operation.start(use_async_info)), asio::use_future);
    context.poll();
    action.complete(thrown);
    operation.complete(thrown, 0);
    run_again(context);
    for (auto* future : {&waited, &read})
        BOOST_CHECK_EXCEPTION(future->get(), std::string,
                              [](const std::string& what) { return what == "as it was"; });
}

BOOST_AUTO_TEST_CASE(results_that_only_move_and_progress) {
    asio::io_context context;
    async_source<std::unique_ptr<int>, std::string> source;
    auto value = asio::co_spawn(context, reports(source.operation()), asio::use_future);
    context.poll();
    source.set_value(std::make_unique<int>(7));
    run_again(context);
    BOOST_TEST(value.get() == 7);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::awaitable_takes_any_result_test
