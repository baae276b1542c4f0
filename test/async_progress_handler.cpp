// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

using asyncinfo::AsyncActionProgressHandler;
using asyncinfo::AsyncOperationProgressHandler;

namespace asyncinfo_test::async_progress_handler_test {
namespace {

using action = IAsyncActionWithProgress<std::string>;
using operation = IAsyncOperationWithProgress<int, std::string>;
using handler = AsyncActionProgressHandler<std::string>;

// §5: as the delegates for Completed.
static_assert(std::is_nothrow_default_constructible_v<handler>);
static_assert(std::is_nothrow_copy_constructible_v<handler>);
static_assert(std::is_nothrow_move_constructible_v<handler>);
static_assert(std::is_constructible_v<handler, std::nullptr_t>);
static_assert(std::equality_comparable<handler>);

// Made from any callable that takes the operation's own kind and the value, and from no other.
static_assert(std::is_convertible_v<void (*)(const action&, std::string), handler>);
static_assert(std::is_convertible_v<void (*)(const action&, const std::string&), handler>);
static_assert(std::is_convertible_v<void (*)(IAsyncInfo, std::string), handler>);
static_assert(!std::is_constructible_v<handler, void (*)(const action&, std::string&)>);
static_assert(!std::is_constructible_v<handler, void (*)(const action&, int)>);
static_assert(!std::is_constructible_v<handler, void (*)(const operation&, std::string)>);
static_assert(!std::is_constructible_v<
              handler, asyncinfo::AsyncActionWithProgressCompletedHandler<std::string>>);
static_assert(std::is_convertible_v<void (*)(const operation&, std::string),
                                    AsyncOperationProgressHandler<int, std::string>>);

} // namespace

BOOST_AUTO_TEST_SUITE(async_progress_handler)

BOOST_AUTO_TEST_CASE(a_null_one) {
    BOOST_TEST(!handler());
    BOOST_TEST(!handler(nullptr));
    BOOST_TEST(!handler(std::function<void(const action&, std::string)>()));
}

BOOST_AUTO_TEST_CASE(of_any_callable) {
    const asyncinfo::async_source<void, std::string> source;
    const action op = source.operation();
    std::string said;
    const auto call = [&](const handler& h) { h(op, "x"); };
    call([&](const action& sender, const std::string& value) { said += sender ? value : "?"; });
    call([&](const IAsyncInfo& sender, std::string value) { said += sender == op ? value : "?"; });
    call([&](auto&, auto& value) { said += value; });
    call([&, own = std::make_unique<int>(1)](auto&&...) mutable { said += *own ? "x" : "?"; });
    BOOST_TEST(said == "xxxx");
}

BOOST_AUTO_TEST_CASE(it_is_set_and_read_back) {
    const asyncinfo::async_source<void, std::string> source;
    const action op = source.operation();
    BOOST_TEST(!op.Progress());
    const handler one = [](auto&, auto&) {};
    const handler two = [](auto&, auto&) {};
    op.Progress(one);
    BOOST_TEST((op.Progress() == one));
    BOOST_TEST((op.Progress() != two));
    op.Progress(two);
    BOOST_TEST((op.Progress() == two));
    op.Progress(nullptr);
    BOOST_TEST(!op.Progress());
}

// "The operation releases the handler when it ends", so one that holds the handle is no leak.
BOOST_AUTO_TEST_CASE(it_is_released_when_it_is_replaced_and_at_the_end) {
    const asyncinfo::async_source<void, std::string> source;
    const action op = source.operation();
    auto held = std::make_shared<int>();
    const std::weak_ptr<int> alive = held;
    op.Progress([held](auto&, auto&) {});
    op.Progress([held = std::move(held), op](auto&, auto&) {});
    BOOST_TEST(alive.use_count() == 1);
    source.report("x");
    BOOST_TEST(alive.use_count() == 1);
    source.set_value();
    BOOST_TEST(alive.expired());
    op.Progress([held = std::make_shared<int>()](auto&, auto&) {});
    BOOST_TEST(!op.Progress());
}

// An AsyncStatus reported as progress is progress, and not the end.
BOOST_AUTO_TEST_CASE(of_a_status) {
    asio::io_context context;
    const asyncinfo::async_source<void, AsyncStatus> source;
    const auto op = source.operation();
    int progress = 0, completed = 0;
    op.Progress(asio::bind_executor(
        context, [&](auto&, AsyncStatus s) { progress += s == AsyncStatus::Completed; }));
    op.Completed(asio::bind_executor(context, [&](auto&, AsyncStatus) { completed += progress; }));
    source.report(AsyncStatus::Completed);
    source.report(AsyncStatus::Completed);
    source.set_value();
    context.run();
    BOOST_TEST(progress == 2);
    BOOST_TEST(completed == 2);
}

// §5: "it keeps the callable's associated executor and allocator".
BOOST_AUTO_TEST_CASE(its_memory_is_from_the_callables_allocator) {
    allocations counted;
    counting_allocator<char> allocator(counted);
    asio::io_context context;
    const asyncinfo::async_source<void, std::string> source;
    int calls = 0;
    source.operation().Progress(asio::bind_executor(
        context, asio::bind_allocator(allocator, [&](auto&, auto&) { ++calls; })));
    BOOST_TEST(counted.made == 1);
    source.report("x");
    BOOST_TEST(counted.made == 2);
    BOOST_TEST(calls == 0);
    context.run();
    BOOST_TEST(calls == 1);
    BOOST_TEST(counted.alive == 1);

    // Without memory for the way to its executor the value is lost, and no more.
    counted.budget = 0;
    BOOST_CHECK_THROW(source.report("lost"), std::bad_alloc);
    BOOST_TEST((source.operation().progress() == "lost"));
    counted.budget = INT_MAX;
    source.report("x");
    run_again(context);
    BOOST_TEST(calls == 2);
    source.set_value();
    BOOST_TEST(counted.alive == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::async_progress_handler_test
