// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §4.2: "If an operation's initiation publishes no executor, it has the first executor that one
/// of its steps asks with, of whatever kind": a request is delivered there, and not on the thread
/// that asks.
namespace asyncinfo_test::first_executor_asked_with_is_captured_test {
namespace {

using erased_handler = asio::any_completion_handler<void(error_code)>;

/// As little as an executor may be: it names no context, and promises nothing of when it calls.
struct minimal_executor {
    std::vector<std::function<void()>>* queue;

    template <typename F>
    void execute(F f) const {
        auto shared = std::make_shared<F>(std::move(f));
        queue->push_back([shared] { (*shared)(); });
    }
    friend bool operator==(const minimal_executor&, const minimal_executor&) noexcept = default;
};

template <typename Executor, typename Handler>
struct aborting {
    Executor executor;
    std::shared_ptr<Handler> handler;
    bool* called;

    void operator()(asio::cancellation_type) {
        *called = true;
        executor.execute([h = handler] { std::move (*h)(asio::error::operation_aborted); });
    }
};

/// Asks for its executor with each of the candidates, as its steps would, and waits to be
/// cancelled.
template <typename Erase, typename... Candidates>
auto start(bool* called, Erase erase, Candidates... candidates) {
    return [=](auto token) {
        return asio::async_initiate<decltype(token), void(error_code)>(
            [=](auto plain) {
                auto handler =
                    std::make_shared<decltype(erase(std::move(plain)))>(erase(std::move(plain)));
                using handler_type = typename decltype(handler)::element_type;
                std::ignore = asio::get_associated_executor(*handler);
                (static_cast<void>(asio::get_associated_executor(*handler, candidates)), ...);
                auto executor = asio::get_associated_executor(
                    *handler, std::get<sizeof...(Candidates) - 1>(std::tuple(candidates...)));
                auto slot = asio::get_associated_cancellation_slot(*handler);
                slot.assign(aborting<decltype(executor), handler_type>{executor, handler, called});
            },
            token);
    };
}

constexpr auto as_it_is = [](auto handler) { return handler; };
constexpr auto erased = [](auto handler) { return erased_handler(std::move(handler)); };

/// Cancels on another thread; the request must wait for `run`.
template <typename Start, typename Run>
void delivered_by(bool& called, Start begin, Run run) {
    const IAsyncAction op = begin(use_async_info);
    std::thread([&] { op.Cancel(); }).join();
    BOOST_TEST(!called);
    run();
    BOOST_TEST(std::exchange(called, false));
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);
}

template <typename Executor>
void delivered_on(asio::io_context& context, const Executor& executor) {
    bool called = false;
    const auto run = [&] { run_again(context); };
    delivered_by(called, start(&called, as_it_is, executor), run);
    delivered_by(called, start(&called, erased, executor), run);
    delivered_by(called, start(&called, erased, asio::any_completion_executor(executor)), run);
}

IAsyncAction awaits_erased(bool* called, asio::any_io_executor executor) {
    co_await start(called, erased, executor)(asio::deferred);
}

} // namespace

BOOST_AUTO_TEST_SUITE(first_executor_asked_with_is_captured)

BOOST_AUTO_TEST_CASE(of_every_kind_and_erased) {
    asio::io_context context;
    const auto io = context.get_executor();
    delivered_on(context, io);
    delivered_on(context, asio::any_io_executor(io));
    delivered_on(context, asio::make_strand(io));
    delivered_on(context, asio::any_io_executor(asio::make_strand(io)));
    delivered_on(context, asio::make_strand(asio::any_io_executor(io)));
    delivered_on(context, asio::require(io, asio::execution::blocking.never));
}

BOOST_AUTO_TEST_CASE(those_that_name_no_context) {
    std::vector<std::function<void()>> queue;
    const auto run = [&] {
        while (!queue.empty())
            for (const auto& function : std::exchange(queue, {}))
                function();
    };
    bool called = false;
    const minimal_executor executor{&queue};
    delivered_by(called, start(&called, as_it_is, executor), run);
    delivered_by(called, start(&called, erased, executor), run);

    // What the operation runs on is where those who observe it are served, too.
    const IAsyncAction op = start(&called, as_it_is, executor)(use_async_info);
    bool served = false;
    asio::post(op.get_executor(), [&] { served = true; });
    BOOST_TEST(!served);
    run();
    BOOST_TEST(served);
    op.Cancel();
    run();
}

// `system_executor` is what those ask with who have none, or `inline_executor` from Boost 1.90 on.
BOOST_AUTO_TEST_CASE(the_first_that_names_a_place) {
    asio::io_context context;
    const asio::system_executor system;
    const auto never = asio::require(system, asio::execution::blocking.never);
    bool called = false;
    delivered_by(called,
                 start(&called, as_it_is, system, never, asio::any_io_executor(system),
                       asio::any_io_executor(never), asio::any_completion_executor(system),
                       context.get_executor()),
                 [&] { context.run(); });

#if defined(ASYNCINFO_HAS_INLINE_EXECUTOR)
    const asio::inline_executor in_place;
    delivered_by(called, start(&called, as_it_is, in_place, context.get_executor()),
                 [&] { run_again(context); });
    delivered_by(called, start(&called, erased, in_place, context.get_executor()),
                 [&] { run_again(context); });
#endif

    // Later ones do not count.
    asio::io_context other;
    const IAsyncAction op =
        start(&called, as_it_is, context.get_executor(), other.get_executor())(use_async_info);
    BOOST_TEST((op.get_executor() == asio::any_io_executor(context.get_executor())));
    op.Cancel();
    run_again(context);
    BOOST_TEST(called);
    other.run();
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);
}

BOOST_AUTO_TEST_CASE(none_at_all) {
    bool called = false;
    const IAsyncAction op = start(&called, erased, asio::system_executor())(use_async_info);
    BOOST_TEST((op.get_executor() == asio::any_io_executor(asio::system_executor())));
    op.Cancel();
    BOOST_TEST(called); // any thread is as good
    op.wait();
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);
}

BOOST_AUTO_TEST_CASE(is_known_to_who_waits_there) {
    asio::io_context context;
    bool called = false;
    const IAsyncAction op = start(&called, erased, context.get_executor())(use_async_info);
    error_code refused;
    asio::post(context, [&] {
        op.wait(refused);
        op.Cancel();
    });
    context.run();
    BOOST_TEST((refused == errc::would_deadlock));
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);
}

BOOST_AUTO_TEST_CASE(in_a_coroutine_without_an_executor) {
    asio::io_context context;
    bool called = false;
    const auto op = awaits_erased(&called, context.get_executor());
    std::thread([&] { op.Cancel(); }).join();
    BOOST_TEST(!called);
    context.run();
    BOOST_TEST(called);
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::first_executor_asked_with_is_captured_test
