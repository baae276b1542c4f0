// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

#include <boost/asio/experimental/parallel_group.hpp>

/// §9: a coroutine may await any handle, any operation of Asio's (under `deferred`, or of an object
/// whose default token is ours), and any other awaitable.
namespace asyncinfo_test::coroutines_await_anything_test {
namespace {

// --- Handles ------------------------------------------------------------------------------------

IAsyncOperation<int> lvalue(IAsyncOperation<int> op) { co_return co_await op; }
IAsyncOperation<int> constant(const IAsyncOperation<int> op) { co_return co_await op; }
IAsyncOperation<int> rvalue(IAsyncOperation<int> op) { co_return co_await std::move(op); }
IAsyncOperation<int> twice(IAsyncOperation<int> op) { co_return co_await op + co_await op; }
IAsyncOperation<int> temporary(pending<void(error_code, int)>* source) {
    co_return co_await source->start(use_async_info);
}
IAsyncAction action(IAsyncAction op) { co_await op; }

template <typename T>
IAsyncOperation<T> pass_on(IAsyncOperation<T> op) {
    co_return co_await std::move(op);
}

// --- Operations of Asio's -----------------------------------------------------------------------

/// Awaits what the source is started with, as it is, and gives what comes.
template <typename Result, typename Signature>
IAsyncOperation<Result> deferred(pending<Signature>* source) {
    co_return co_await source->start(asio::deferred);
}
template <typename Signature>
IAsyncAction deferred_action(pending<Signature>* source) {
    co_await source->start(asio::deferred);
}

/// Of one that ends with these arguments.
template <typename Result, typename... Args>
auto of(Args... args) {
    pending<void(Args...)> source;
    auto op = [&] {
        if constexpr (std::is_void_v<Result>)
            return deferred_action(&source);
        else
            return deferred<Result>(&source);
    }();
    source.complete(std::move(args)...);
    return op;
}

IAsyncOperation<int> kept_lvalue(pending<void(error_code, int)>* source) {
    auto operation = source->start(asio::deferred);
    co_return co_await operation;
}
IAsyncOperation<int> kept_rvalue(pending<void(error_code, int)>* source) {
    auto operation = source->start(asio::deferred);
    co_return co_await std::move(operation);
}

/// With two completion signatures, which `asio::deferred` of Boost 1.81 does not take.
struct two_signatures {
    int value;

    template <typename Token>
    auto operator()(Token&& token) const {
        return asio::async_initiate<Token, void(error_code), void(error_code, int)>(
            [v = value](auto handler) {
                v ? std::move(handler)(error_code(), v)
                  : std::move(handler)(error_code(asio::error::eof));
            },
            token);
    }
};
IAsyncOperation<int> of_two_signatures(int value) { co_return co_await two_signatures{value}; }

IAsyncAction as_tuple(pending<void(error_code, int)>* source, std::vector<int>* seen) {
    const auto [error, value] = co_await source->start(asio::as_tuple(asio::deferred));
    BOOST_TEST((error == asio::error::eof));
    seen->push_back(value);
    error_code redirected;
    seen->push_back(co_await source->start(asio::redirect_error(use_async_info, redirected)));
    BOOST_TEST((redirected == asio::error::eof));
}

IAsyncOperation<std::string> echo(local::socket* near_end, local::socket* far_end) {
    std::array<char, 5> data{};
    const std::string said = "hello";
    const auto written = co_await asio::async_write(*near_end, asio::buffer(said), asio::deferred);
    const auto n = co_await asio::async_read(*far_end, asio::buffer(data), asio::deferred);
    BOOST_TEST(written == n);
    co_return std::string(data.data(), n);
}

IAsyncAction by_default_token(asio::io_context& context) {
    auto timer = use_async_info.as_default_on(asio::steady_timer(context, 1ms));
    co_await timer.async_wait();
}

asio::awaitable<int> asio_coroutine(int value) {
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    if (value == 0)
        throw std::runtime_error("zero");
    co_return value;
}

IAsyncOperation<int> spawned(asio::io_context& context, int value) {
    co_return co_await asio::co_spawn(context, asio_coroutine(value), asio::deferred);
}

IAsyncOperation<int> group(asio::io_context& context) {
    asio::steady_timer never(context, asio::steady_timer::time_point::max());
    asio::steady_timer soon(context, 1ms);
    const auto [order, first, second] =
        co_await asio::experimental::make_parallel_group(never.async_wait(asio::deferred),
                                                         soon.async_wait(asio::deferred))
            .async_wait(asio::experimental::wait_for_one(), asio::deferred);
    BOOST_TEST((first == asio::error::operation_aborted));
    BOOST_TEST(!second);
    co_return static_cast<int>(order[0]);
}

/// Completes inline, in the initiating function, and perhaps throws.
template <typename... Args, typename Initiation>
auto initiate(Initiation initiation) {
    return asio::async_initiate<const asio::deferred_t, void(Args...)>(initiation, asio::deferred);
}

struct refused {};

IAsyncOperation<int> of_inline_completion() {
    co_return co_await initiate<error_code, int>(
        [](auto handler) { std::move(handler)(error_code(), 7); });
}

IAsyncAction of_throwing_initiations(IAsyncAction ended, pending<void()>* source,
                                     bool* stale_called, int* caught) {
    try {
        co_await initiate<>([stale_called](auto handler) {
            asio::get_associated_cancellation_slot(handler).assign(
                [stale_called](auto) { *stale_called = true; });
            throw refused();
        });
    } catch (const refused&) {
        ++*caught;
    }
    // Nothing of it is left: not in what does not suspend,
    co_await ended;
    // nor in the slot while nothing else is there.
    co_await source->start(asio::deferred);
}

IAsyncAction of_handler_thrown_away() {
    co_await initiate<>([](auto) {});
}

IAsyncAction ended_action() { co_return; }

} // namespace

BOOST_AUTO_TEST_SUITE(coroutines_await_anything)

BOOST_AUTO_TEST_CASE(handles_early_and_late) {
    for (const auto start : {lvalue, constant, rvalue})
        for (const bool late : {false, true}) {
            pending<void(error_code, int)> source;
            auto awaited = source.start(use_async_info);
            if (late)
                source.complete({}, 7);
            const auto op = start(std::move(awaited));
            BOOST_TEST((op.Status() == AsyncStatus::Completed) == late);
            if (!late)
                source.complete({}, 7);
            BOOST_TEST(op.GetResults() == 7);
        }
    pending<void(error_code, int)> source;
    auto sum = twice(source.start(use_async_info));
    source.complete({}, 7);
    BOOST_TEST(sum.GetResults() == 14);
    const auto op = temporary(&source);
    source.complete({}, 8);
    BOOST_TEST(op.GetResults() == 8);
}

BOOST_AUTO_TEST_CASE(handles_that_fail) {
    pending<void(error_code, int)> source;
    auto op = lvalue(source.start(use_async_info));
    source.complete(asio::error::eof, 7);
    BOOST_TEST((op.ErrorCode() == asio::error::eof));
    op = lvalue(source.start(use_async_info));
    source.drop();
    BOOST_TEST((op.ErrorCode() == errc::abandoned));
    BOOST_TEST((lvalue(nullptr).ErrorCode() == errc::empty_handle));
    BOOST_TEST((action(nullptr).ErrorCode() == errc::empty_handle));
    op.Close();
    BOOST_TEST((lvalue(op).ErrorCode() == errc::illegal_method_call));
}

BOOST_AUTO_TEST_CASE(results_that_only_move) {
    pending<void(std::unique_ptr<int>)> source;
    auto op = pass_on(source.start(use_async_info));
    source.complete(std::make_unique<int>(7));
    BOOST_TEST(*std::move(op).GetResults() == 7);
    pending<void(no_default)> other;
    auto second = pass_on(other.start(use_async_info));
    other.complete(no_default(8));
    BOOST_TEST(second.GetResults().value == 8);
}

BOOST_AUTO_TEST_CASE(deferred_operations_of_every_signature) {
    const error_code good, eof = asio::error::eof;
    const std::exception_ptr nothing, thrown = std::make_exception_ptr(refused());
    BOOST_TEST(of<void>().Status() == AsyncStatus::Completed);
    BOOST_TEST(of<void>(good).Status() == AsyncStatus::Completed);
    BOOST_TEST(of<void>(eof).ErrorCode() == eof);
    BOOST_TEST(of<void>(nothing).Status() == AsyncStatus::Completed);
    BOOST_CHECK_THROW(of<void>(thrown).GetResults(), refused);
    BOOST_TEST(of<int>(nothing, 7).GetResults() == 7);
    BOOST_CHECK_THROW(of<int>(thrown, 7).GetResults(), refused);
    using tuple = std::tuple<int, std::string>;
    const std::string seven = "seven";
    BOOST_TEST((of<tuple>(good, 7, seven).GetResults() == tuple(7, seven)));
    BOOST_TEST(of<tuple>(eof, 7, seven).ErrorCode() == eof);
    BOOST_TEST((of<std::tuple<int, int>>(7, 8).GetResults() == std::tuple(7, 8)));
    BOOST_TEST(*of<std::unique_ptr<int>>(good, std::make_unique<int>(7)).GetResults() == 7);
    BOOST_TEST(of<no_default>(good, no_default(7)).GetResults().value == 7);
    pending<void(error_code)> source;
    const auto abandoned = deferred_action(&source);
    source.drop();
    BOOST_TEST((abandoned.ErrorCode() == errc::abandoned));
    BOOST_TEST(of_two_signatures(7).GetResults() == 7);
    BOOST_TEST((of_two_signatures(0).ErrorCode() == asio::error::eof));
}

BOOST_AUTO_TEST_CASE(deferred_operations_that_have_been_kept) {
    for (const auto start : {kept_lvalue, kept_rvalue}) {
        pending<void(error_code, int)> source;
        const auto op = start(&source);
        source.complete({}, 7);
        BOOST_TEST(op.GetResults() == 7);
    }
}

BOOST_AUTO_TEST_CASE(under_asio_s_adapters) {
    pending<void(error_code, int)> source;
    std::vector<int> seen;
    const auto op = as_tuple(&source, &seen);
    source.complete(asio::error::eof, 7);
    source.complete(asio::error::eof, 8);
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
    BOOST_TEST((seen == std::vector{7, 8}));
}

BOOST_FIXTURE_TEST_CASE(input_and_output, conversation) {
    BOOST_TEST(echo(&near_end, &far_end).get(context) == "hello");
    const auto op = by_default_token(context);
    BOOST_TEST(op.Status() == AsyncStatus::Started);
    op.get(context);
}

BOOST_AUTO_TEST_CASE(coroutines_and_groups_of_asio_s) {
    asio::io_context context;
    BOOST_TEST(spawned(context, 7).get(context) == 7);
    BOOST_CHECK_THROW(spawned(context, 0).get(context), std::runtime_error);
    BOOST_TEST(group(context).get(context) == 1);
}

BOOST_AUTO_TEST_CASE(operations_that_end_in_their_initiating_function) {
    BOOST_TEST(of_inline_completion().GetResults() == 7);
    BOOST_TEST((of_handler_thrown_away().ErrorCode() == errc::abandoned));
}

BOOST_AUTO_TEST_CASE(operations_that_cannot_be_started) {
    running_context unused(0);
    pending<void()> source;
    bool stale_called = false;
    int caught = 0;
    const auto op = of_throwing_initiations(ended_action(), &source, &stale_called, &caught);
    BOOST_TEST(caught == 1);
    BOOST_TEST(op.Status() == AsyncStatus::Started);
    op.Cancel();
    source.complete();
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
    BOOST_TEST(!stale_called);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::coroutines_await_anything_test
