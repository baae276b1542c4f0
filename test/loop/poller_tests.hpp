// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_TEST_LOOP_POLLER_TESTS_HPP
#define ASYNCINFO_TEST_LOOP_POLLER_TESTS_HPP

// What every poller of asyncinfo/loop promises. `Loop` is a loop: `wait()` is one turn of it,
// which sleeps until there is something to do; `add_other(int&)` adds something that counts turns;
// `poller(queue, budget, on_exception)` makes a poller.

#include <asyncinfo/async_source.hpp>
#include <asyncinfo/completion_queue.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#if defined(_WIN32)
#include <process.h>
#else
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

namespace poller_tests {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// Calls a function that ends the process, in another process, and returns the exit code.
template <typename Child>
int exit_code_of(Child child) {
#if defined(_WIN32) // no fork(): this test case is run once more
    constexpr auto mark = "ASYNCINFO_TEST_IS_CHILD";
    if (std::getenv(mark))
        child();
    namespace test = boost::unit_test::framework;
    const std::string only = "--run_test=" + test::current_test_case().full_name();
    const char* const program = test::master_test_suite().argv[0];
    ::_putenv_s(mark, "1");
    const auto code = ::_spawnl(_P_WAIT, program, "child", only.c_str(), nullptr);
    ::_putenv_s(mark, "");
    return static_cast<int>(code);
#else
    std::signal(SIGCHLD, SIG_DFL); // Boost.Test takes the end of a child for an error
    const ::pid_t pid = ::fork();
    BOOST_TEST_REQUIRE(pid >= 0);
    if (pid == 0)
        child();
    int status = 0;
    BOOST_TEST_REQUIRE(::waitpid(pid, &status, 0) == pid);
    BOOST_TEST(WIFEXITED(status));
    return WEXITSTATUS(status);
#endif
}

/// An operation that ends on another thread wakes the loop that sleeps.
template <typename Loop>
void wakes_the_sleeping_loop() {
    Loop loop;
    asyncinfo::completion_queue queue;
    const auto poller = loop.poller(queue);
    asyncinfo::async_source<int> source;
    const auto operation = source.operation();
    std::thread::id thread;
    operation.Completed(
        asio::bind_executor(queue, [&](auto&, auto) { thread = std::this_thread::get_id(); }));
    std::thread other([&] { source.set_value(7); });
    while (thread == std::thread::id())
        loop.wait();
    other.join();
    BOOST_TEST((thread == std::this_thread::get_id()));
    BOOST_TEST(operation.GetResults() == 7);
}

/// A budget of zero is one handler a turn; the rest comes in the following turns, by itself, and
/// what else the loop has to do is done in between.
template <typename Loop>
void spends_its_budget_and_comes_back() {
    Loop loop;
    asyncinfo::completion_queue queue;
    const auto poller = loop.poller(queue, 0ms);
    int calls = 0, others = 0;
    loop.add_other(others);
    int others_at_the_end = 0;
    for (int i = 0; i < 100; ++i)
        asio::post(queue, [&] {
            ++calls;
            others_at_the_end = others;
        });
    while (calls == 0)
        loop.wait();
    BOOST_TEST(calls == 1);
    while (calls < 100)
        loop.wait();
    BOOST_TEST(others_at_the_end >= 90);
}

/// A burst that the budget is enough for is done in one turn.
template <typename Loop>
void does_in_a_turn_what_the_budget_allows() {
    Loop loop;
    asyncinfo::completion_queue queue;
    const auto poller = loop.poller(queue, 1h);
    int calls = 0, others = 0, others_at_the_beginning = 0, others_at_the_end = 0;
    loop.add_other(others);
    for (int i = 0; i < 100; ++i)
        asio::post(queue, [&] {
            if (calls++ == 0)
                others_at_the_beginning = others;
            others_at_the_end = others;
        });
    while (calls < 100)
        loop.wait();
    BOOST_TEST(others_at_the_beginning == others_at_the_end);
}

/// Handlers that go on for ever do not keep the loop from its other work.
template <typename Loop>
void has_a_budget_if_none_is_given() {
    Loop loop;
    asyncinfo::completion_queue queue;
    const auto poller = loop.poller(queue);
    int calls = 0, others = 0;
    loop.add_other(others);
    std::function<void()> again = [&] {
        ++calls;
        asio::post(queue, again);
    };
    asio::post(queue, again);
    while (calls == 0 || others < 3)
        loop.wait();
    BOOST_TEST(queue.wait_for(0ms));
}

/// What a handler throws is given to the function; the rest is run.
template <typename Loop>
void exceptions_are_handed_over() {
    Loop loop;
    asyncinfo::completion_queue queue;
    std::string what;
    std::thread::id thread;
    const auto poller = loop.poller(queue, 4ms, [&](std::exception_ptr e) {
        thread = std::this_thread::get_id();
        try {
            std::rethrow_exception(e);
        } catch (const std::runtime_error& error) {
            what = error.what();
        }
    });
    bool called = false;
    asio::post(queue, [] { throw std::runtime_error("of a handler"); });
    asio::post(queue, [&] { called = true; });
    while (!called)
        loop.wait();
    BOOST_TEST(what == "of a handler");
    BOOST_TEST((thread == std::this_thread::get_id()));
}

/// Without such a function the process ends in std::terminate, which sees the exception.
template <typename Loop>
void else_an_exception_terminates() {
    const int code = exit_code_of([] {
        std::set_terminate([] { std::_Exit(std::current_exception() ? 7 : 8); });
        Loop loop;
        asyncinfo::completion_queue queue;
        const auto poller = loop.poller(queue);
        int others = 0;
        loop.add_other(others);
        asio::post(queue, [] { throw std::runtime_error("of a handler"); });
        try {
            while (queue.wait_for(0ms) || others < 100)
                loop.wait();
        } catch (...) {
        }
        std::_Exit(9);
    });
    BOOST_TEST(code == 7);
}

/// Destroyed, it polls no more; the queue is as it was.
template <typename Loop>
void is_detached_by_its_destructor() {
    Loop loop;
    asyncinfo::completion_queue queue;
    auto poller = loop.poller(queue);
    int calls = 0;
    asio::post(queue, [&] { ++calls; });
    while (calls == 0)
        loop.wait();
    asio::post(queue, [&] { ++calls; });
    poller.reset();
    int others = 0;
    loop.add_other(others);
    while (others < 3)
        loop.wait();
    BOOST_TEST(calls == 1);
    BOOST_TEST(queue.poll() == 1u);
    BOOST_TEST(calls == 2);
}

/// A handler may destroy it, and what comes after that handler stays in the queue.
template <typename Loop>
void a_handler_may_destroy_it() {
    Loop loop;
    asyncinfo::completion_queue queue;
    int failures = 0, calls = 0;
    auto poller = loop.poller(queue, 0ms, [&, alive = std::make_shared<int>(1)](auto) {
        failures += *alive; // the function is there as long as it may be called
    });
    asio::post(queue, [&] {
        poller.reset();
        ++calls;
        throw std::runtime_error("after that");
    });
    asio::post(queue, [&] { ++calls; });
    while (calls == 0)
        loop.wait();
    BOOST_TEST(failures == 1);
    int others = 0;
    loop.add_other(others);
    while (others < 3)
        loop.wait();
    BOOST_TEST(calls == 1);
    BOOST_TEST(queue.poll() == 1u);
}

/// One after the other, for the same queue.
template <typename Loop>
void the_queue_may_have_another_one_later() {
    Loop loop;
    asyncinfo::completion_queue queue;
    for (int i = 0; i < 3; ++i) {
        const auto poller = loop.poller(queue);
        bool called = false;
        asio::post(queue, [&] { called = true; });
        while (!called)
            loop.wait();
    }
    BOOST_TEST(queue.poll() == 0u);
}

} // namespace poller_tests

namespace asio = boost::asio;
using namespace std::chrono_literals;

#define POLLER_TEST(Loop, name)                                                                    \
    BOOST_AUTO_TEST_CASE(name) { poller_tests::name<Loop>(); }
#define POLLER_TESTS(Loop)                                                                         \
    POLLER_TEST(Loop, wakes_the_sleeping_loop)                                                     \
    POLLER_TEST(Loop, spends_its_budget_and_comes_back)                                            \
    POLLER_TEST(Loop, does_in_a_turn_what_the_budget_allows)                                       \
    POLLER_TEST(Loop, has_a_budget_if_none_is_given)                                               \
    POLLER_TEST(Loop, exceptions_are_handed_over)                                                  \
    POLLER_TEST(Loop, else_an_exception_terminates)                                                \
    POLLER_TEST(Loop, is_detached_by_its_destructor)                                               \
    POLLER_TEST(Loop, a_handler_may_destroy_it)                                                    \
    POLLER_TEST(Loop, the_queue_may_have_another_one_later)

#endif // ASYNCINFO_TEST_LOOP_POLLER_TESTS_HPP
