// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §9: a coroutine's executor is that of the first parameter that is one or has one, the object of
/// a member coroutine included, and handles not; it resumes there. Without one it resumes on the
/// thread that ends what it awaits.
namespace asyncinfo_test::coroutines_resume_on_their_executor_test {
namespace {

using any = asio::any_io_executor;

any executor_of(const IAsyncOperation<any>& op) {
    // The one it says it has is the one that others see.
    const any said = op.GetResults();
    BOOST_TEST((said == op.get_executor()));
    return said;
}

/// What one says that was called with such parameters.
template <typename... Parameters>
IAsyncOperation<any> ask(Parameters...) {
    co_return co_await asio::this_coro::executor;
}

class session {
public:
    explicit session(asio::io_context& context) : timer_(context) {}
    asio::steady_timer::executor_type get_executor() { return timer_.get_executor(); }

    IAsyncOperation<any> member(asio::thread_pool&) {
        co_return co_await asio::this_coro::executor;
    }
    IAsyncOperation<any> member_with_allocator(std::allocator_arg_t, std::allocator<int>) {
        co_return co_await asio::this_coro::executor;
    }

private:
    asio::steady_timer timer_;
};

struct no_executor {
    IAsyncOperation<any> member(asio::io_context&) const {
        co_return co_await asio::this_coro::executor;
    }
};

/// Awaits one thing after the other and notes which threads it went on on.
struct places {
    std::vector<std::thread::id> threads{};
    std::vector<bool> in_strand{};
};

IAsyncAction visit(any, IAsyncAction deferred, IAsyncAction handle, asio::io_context* other,
                   places* p) {
    co_await deferred.async_wait(asio::deferred);
    p->threads.push_back(std::this_thread::get_id());
    co_await handle;
    p->threads.push_back(std::this_thread::get_id());
    co_await asio::post(*other, asio::deferred);
    p->threads.push_back(std::this_thread::get_id());
    co_await asio::post(*other, use_async_info);
    p->threads.push_back(std::this_thread::get_id());
}

IAsyncAction visit_without(pending<void()>* deferred, IAsyncAction handle, places* p) {
    co_await deferred->start(asio::deferred);
    p->threads.push_back(std::this_thread::get_id());
    co_await handle;
    p->threads.push_back(std::this_thread::get_id());
}

using strand = asio::strand<asio::thread_pool::executor_type>;

/// On a pool: never at once with the others of its strand.
IAsyncAction in_strand(strand s, asio::steady_timer* elsewhere, int rounds,
                       std::vector<bool>* where, int* unguarded) {
    for (int i = 0; i != rounds; ++i) {
        co_await asio::post(elsewhere->get_executor(), asio::deferred);
        where->push_back(s.running_in_this_thread());
        ++*unguarded;
        co_await asio::post(elsewhere->get_executor(), use_async_info);
        where->push_back(s.running_in_this_thread());
        ++*unguarded;
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(coroutines_resume_on_their_executor)

BOOST_AUTO_TEST_CASE(which_is_the_first_that_a_parameter_is_or_has) {
    asio::io_context context;
    asio::thread_pool pool(1);
    asio::steady_timer timer(context);
    asio::io_context other;
    const any expected = context.get_executor();
    using executor = asio::io_context::executor_type;
    BOOST_TEST((executor_of(ask(context.get_executor())) == expected));
    BOOST_TEST((executor_of(ask<const any&, int>(expected, 1)) == expected));
    BOOST_TEST((executor_of(ask<int, asio::io_context&>(1, context)) == expected));
    BOOST_TEST((executor_of(ask<asio::thread_pool&>(pool)) == any(pool.get_executor())));
    const auto by_object = ask<asio::steady_timer&, asio::io_context&>;
    BOOST_TEST((executor_of(by_object(timer, other)) == expected));
    // What is const gives no executor away, if its `get_executor` is not.
    const auto by_const_object = ask<const asio::steady_timer&, asio::io_context&>;
    BOOST_TEST((executor_of(by_const_object(timer, other)) == any(other.get_executor())));
    BOOST_TEST((executor_of(ask(asio::steady_timer(context))) == expected));
    const auto not_by_handle = ask<IAsyncAction, asio::io_context&>;
    BOOST_TEST((executor_of(not_by_handle(asio::post(pool, use_async_info), context)) == expected));
    const auto after_allocator =
        ask<std::allocator_arg_t, std::allocator<int>, executor, asio::thread_pool&>;
    BOOST_TEST((executor_of(after_allocator(std::allocator_arg, {}, context.get_executor(),
                                            pool)) == expected));
    const auto after_executor_arg = ask<asio::executor_arg_t, executor, asio::thread_pool&>;
    BOOST_TEST((executor_of(after_executor_arg(asio::executor_arg, context.get_executor(), pool)) ==
                expected));
}

BOOST_AUTO_TEST_CASE(or_the_object_of_a_member_function) {
    asio::io_context context;
    asio::thread_pool pool(1);
    session s(context);
    BOOST_TEST((executor_of(s.member(pool)) == any(context.get_executor())));
    BOOST_TEST((executor_of(s.member_with_allocator(std::allocator_arg, {})) ==
                any(context.get_executor())));
    BOOST_TEST((executor_of(no_executor().member(context)) == any(context.get_executor())));
}

BOOST_AUTO_TEST_CASE(of_a_lambda_too) {
    asio::io_context context;
    const auto lambda = [](asio::io_context&) -> IAsyncOperation<any> {
        co_return co_await asio::this_coro::executor;
    };
    BOOST_TEST((executor_of(lambda(context)) == any(context.get_executor())));
    const auto nothing = []() -> IAsyncOperation<any> {
        co_return co_await asio::this_coro::executor;
    };
    BOOST_TEST((executor_of(nothing()) == any(asio::system_executor())));
}

BOOST_AUTO_TEST_CASE(or_none_and_then_observers_are_served_by_the_system) {
    pending<void()> source;
    asio::io_context context;
    const auto handle = source.start_on(context.get_executor(), use_async_info);
    BOOST_TEST((executor_of(ask(handle, 1)) == any(asio::system_executor())));
}

// "awaits resume there, as in asio::awaitable": whatever they end on.
BOOST_AUTO_TEST_CASE(they_go_on_there_wherever_the_awaited_ends) {
    running_context context, other;
    pending<void()> deferred, handle;
    places p;
    const auto op = visit(context.get_executor(), deferred.start(use_async_info),
                          handle.start(use_async_info), &other, &p);
    // Each from a thread of its own, and the handle before it is awaited or after.
    joining_thread([&] { deferred.complete(); }).join();
    joining_thread([&] { handle.complete(); }).join();
    BOOST_TEST(op.wait() == AsyncStatus::Completed);
    BOOST_TEST(p.threads.size() == 4u);
    for (const auto thread : p.threads)
        BOOST_TEST(context.runs_on(thread));
}

BOOST_AUTO_TEST_CASE(or_where_it_ends_without_an_executor) {
    pending<void()> deferred, handle;
    places p;
    const auto op = visit_without(&deferred, handle.start(use_async_info), &p);
    const auto first = on_another_thread([&] { deferred.complete(); });
    const auto second = on_another_thread([&] { handle.complete(); });
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
    BOOST_TEST_REQUIRE(p.threads.size() == 2u);
    BOOST_TEST((p.threads[0] == first));
    BOOST_TEST((p.threads[1] == second));
}

BOOST_AUTO_TEST_CASE(a_strand_is_an_executor) {
    constexpr int rounds = 500;
    constexpr std::size_t coroutines = 4;
    asio::thread_pool pool(4);
    auto s = asio::make_strand(pool.get_executor());
    asio::steady_timer elsewhere(pool);
    std::vector<bool> where;
    int unguarded = 0;
    std::vector<IAsyncAction> all;
    // Started in the strand: a hot start is where the caller is.
    asio::post(s, [&] {
        for (std::size_t i = 0; i != coroutines; ++i)
            all.push_back(in_strand(s, &elsewhere, rounds, &where, &unguarded));
    });
    pool.join();
    for (const auto& op : all)
        BOOST_TEST(op.Status() == AsyncStatus::Completed);
    BOOST_TEST(unguarded == int(coroutines) * rounds * 2);
    BOOST_TEST(std::count(where.begin(), where.end(), true) == unguarded);
}

// Work of its executor: a context runs until its coroutines have ended, whatever they wait for.
BOOST_AUTO_TEST_CASE(which_has_work_as_long_as_they_run) {
    asio::io_context context;
    pending<void()> source;
    places p;
    pending<void()> handle;
    const auto op = visit(context.get_executor(), source.start(use_async_info),
                          handle.start(use_async_info), &context, &p);
    context.poll();
    BOOST_TEST(!context.stopped());
    source.complete();
    context.poll();
    BOOST_TEST(!context.stopped());
    handle.complete();
    context.poll();
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
    BOOST_TEST(context.stopped());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::coroutines_resume_on_their_executor_test
