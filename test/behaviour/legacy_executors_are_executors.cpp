// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §4.2: "on any executor, those of the Networking TS included". Whatever takes an executor takes an
/// `io_context::strand` and an `asio::executor`.
namespace asyncinfo_test::legacy_executors_are_executors_test {
namespace {

using asio::ip::udp;
using strand = asio::io_context::strand;

/// Calls `test` with one of each kind, and with what says whether a function runs in it.
template <typename Test>
void with_each(Test test) {
    {
        asio::io_context context;
        const strand s(context);
        test(context, s, [&] { return s.running_in_this_thread(); });
    }
    {
        asio::io_context context;
        const strand s(context);
        test(context, asio::executor(s), [&] { return s.running_in_this_thread(); });
    }
    {
        asio::io_context context;
        test(context, asio::executor(context.get_executor()),
             [&] { return context.get_executor().running_in_this_thread(); });
    }
    {
        asio::io_context context;
        const asio::strand<asio::executor> s{asio::executor(context.get_executor())};
        test(context, s, [&] { return s.running_in_this_thread(); });
    }
}

/// Steps without an end until it is asked to stop; no two of its functions may meet.
struct endless {
    std::atomic<int>* inside;
    std::atomic<bool>* met;
    std::atomic<int>* steps;

    template <typename Self>
    void operator()(Self& self) {
        if (inside->fetch_add(1) != 0)
            *met = true;
        const bool stop = self.cancelled() != asio::cancellation_type::none;
        ++*steps;
        inside->fetch_sub(1);
        if (stop)
            return self.complete(asio::error::operation_aborted);
        asio::post(std::move(self));
    }
};

template <typename Executor>
IAsyncAction coroutine_on(Executor, std::function<bool()> here, std::atomic<bool>* resumed_here,
                          asio::steady_timer* timer) {
    co_await timer->async_wait(asio::deferred);
    *resumed_here = here();
}

template <typename Executor>
IAsyncAction moves_to(Executor executor, std::function<bool()> here,
                      std::atomic<bool>* resumed_here) {
    co_await asyncinfo::resume_on(executor);
    *resumed_here = here();
}

} // namespace

BOOST_AUTO_TEST_SUITE(legacy_executors_are_executors)

BOOST_AUTO_TEST_CASE(operations_bound_to_one) {
    with_each([](asio::io_context& context, const auto& executor, auto here) {
        asio::steady_timer timer(context, 1h);
        const auto op = timer.async_wait(asio::bind_executor(executor, use_async_info));
        bool called_here = false;
        op.Completed([&](const IAsyncAction&, AsyncStatus) { called_here = here(); });
        std::thread([&] { op.Cancel(); }).join();
        BOOST_TEST(op.Status() == AsyncStatus::Started); // it is delivered there
        context.run();
        BOOST_TEST(op.Status() == AsyncStatus::Canceled);
        BOOST_TEST(called_here);
        BOOST_TEST(static_cast<bool>(op.get_executor()));
    });
}

// What has the executor for a candidate: nothing is bound.
template <typename Executor>
void io_objects_of(asio::io_context& context, const Executor& executor) {
    timer_on<Executor> waits(executor, 1h);
    const auto wait = waits.async_wait(use_async_info);
    asio::basic_datagram_socket<udp, Executor> socket(
        executor, udp::endpoint(asio::ip::address_v4::loopback(), 0));
    std::array<char, 8> data{};
    const auto receive = socket.async_receive(asio::buffer(data), use_async_info);
    const auto timed = waits.async_wait(use_async_info.cancel_after(0ms));
    wait.Cancel();
    receive.Cancel();
    context.run();
    BOOST_TEST(wait.Status() == AsyncStatus::Canceled);
    BOOST_TEST(receive.Status() == AsyncStatus::Canceled);
    BOOST_TEST(timed.ErrorCode() == asio::error::timed_out);
}

BOOST_AUTO_TEST_CASE(io_objects_with_one_of_their_own) {
    with_each([](asio::io_context& context, const auto& executor, auto) {
        io_objects_of(context, executor);
    });
}

BOOST_AUTO_TEST_CASE(the_gate_needs_no_strand) {
    running_context context(2);
    const asio::executor executor(context.get_executor());
    for (int i = 0; i != 200; ++i) {
        std::atomic<int> inside{0}, steps{0};
        std::atomic<bool> met{false};
        auto token = asio::bind_executor(executor, use_async_info);
        const IAsyncAction op = asio::async_compose<decltype(token), void(error_code)>(
            endless{&inside, &met, &steps}, token);
        while (steps < 3)
            std::this_thread::yield();
        op.Cancel();
        BOOST_TEST((op.wait() == AsyncStatus::Canceled));
        BOOST_TEST(!met);
    }
}

BOOST_AUTO_TEST_CASE(observers_run_there) {
    with_each([](asio::io_context& context, const auto& executor, auto here) {
        pending<void(error_code)> source;
        const auto op = source.start(use_async_info);
        int completed = 0, waited = 0;
        op.Completed(asio::bind_executor(
            executor, [&](const IAsyncAction&, AsyncStatus) { completed += here(); }));
        op(asio::bind_executor(executor, [&](error_code) { waited += here(); }));
        operation_group group;
        group.add(op);
        int next = 0;
        group.on_next(executor, [&](auto) { next += here(); });

        context.poll();
        BOOST_TEST(!context.stopped()); // a handler that waits is work of its context
        source.complete({});
        BOOST_TEST((completed + waited + next == 0));
        context.run();
        BOOST_TEST(completed == 1);
        BOOST_TEST(waited == 1);
        BOOST_TEST(next == 1);
    });
}

BOOST_AUTO_TEST_CASE(coroutines_run_there) {
    with_each([](asio::io_context& context, const auto& executor, auto here) {
        asio::io_context elsewhere;
        asio::steady_timer timer(elsewhere, 0ms);
        std::atomic<bool> awaited{false}, moved{false};
        const auto a = coroutine_on(executor, here, &awaited, &timer);
        elsewhere.run();
        BOOST_TEST(!awaited);
        const auto b = moves_to(executor, here, &moved);
        BOOST_TEST(!moved);
        context.run();
        BOOST_TEST(a.Status() == AsyncStatus::Completed);
        BOOST_TEST(b.Status() == AsyncStatus::Completed);
        BOOST_TEST(awaited);
        BOOST_TEST(moved);
    });
}

#if defined(ASYNCINFO_USE_ASIO_INTERNALS)
BOOST_AUTO_TEST_CASE(waiting_on_its_thread_is_refused) {
    with_each([](asio::io_context& context, const auto& executor, auto) {
        asio::steady_timer timer(context, 1h);
        const auto op = timer.async_wait(asio::bind_executor(executor, use_async_info));
        error_code refused;
        asio::post(context, [&] {
            op.wait(refused);
            op.Cancel();
        });
        context.run();
        BOOST_TEST((refused == errc::would_deadlock));
        BOOST_TEST(op.Status() == AsyncStatus::Canceled);
    });
}
#endif

// A strand must not outlive its context; a handle may.
BOOST_AUTO_TEST_CASE(handles_outlive_the_context) {
    IAsyncInfo op;
    {
        asio::io_context context;
        asio::steady_timer timer(context, 1h);
        op = timer.async_wait(asio::bind_executor(strand(context), use_async_info));
    }
    BOOST_TEST((op.ErrorCode() == errc::abandoned));
    op.Cancel();
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::legacy_executors_are_executors_test
