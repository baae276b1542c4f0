// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

using asyncinfo::AsyncActionCompletedHandler;
using asyncinfo::AsyncOperationCompletedHandler;

namespace asyncinfo_test::async_completed_handler_test {
namespace {

using handler = AsyncActionCompletedHandler;

// §5: "nullable, reference-counted".
static_assert(std::is_nothrow_default_constructible_v<handler>);
static_assert(std::is_nothrow_move_constructible_v<handler>);
static_assert(std::is_constructible_v<handler, std::nullptr_t>);
static_assert(std::equality_comparable<handler>);

// "Made from any callable" that takes the operation's own kind, and from no other.
using takes_action = void (*)(const IAsyncAction&, AsyncStatus);
using takes_info = void (*)(const IAsyncInfo&, AsyncStatus);
using takes_operation = void (*)(const IAsyncOperation<int>&, AsyncStatus);
using takes_mutable = void (*)(IAsyncAction&, AsyncStatus);
static_assert(std::is_convertible_v<takes_action, handler>);
static_assert(std::is_convertible_v<takes_info, handler>);
static_assert(!std::is_constructible_v<handler, takes_operation>);
static_assert(!std::is_constructible_v<handler, takes_mutable>);
static_assert(!std::is_constructible_v<handler, int>);
static_assert(std::is_constructible_v<AsyncOperationCompletedHandler<int>, takes_operation>);
static_assert(!std::is_constructible_v<AsyncOperationCompletedHandler<int>, takes_action>);
static_assert(!std::is_constructible_v<AsyncOperationCompletedHandler<int>, handler>);

int function_calls = 0;
void function(const IAsyncAction&, AsyncStatus) { ++function_calls; }

IAsyncAction ended() { return pending<void()>::ended(use_async_info); }

} // namespace

BOOST_AUTO_TEST_SUITE(async_completed_handler)

BOOST_AUTO_TEST_CASE(a_null_one) {
    handler null;
    BOOST_TEST(!null);
    BOOST_TEST((null == nullptr));
    BOOST_TEST(!handler(nullptr));
    null = function;
    BOOST_TEST(!!null);
    BOOST_TEST((null != nullptr));
    null = nullptr;
    BOOST_TEST(!null);
    handler moved_from = function;
    const handler moved = std::move(moved_from);
    BOOST_TEST(std::is_nothrow_copy_constructible_v<handler>);
    BOOST_TEST(!moved_from);
    BOOST_TEST(!!moved);
}

// A callable that is null itself makes a null delegate, not one that fails when it is due.
BOOST_AUTO_TEST_CASE(one_of_a_null_callable) {
    BOOST_TEST(!handler(takes_action(nullptr)));
    const std::function<void(const IAsyncAction&, AsyncStatus)> none;
    BOOST_TEST(!handler(none));
    asio::io_context context;
    BOOST_TEST(!handler(asio::bind_executor(context, none)));
    BOOST_TEST(!handler(asio::bind_cancellation_slot(
        asio::cancellation_slot(),
        asio::bind_allocator(std::allocator<int>(), asio::bind_executor(context, none)))));
}

BOOST_AUTO_TEST_CASE(of_any_callable) {
    const auto action = ended();
    int calls = 0;
    const auto call = [&](const handler& h) { h(action, AsyncStatus::Completed); };
    function_calls = 0;
    call(function);
    call(&function);
    BOOST_TEST(function_calls == 2);
    call([&](const IAsyncAction& sender, AsyncStatus status) {
        calls += sender == action && status == AsyncStatus::Completed;
    });
    call([&](const IAsyncInfo& sender, AsyncStatus) { calls += sender == action; });
    call([&](auto&&...) { ++calls; });
    call([&, n = 0](auto&, auto) mutable { calls += ++n; });
    call(std::function<void(const IAsyncAction&, AsyncStatus)>([&](auto&, auto) { ++calls; }));
    call([&](auto&, auto) { return std::string("ignored ") + std::to_string(++calls); });
    auto named = [&](auto&, auto) { ++calls; };
    call(named);
    call(std::ref(named));
    call([&, own = std::make_unique<int>(1)](auto&, auto) { calls += *own; });
    BOOST_TEST(calls == 9);
}

BOOST_AUTO_TEST_CASE(copies_share_the_callable) {
    const auto action = ended();
    auto captured = std::make_shared<int>();
    const std::weak_ptr<int> alive = captured;
    int last = 0;
    handler one = [captured = std::move(captured), &last](auto&, auto) { last = ++*captured; };
    handler two = one;
    BOOST_TEST((one == two));
    BOOST_TEST((one != handler(function)));
    one(action, action.Status());
    two(action, action.Status());
    BOOST_TEST(last == 2);
    one = nullptr;
    BOOST_TEST(!alive.expired());
    BOOST_TEST((one != two));
    two = handler();
    BOOST_TEST(alive.expired());
}

// §5: "it keeps the callable's associated executor and allocator".
BOOST_AUTO_TEST_CASE(its_memory_is_from_the_callables_allocator) {
    allocations counted;
    counting_allocator<char> allocator(counted);
    {
        const handler h = asio::bind_allocator(allocator, function);
        BOOST_TEST(counted.made == 1);
        BOOST_TEST(counted.alive == 1);
        const handler copy = h;
        BOOST_TEST(counted.made == 1);
    }
    BOOST_TEST(counted.alive == 0);

    // What goes to the executor is, too.
    asio::io_context context;
    function_calls = 0;
    {
        const auto action = ended();
        handler h = asio::bind_executor(context, asio::bind_allocator(allocator, function));
        BOOST_TEST(counted.made == 2);
        action.Completed(std::move(h));
        BOOST_TEST(counted.made == 3);
        BOOST_TEST(function_calls == 0);
        context.run();
        BOOST_TEST(function_calls == 1);
    }
    BOOST_TEST(counted.alive == 0);
}

// Making it fails as allocation fails, and nothing is left.
BOOST_AUTO_TEST_CASE(without_memory_there_is_none) {
    allocations none;
    none.budget = 0;
    auto captured = std::make_shared<int>();
    const std::weak_ptr<int> alive = captured;
    BOOST_CHECK_THROW(
        handler(asio::bind_allocator(counting_allocator<char>(none),
                                     [captured = std::move(captured)](auto&, auto) {})),
        std::bad_alloc);
    BOOST_TEST(alive.expired());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::async_completed_handler_test
