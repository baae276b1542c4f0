// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// A program and a shared library of somebody else's, both with hidden visibility, and one
// libasyncinfo.so: handles are made in one, and awaited, cancelled and combined in the other.

#include "other_module.hpp"

#include "support/running_context.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdint>
#include <set>
#include <stdexcept>
#include <vector>

namespace handles_cross_modules_test {
namespace {

namespace asio = boost::asio;
using namespace asyncinfo;
using namespace std::chrono_literals;

IAsyncOperation<int> add_one_here(const asio::any_io_executor&, IAsyncOperation<int> awaited) {
    co_return co_await awaited + 1;
}

BOOST_AUTO_TEST_SUITE(handles_cross_modules)

BOOST_AUTO_TEST_CASE(ids_are_unique_and_not_zero_in_the_process) {
    std::set<std::uint64_t> ids{0};
    std::size_t count = 1;
    for (int round = 0; round < 3; ++round) {
        for (const auto id : other_module::new_ids(700))
            ids.insert(id);
        for (int i = 0; i < 700; ++i)
            ids.insert(async_source<>().operation().Id());
        count += 1400;
    }
    BOOST_TEST(ids.size() == count);
}

BOOST_AUTO_TEST_CASE(an_operation_of_another_module_is_cancelled_here) {
    asyncinfo_test::running_context context;
    const auto op = other_module::sleep(context, 1h);
    op.Cancel();
    BOOST_TEST(op.wait() == AsyncStatus::Canceled);
}

// It is inside of the operation's executor then, which only the thread knows.
BOOST_AUTO_TEST_CASE(a_cancellation_handler_of_another_module_completes_its_operation_inline) {
    asio::io_context context;
    const auto work = asio::make_work_guard(context);
    const auto op = other_module::completes_in_its_cancellation_handler(context);
    op.Cancel();
    context.poll();
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);
}

BOOST_AUTO_TEST_CASE(coroutines_await_across_modules_however_deep) {
    asio::io_context context;
    async_source<int> source;
    IAsyncOperation<int> op = source.operation();
    for (int i = 0; i < 500; ++i)
        op = i % 2 ? add_one_here(context.get_executor(), op)
                   : other_module::add_one(context.get_executor(), op);
    source.set_value(0);
    context.run();
    BOOST_TEST(op.get() == 500);
}

BOOST_AUTO_TEST_CASE(combinations_are_of_operations_of_both_modules) {
    async_source<int> source;
    const auto both = other_module::all_of(source.operation(), source.operation());
    const auto last = when_any(both, async_source<int>().operation());
    source.set_value(21);
    BOOST_TEST(both.get() == 42);
    BOOST_TEST(last.wait() == AsyncStatus::Completed);
}

BOOST_AUTO_TEST_CASE(a_group_is_drained_in_another_module) {
    async_source<int> source;
    operation_group<> group;
    group.add(source.operation());
    group.add(other_module::all_of(source.operation(), source.operation()));
    source.set_canceled();
    const std::vector<AsyncStatus> canceled(2, AsyncStatus::Canceled);
    BOOST_TEST(other_module::drain(group) == canceled, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_handle_keeps_its_kind) {
    asio::io_context context;
    const IAsyncInfo info =
        other_module::all_of(async_source<int>().operation(), async_source<int>().operation());
    BOOST_TEST(bool(info.try_as<IAsyncOperation<int>>()));
    BOOST_TEST(!info.try_as<IAsyncAction>());
    BOOST_TEST(other_module::is_of_int(async_source<int>().operation()));
    BOOST_TEST(!other_module::is_of_int(other_module::sleep(context, 1h)));
}

BOOST_AUTO_TEST_CASE(waiting_in_another_module_on_the_operations_own_thread_is_refused) {
    asio::io_context context;
    const auto op = other_module::sleep(context, 1h);
    boost::system::error_code error;
    asio::post(context, [&] {
        try {
            other_module::wait(op);
        } catch (const boost::system::system_error& e) {
            error = e.code();
        }
        op.Cancel();
    });
    context.run();
    BOOST_TEST((error == errc::would_deadlock));
}

BOOST_AUTO_TEST_CASE(a_thread_that_polls_here_polls_in_another_module_too) {
    completion_queue queue;
    bool inline_there = false;
    asio::post(queue.get_executor(), [&] { other_module::dispatch_to(queue, inline_there); });
    BOOST_TEST(queue.poll_one() == 1u);
    BOOST_TEST(inline_there);
}

BOOST_AUTO_TEST_CASE(errors_of_another_module_are_errors_here) {
    BOOST_TEST((other_module::empty_handle() == errc::empty_handle));
    BOOST_CHECK_THROW(other_module::fails_with_a_runtime_error().get(), std::runtime_error);
    BOOST_CHECK_THROW(other_module::wait(nullptr), boost::system::system_error);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace handles_cross_modules_test
