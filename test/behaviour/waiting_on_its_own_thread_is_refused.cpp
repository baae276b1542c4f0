// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::waiting_on_its_own_thread_is_refused_test {
namespace {

/// An operation that the test can end, and to which an executor belongs.
using operation = pending<void(error_code, int)>;
using handle = IAsyncOperation<int>;

/// Runs a function on a thread of a context, and waits for it. (Erased, since there are many.)
using thread_of = std::function<void(const std::function<void()>&)>;

void run_and_wait(const auto& post, const std::function<void()>& function) {
    std::packaged_task<void()> task(function);
    post([&task] { task(); });
    task.get_future().get();
}

thread_of a_thread_of(asio::io_context& context) {
    return [&context](const std::function<void()>& function) {
        run_and_wait(
            [&context](auto task) {
                asio::post(context, task);
                joining_thread([&] {
                    context.restart();
                    context.run_one(); // not run(): an executor may track work
                }).join();
            },
            function);
    };
}

thread_of a_thread_of(asio::thread_pool& pool) {
    return [&pool](const std::function<void()>& function) {
        run_and_wait([&pool](auto task) { asio::post(pool, task); }, function);
    };
}

thread_of a_thread_of(completion_queue& queue) {
    return [&queue](const std::function<void()>& function) {
        run_and_wait(
            [&queue](auto task) {
                asio::post(queue, task);
                joining_thread([&] { queue.poll_one(); }).join();
            },
            function);
    };
}

/// What a short wait says here. It is short so that a test fails rather than hangs.
error_code answer(const IAsyncInfo& op) {
    error_code error;
    const auto status = op.wait_for(1ms, error);
    return status == AsyncStatus::Started ? error : error_code(asio::error::fault);
}

const error_code would_deadlock = errc::would_deadlock;
const error_code timed_out; // as wait_for says it: Started, and no error

/// The ways an executor of a context can look.
template <typename Context, typename Check>
void for_each_executor(Context& context, Check check) {
    const auto executor = context.get_executor();
    const auto any = asio::any_io_executor(executor);
    check("its executor", executor);
    check("any_io_executor", any);
    check("a strand", asio::make_strand(executor));
    check("a strand of any_io_executor", asio::make_strand(any));
    check("any_io_executor of a strand", asio::any_io_executor(asio::make_strand(executor)));
    check("any_io_executor of a strand of any_io_executor",
          asio::any_io_executor(asio::make_strand(any)));
    check("a preferred property", asio::prefer(executor, asio::execution::blocking.never,
                                               asio::execution::outstanding_work.tracked));
}

error_code answer_on(const thread_of& there, const IAsyncInfo& op) {
    error_code said;
    there([&] { said = answer(op); });
    return said;
}

void check_refused(const thread_of& there, const IAsyncInfo& op) {
    BOOST_TEST(answer_on(there, op) == would_deadlock);
}

void check_waits(const thread_of& there, const IAsyncInfo& op) {
    BOOST_TEST(answer_on(there, op) == timed_out);
}

/// Once it has ended nothing is a dead lock.
void check_ended(const thread_of& there, const handle& op) {
    there([&] {
        BOOST_TEST((op.wait() == AsyncStatus::Completed));
        BOOST_TEST(op.get() == 7);
        BOOST_TEST((op.wait_for(24h) == AsyncStatus::Completed));
    });
}

template <typename Context>
void check_context(Context& context) {
    asio::io_context other_context;
    const thread_of own = a_thread_of(context);
    const thread_of other = a_thread_of(other_context);
    for_each_executor(context, [&](const char* name, const auto& executor) {
        BOOST_TEST_CONTEXT(name) {
            operation published, bound, elsewhere;
            // The one the initiation published.
            const auto a = published.start_on(executor, use_async_info);
            check_refused(own, a);
            check_waits(other, a);
            BOOST_TEST(answer(a) == timed_out);

            // The associated one.
            const auto b = bound.start(asio::bind_executor(executor, use_async_info));
            check_refused(own, b);
            check_waits(other, b);
            BOOST_TEST(answer(b) == timed_out);

            // Both: the operation needs the I/O object's context as well as the bound one.
            const auto c = elsewhere.start_on(
                executor, asio::bind_executor(other_context.get_executor(), use_async_info));
            check_refused(own, c);
            check_refused(other, c);
            BOOST_TEST(answer(c) == timed_out);

            for (auto* each : {&published, &bound, &elsewhere})
                each->complete({}, 7);
            for (const auto& op : {a, b, c})
                check_ended(own, op);
        }
    });
}

} // namespace

BOOST_AUTO_TEST_SUITE(waiting_on_its_own_thread_is_refused)

// §6: "Waiting (d > 0) for an unfinished operation on a thread that is running one of its own
// contexts (of its associated executor, or of the one the initiation published; also behind a
// strand or any_io_executor) throws errc::would_deadlock at once."
BOOST_AUTO_TEST_CASE(of_an_io_context) {
    asio::io_context context;
    check_context(context);
}

BOOST_AUTO_TEST_CASE(of_a_thread_pool) {
    for (const unsigned threads : {1u, 2u}) {
        asio::thread_pool pool(threads);
        check_context(pool);
    }
}

BOOST_AUTO_TEST_CASE(of_a_completion_queue) {
    completion_queue queue;
    check_context(queue);
}

// By every member that waits.
BOOST_AUTO_TEST_CASE(by_every_member) {
    const std::pair<const char*, std::function<void(const handle&)>> waits[] = {
        {"wait_for(1ms)", [](auto& op) { op.wait_for(1ms); }},
        // Not 1ms, which may be over before it looks: then it polls.
        {"wait_until(1min)",
         [](auto& op) { op.wait_until(std::chrono::steady_clock::now() + 1min); }},
        {"wait_for(idle, 1ms)",
         [](auto& op) {
             asio::io_context idle;
             op.wait_for(idle, 1ms);
         }},
        // From here on they would hang if the ones above did not throw.
        {"wait()", [](auto& op) { op.wait(); }},
        {"wait(error)",
         [](auto& op) {
             error_code error;
             op.wait(error);
             throw system_error(error);
         }},
        {"wait_for(24h)", [](auto& op) { op.wait_for(24h); }},
        {"wait_until(max)",
         [](auto& op) { op.wait_until(std::chrono::system_clock::time_point::max()); }},
        {"get()", [](auto& op) { op.get(); }},
        {"get(error)",
         [](auto& op) {
             error_code error;
             op.get(error);
             throw system_error(error);
         }},
        {"get(idle)",
         [](auto& op) {
             asio::io_context idle;
             op.get(idle);
         }},
    };
    asio::io_context context;
    operation o;
    const auto op = o.start_on(context.get_executor(), use_async_info);
    for (const auto& [name, wait] : waits) {
        error_code thrown;
        a_thread_of(context)([&, w = &wait] { thrown = code_of([&] { (*w)(op); }); });
        BOOST_TEST_REQUIRE(thrown == would_deadlock, name);
    }
    // Unharmed, and the condition is the standard one.
    BOOST_TEST((would_deadlock == std::errc::resource_deadlock_would_occur));
    o.complete({}, 7);
    BOOST_TEST(op.get() == 7);
}

// Asio's own operations publish their executor; an adapter between does not hide it for good.
BOOST_AUTO_TEST_CASE(of_asios_own_operations) {
    asio::io_context other; // outlives what is bound to it
    asio::io_context context;
    asio::steady_timer timer(context, asio::steady_timer::time_point::max());
    const std::pair<const char*, IAsyncInfo> operations[] = {
        {"alone", timer.async_wait(use_async_info)},
        {"as_tuple", timer.async_wait(asio::as_tuple(use_async_info))},
        {"consign", timer.async_wait(asio::consign(use_async_info, 1))},
        {"bound", timer.async_wait(asio::bind_executor(asio::make_strand(context),
                                                       asio::as_tuple(use_async_info)))},
        {"bound inside", timer.async_wait(asio::as_tuple(
                             asio::bind_executor(asio::make_strand(context), use_async_info)))},
    };
    for (const auto& [name, op] : operations) {
        error_code said;
        asio::post(context, [&said, o = &op] { said = answer(*o); });
        while (context.poll_one()) {
        }
        BOOST_TEST(said == would_deadlock, name);
    }
    // One bound to another context needs both.
    const auto both = timer.async_wait(asio::bind_executor(other, use_async_info));
    const auto both_as_tuple =
        timer.async_wait(asio::as_tuple(asio::bind_executor(other, use_async_info)));
    std::vector<IAsyncInfo> operations_of_two{both};
#if defined(ASYNCINFO_USE_ASIO_INTERNALS) || BOOST_VERSION >= 108200
    // (Before, an adapter hides what is published from all who do not know its insides.)
    operations_of_two.push_back(both_as_tuple);
#endif
    for (const IAsyncInfo& op : operations_of_two)
        for (asio::io_context* on : {&context, &other}) {
            error_code said;
            asio::post(*on, [&] { said = answer(op); });
            on->restart();
            while (on->poll_one()) {
            }
            BOOST_TEST(said == would_deadlock);
        }
}

// A waiter elsewhere is not disturbed by one that was refused.
BOOST_AUTO_TEST_CASE(beside_a_thread_that_may_wait) {
    asio::io_context context;
    operation o;
    const auto op = o.start_on(context.get_executor(), use_async_info);
    auto waiting = std::async(std::launch::async, [op] { return op.get(); });
    for (int i = 0; i != 100; ++i)
        check_refused(a_thread_of(context), op);
    o.complete({}, 7);
    BOOST_TEST(waiting.get() == 7);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::waiting_on_its_own_thread_is_refused_test
