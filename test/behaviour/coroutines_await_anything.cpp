// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/pending.hpp"
#include "support/running_context.hpp"
#include "support/test.hpp"
#include "support/types.hpp"

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

IAsyncOperation<std::string> echo(asio::local::stream_protocol::socket* near,
                                  asio::local::stream_protocol::socket* far) {
    std::array<char, 5> data{};
    const std::string said = "hello";
    const auto written = co_await asio::async_write(*near, asio::buffer(said), asio::deferred);
    const auto n = co_await asio::async_read(*far, asio::buffer(data), asio::deferred);
    BOOST_TEST(written == n);
    co_return std::string(data.data(), n);
}

IAsyncAction by_default_token(asio::io_context& context) {
    auto timer =
        use_async_info.as_default_on(asio::steady_timer(context, std::chrono::milliseconds(1)));
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
    asio::steady_timer soon(context, std::chrono::milliseconds(1));
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

// --- Other awaitables ---------------------------------------------------------------------------

/// To be resumed by hand.
struct event {
    std::coroutine_handle<> waiting{};
    int value = 0;
};

template <typename Result, int Way>
struct by_hand {
    event* e;

    bool await_ready() const noexcept { return Way == 'r'; }
    Result await_suspend(std::coroutine_handle<> coroutine) const {
        if constexpr (std::is_void_v<Result>) {
            e->waiting = coroutine;
            if (Way == 'i')
                e->waiting.resume();
            if (Way == 't')
                throw refused();
            if (Way == 'd')
                e->waiting.destroy();
        } else if constexpr (std::is_same_v<Result, bool>) {
            if (Way == 't')
                throw refused();
            if (Way == 'f')
                return false;
            e->waiting = coroutine;
            return true;
        } else {
            if (Way == 'b')
                return coroutine;
            e->waiting = coroutine;
            return std::noop_coroutine();
        }
    }
    int await_resume() const { return e->value; }
};

/// ... with promises of its own kind only, and by operators.
struct by_member {
    event* e;
    by_hand<void, 0> operator co_await() && { return {e}; }
};
struct by_function {
    event* e;
};
by_hand<bool, 0> operator co_await(by_function f) { return {f.e}; }

struct by_any_promise {
    event* e;
    bool await_ready() const noexcept { return false; }
    template <typename Promise>
    void await_suspend(std::coroutine_handle<Promise> coroutine) const {
        e->waiting = coroutine;
    }
    int& await_resume() const { return e->value; }
};

/// A lazy task of somebody else's, by symmetric transfer.
class task {
public:
    struct promise_type {
        task get_return_object() {
            return task(std::coroutine_handle<promise_type>::from_promise(*this));
        }
        std::suspend_always initial_suspend() noexcept { return {}; }
        auto final_suspend() noexcept {
            struct awaiter {
                bool await_ready() noexcept { return false; }
                std::coroutine_handle<>
                await_suspend(std::coroutine_handle<promise_type> self) noexcept {
                    return self.promise().continuation;
                }
                void await_resume() noexcept {}
            };
            return awaiter();
        }
        void return_value(int v) { value = v; }
        void unhandled_exception() { thrown = std::current_exception(); }

        int value = 0;
        std::exception_ptr thrown{};
        std::coroutine_handle<> continuation{};
    };

    task(task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
    task& operator=(task&&) = delete;
    ~task() {
        if (frame_)
            frame_.destroy();
    }

    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> continuation) {
        frame_.promise().continuation = continuation;
        return frame_;
    }
    int await_resume() {
        if (frame_.promise().thrown)
            std::rethrow_exception(frame_.promise().thrown);
        return frame_.promise().value;
    }

private:
    explicit task(std::coroutine_handle<promise_type> frame) : frame_(frame) {}
    std::coroutine_handle<promise_type> frame_;
};

task wait_for(IAsyncAction op, int value) {
    co_await op;
    if (value == 0)
        throw refused();
    co_return value;
}

template <typename Awaitable>
IAsyncOperation<int> await_other(event* e) {
    co_return co_await Awaitable{e};
}
IAsyncOperation<int> await_other_lvalue(event* e) {
    by_hand<void, 0> awaitable{e};
    co_return co_await awaitable;
}
IAsyncOperation<int> await_reference(event* e) {
    int& value = co_await by_any_promise{e};
    co_return ++value;
}
IAsyncOperation<int> await_task(IAsyncAction op, int value) {
    co_return co_await wait_for(std::move(op), value) + 1;
}
IAsyncAction catch_refused(event* e, IAsyncAction ended, int* caught) {
    try {
        co_await by_hand<void, 't'>{e};
    } catch (const refused&) {
        ++*caught;
    }
    try {
        co_await by_hand<bool, 't'>{e};
    } catch (const refused&) {
        ++*caught;
    }
    co_await ended;
}
IAsyncAction after_one_that_does_not_suspend(event* e, IAsyncAction ended) {
    co_await by_hand<bool, 'f'>{e};
    co_await ended;
}

/// On an executor.
IAsyncAction on_context(asio::io_context&, event* e, std::thread::id* thread) {
    co_await by_hand<void, 0>{e};
    *thread = std::this_thread::get_id();
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
    {
        pending<void()> source;
        const auto op = deferred_action(&source);
        source.complete();
        BOOST_TEST(op.Status() == AsyncStatus::Completed);
    }
    {
        pending<void(error_code)> source;
        auto op = deferred_action(&source);
        source.complete({});
        BOOST_TEST(op.Status() == AsyncStatus::Completed);
        op = deferred_action(&source);
        source.complete(asio::error::eof);
        BOOST_TEST((op.ErrorCode() == asio::error::eof));
        op = deferred_action(&source);
        source.drop();
        BOOST_TEST((op.ErrorCode() == errc::abandoned));
    }
    {
        pending<void(std::exception_ptr)> source;
        auto op = deferred_action(&source);
        source.complete(nullptr);
        BOOST_TEST(op.Status() == AsyncStatus::Completed);
        op = deferred_action(&source);
        source.complete(std::make_exception_ptr(refused()));
        BOOST_CHECK_THROW(op.GetResults(), refused);
    }
    {
        pending<void(std::exception_ptr, int)> source;
        auto op = deferred<int>(&source);
        source.complete(nullptr, 7);
        BOOST_TEST(op.GetResults() == 7);
        op = deferred<int>(&source);
        source.complete(std::make_exception_ptr(refused()), 7);
        BOOST_CHECK_THROW(op.GetResults(), refused);
    }
    {
        pending<void(error_code, int, std::string)> source;
        auto op = deferred<std::tuple<int, std::string>>(&source);
        source.complete({}, 7, "seven");
        BOOST_TEST((op.GetResults() == std::tuple(7, std::string("seven"))));
        op = deferred<std::tuple<int, std::string>>(&source);
        source.complete(asio::error::eof, 7, "seven");
        BOOST_TEST((op.ErrorCode() == asio::error::eof));
    }
    {
        pending<void(int, int)> source;
        const auto op = deferred<std::tuple<int, int>>(&source);
        source.complete(7, 8);
        BOOST_TEST((op.GetResults() == std::tuple(7, 8)));
    }
    {
        pending<void(error_code, std::unique_ptr<int>)> source;
        auto op = deferred<std::unique_ptr<int>>(&source);
        source.complete({}, std::make_unique<int>(7));
        BOOST_TEST(*std::move(op).GetResults() == 7);
    }
    {
        pending<void(error_code, no_default)> source;
        auto op = deferred<no_default>(&source);
        source.complete({}, no_default(7));
        BOOST_TEST(op.GetResults().value == 7);
    }
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

BOOST_AUTO_TEST_CASE(input_and_output) {
    asio::io_context context;
    asio::local::stream_protocol::socket near(context), far(context);
    asio::local::connect_pair(near, far);
    BOOST_TEST(echo(&near, &far).get(context) == "hello");
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

BOOST_AUTO_TEST_CASE(other_awaitables) {
    const auto resumed = [](auto start) {
        event e;
        const IAsyncOperation<int> op = start(&e);
        BOOST_TEST(op.Status() == AsyncStatus::Started);
        e.value = 7;
        e.waiting.resume();
        BOOST_TEST(op.GetResults() == 7);
    };
    resumed(await_other<by_hand<void, 0>>);
    resumed(await_other<by_hand<bool, 0>>);
    resumed(await_other<by_hand<std::coroutine_handle<>, 0>>);
    resumed(await_other<by_member>);
    resumed(await_other<by_function>);
    resumed(await_other<by_any_promise>);
    resumed(await_other_lvalue);

    const auto at_once = [](auto start) {
        event e{.waiting = nullptr, .value = 7};
        BOOST_TEST(start(&e).GetResults() == 7);
    };
    at_once(await_other<by_hand<void, 'r'>>);
    at_once(await_other<by_hand<void, 'i'>>);
    at_once(await_other<by_hand<bool, 'f'>>);
    at_once(await_other<by_hand<std::coroutine_handle<>, 'b'>>);

    event e;
    const auto op = await_reference(&e);
    e.waiting.resume();
    BOOST_TEST(op.GetResults() == 1);
    BOOST_TEST(e.value == 1);
}

BOOST_AUTO_TEST_CASE(other_awaitables_that_throw_or_give_up) {
    event e;
    int caught = 0;
    BOOST_TEST(catch_refused(&e, ended_action(), &caught).Status() == AsyncStatus::Completed);
    BOOST_TEST(caught == 2);
    BOOST_TEST(after_one_that_does_not_suspend(&e, ended_action()).Status() ==
               AsyncStatus::Completed);
    // Destroying what was to be resumed abandons it: in await_suspend, or later.
    BOOST_TEST((await_other<by_hand<void, 'd'>>(&e).ErrorCode() == errc::abandoned));
    const auto op = await_other<by_hand<void, 0>>(&e);
    BOOST_TEST(op.Status() == AsyncStatus::Started);
    e.waiting.destroy();
    BOOST_TEST((op.ErrorCode() == errc::abandoned));
}

BOOST_AUTO_TEST_CASE(lazy_tasks_of_others) {
    for (const bool late : {false, true}) {
        pending<void()> source;
        auto awaited = source.start(use_async_info);
        if (late)
            source.complete();
        const auto good = await_task(awaited, 7);
        const auto bad = await_task(awaited, 0);
        if (!late)
            source.complete();
        BOOST_TEST(good.GetResults() == 8);
        BOOST_CHECK_THROW(bad.GetResults(), refused);
    }
}

BOOST_AUTO_TEST_CASE(and_resume_on_their_executor_all_the_same) {
    running_context context;
    event e;
    std::thread::id thread;
    const auto op = on_context(context, &e, &thread);
    e.waiting.resume();
    BOOST_TEST(op.wait() == AsyncStatus::Completed);
    BOOST_TEST(context.runs_on(thread));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::coroutines_await_anything_test
