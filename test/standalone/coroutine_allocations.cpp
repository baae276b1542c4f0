// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// §8: one block, for operation and frame, from the associated allocator where one is given, and
// recycled otherwise: in steady state a call allocates nothing.
//
// And memory refused at every allocation of calling, awaiting and cancelling, one after the other,
// until all goes well: without a frame `bad_alloc` reaches the caller and nothing has begun; what
// an await has no memory for is thrown there; a way to its executor that cannot be had abandons the
// coroutine, and the exception comes out of run(). Nothing hangs and nothing leaks.

#include "support/heap.hpp"
#include "support/no_recycled_blocks.hpp"
#include "support/test.hpp"

namespace asyncinfo_test::coroutine_allocations_test {
namespace {

constexpr std::uint64_t warm_up = 200;
constexpr std::uint64_t counted = 200;
constexpr auto never = asio::steady_timer::time_point::max();

// --- Steady state -------------------------------------------------------------------------------

IAsyncOperation<int> at_once(asio::io_context&) { co_return 1; }

IAsyncAction posts(asio::io_context& context) {
    for (int i = 0; i != 3; ++i)
        co_await asio::post(context, asio::deferred);
}

IAsyncAction posts_by_handle(asio::io_context& context) {
    for (int i = 0; i != 3; ++i)
        co_await asio::post(context, use_async_info);
}

IAsyncAction posts_without_executor(asio::io_context* context) {
    co_await asio::post(*context, asio::deferred);
    co_await asio::post(*context, use_async_info);
}

IAsyncAction timers(asio::io_context& context) {
    asio::steady_timer timer(context);
    timer.expires_after(0s);
    co_await timer.async_wait(asio::deferred);
    timer.expires_after(0s);
    co_await timer.async_wait(use_async_info);
}

IAsyncAction moves(asio::io_context& context) {
    co_await asyncinfo::resume_on(context);
    co_await asyncinfo::resume_on(context);
}

IAsyncOperation<int> nested(asio::io_context& context, int depth) {
    if (depth == 0) {
        co_await asio::post(context, asio::deferred);
        co_return 0;
    }
    co_return co_await nested(context, depth - 1) + 1;
}

/// Ends by being cancelled, without an exception, which would take memory.
IAsyncAction waits(asio::io_context& context, bool by_callback) {
    asio::steady_timer timer(context, never);
    const auto token = co_await asyncinfo::get_cancellation_token();
    if (by_callback) {
        token.enable_propagation(false);
        token.callback([&timer] { timer.cancel(); });
    }
    co_await timer.async_wait(asio::as_tuple(asio::deferred));
}

IAsyncAction cancels(asio::io_context& context, bool by_callback) {
    const auto op = waits(context, by_callback);
    op.Cancel();
    co_await op;
}

/// A frame too large to be recycled.
IAsyncOperation<char> large(asio::io_context& context) {
    std::array<char, 2 * asyncinfo::detail::recycling::largest_recycled> array{};
    co_await asio::post(context, asio::deferred);
    co_return array[0];
}

template <typename Call>
asyncinfo::fire_and_forget drive(asio::io_context& context, Call call, std::uint64_t* result) {
    for (std::uint64_t round = 0; round != warm_up + counted; ++round) {
        if (round == warm_up)
            heap::start_counting();
        co_await call(context);
    }
    *result = heap::stop_counting();
}

/// What later calls allocate, made one after the other inside the loop.
template <typename Call>
std::uint64_t allocations_of(Call call) {
    asio::io_context context;
    std::uint64_t result = 0;
    // Inside the loop from the first call on.
    asio::post(context, [&] { drive(context, call, &result); });
    context.run();
    return result;
}

// --- No memory ----------------------------------------------------------------------------------

/// What a coroutine under test tells, and what lives in its frame.
struct watch {
    bool began = false;
    int alive = 0;
};

class local {
public:
    explicit local(watch& w) : watch_(w) {
        w.began = true;
        ++w.alive;
    }
    local(const local&) = delete;
    local& operator=(const local&) = delete;
    ~local() { --watch_.alive; }

private:
    watch& watch_;
};

struct parameter {
    explicit parameter(watch& w) : to(&w) { ++to->alive; }
    parameter(const parameter& other) : to(other.to) { ++to->alive; }
    parameter& operator=(const parameter&) = delete;
    ~parameter() { --to->alive; }

    watch* to;
};

/// An awaitable that knows nothing of the library, resumed by the context.
struct foreign {
    asio::io_context& context;

    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> coroutine) const {
        // Posting may fail: then the coroutine is the caller's again.
        auto held = std::make_shared<frame_owner>(nullptr);
        asio::post(context, [held] { (*held)(); });
        held->coroutine = coroutine;
        return true;
    }
    void await_resume() const noexcept {}
};

IAsyncAction awaits_deferred(asio::io_context& context, parameter p) {
    const local here(*p.to);
    co_await asio::post(context, asio::deferred);
    asio::steady_timer timer(context, 0s);
    co_await timer.async_wait(asio::deferred);
}

IAsyncAction awaits_handles(asio::io_context& context, parameter p) {
    const local here(*p.to);
    co_await asio::post(context, use_async_info);
    asio::steady_timer timer(context, 0s);
    co_await timer.async_wait(use_async_info);
}

IAsyncAction awaits_without_executor(asio::io_context* context, parameter p) {
    const local here(*p.to);
    co_await asio::post(*context, asio::deferred);
    co_await asio::post(*context, use_async_info);
}

IAsyncAction awaits_foreign(asio::io_context& context, parameter p) {
    const local here(*p.to);
    co_await foreign{context};
}

IAsyncAction awaits_move(asio::io_context& context, parameter p) {
    const local here(*p.to);
    co_await asyncinfo::resume_on(context);
}

IAsyncAction awaits_calls(asio::io_context& context, parameter p) {
    const local here(*p.to);
    co_await awaits_deferred(context, p);
    co_await awaits_handles(context, p);
}

IAsyncAction awaits_request(asio::io_context& context, parameter p, bool hears) {
    const local here(*p.to);
    asio::steady_timer timer(context, never);
    const auto token = co_await asyncinfo::get_cancellation_token();
    if (hears)
        token.callback([&timer] { timer.cancel(); });
    co_await timer.async_wait(asio::deferred);
}

IAsyncAction awaits_request_nested(asio::io_context& context, parameter p) {
    const local here(*p.to);
    co_await awaits_request(context, p, true);
}

IAsyncAction awaits_request_without(asio::io_context* context, parameter p) {
    const local here(*p.to);
    asio::steady_timer timer(*context, never);
    co_await timer.async_wait(asio::deferred);
}

/// On Windows the context gets its timers before memory is refused. If Asio has no memory for their
/// thread, the context keeps a pointer to the queue of a timer service that is gone
/// (`win_iocp_io_context::do_add_timer_queue`), and may crash later.
void prepare_timers([[maybe_unused]] asio::io_context& context) {
#if defined(_WIN32)
    asio::steady_timer{context};
#endif
}

/// Calls it, sets Completed, cancels it or lets it end, and runs the context; with memory refused
/// after `n` allocations. Returns whether any was.
template <typename Call>
bool survives(std::int64_t n, bool all, bool cancel, Call call) {
    watch seen;
    bool refused = false;
    {
        asio::io_context context;
        prepare_timers(context);
        const no_recycled_blocks heap_only;
        IAsyncAction op;
        const parameter p(seen);
        int calls = 0;
        bool assigned = false;
        int thrown_by_run = 0;

        heap::refuse_after(n, all);
        try {
            op = call(context, p);
            op.Completed([&calls](auto&, AsyncStatus) { ++calls; });
            assigned = true;
        } catch (const std::bad_alloc&) {
        }
        if (op && cancel)
            op.Cancel();
        for (bool ran = false; !ran;)
            try {
                context.poll();
                ran = true;
            } catch (const std::bad_alloc&) {
                ++thrown_by_run;
            }
        refused = heap::provide();

        // Without a frame nothing has begun; else there is an operation.
        BOOST_TEST(!op == !seen.began);
        if (n == 0)
            BOOST_TEST(!op);
        if (op) {
            context.restart();
            // Delivers what the first one had no memory for.
            if (cancel)
                op.Cancel();
            context.run_for(long_enough);
            const auto status = op.Status();
            BOOST_TEST((status != AsyncStatus::Started));
            BOOST_TEST(calls == (assigned ? 1 : 0));
            if (!refused)
                BOOST_TEST((status == (cancel ? AsyncStatus::Canceled : AsyncStatus::Completed)));
            try {
                op.GetResults();
            } catch (const std::bad_alloc&) {
                BOOST_TEST(refused);
            } catch (const system_error& error) {
                if (error.code() == errc::abandoned)
                    BOOST_TEST(thrown_by_run != 0);
                else
                    BOOST_TEST((cancel && error.code() == asio::error::operation_aborted));
            }
        }
        context.restart();
        BOOST_TEST(context.poll() == 0u);
        BOOST_TEST(context.stopped());
    }
    BOOST_TEST(seen.alive == 0);
    return refused;
}

template <typename Call>
void check(const char* what, bool cancel, Call call) {
    for (const bool all : {false, true})
        BOOST_TEST_CONTEXT(what << (cancel ? ", canceled" : "") << (all ? ", from then on" : "")) {
            // There was something to refuse, beyond the frame.
            BOOST_TEST(until_none_is_refused(
                           [&](std::int64_t n) { return survives(n, all, cancel, call); }) > 2);
        }
}

asyncinfo::fire_and_forget forgotten(asio::io_context& context, parameter p) {
    const local here(*p.to);
    co_await awaits_deferred(context, p);
}

} // namespace

BOOST_AUTO_TEST_SUITE(coroutine_allocations)

BOOST_AUTO_TEST_CASE(none_beside_the_frame) {
    BOOST_TEST(allocations_of(at_once) == (recycles ? 0 : counted));
    if (recycles)
        BOOST_TEST(allocations_of(large) == counted);
}

BOOST_AUTO_TEST_CASE(none_in_steady_state, *boost::unit_test::enable_if<recycles>()) {
    BOOST_TEST(allocations_of(posts) == 0u);
    BOOST_TEST(allocations_of(posts_by_handle) == 0u);
    BOOST_TEST(allocations_of([](auto& context) { return posts_without_executor(&context); }) ==
               0u);
    BOOST_TEST(allocations_of(timers) == 0u);
    BOOST_TEST(allocations_of(moves) == 0u);
    for (const int depth : {1, 2, 16})
        BOOST_TEST(allocations_of([=](auto& context) { return nested(context, depth); }) == 0u);
    for (const bool by_callback : {false, true})
        BOOST_TEST(allocations_of([=](auto& context) { return cancels(context, by_callback); }) ==
                   0u);
}

BOOST_AUTO_TEST_CASE(memory_is_refused_while_it_awaits) {
    check("deferred operations", false, awaits_deferred);
    check("handles", false, awaits_handles);
    check("without an executor", false,
          [](auto& context, auto& p) { return awaits_without_executor(&context, p); });
    check("a foreign awaitable", false, awaits_foreign);
    check("resume_on", false, awaits_move);
    check("other coroutines", false, awaits_calls);
}

BOOST_AUTO_TEST_CASE(memory_is_refused_while_it_is_cancelled) {
    for (const bool hears : {false, true})
        check("a deferred operation", true,
              [=](auto& context, auto& p) { return awaits_request(context, p, hears); });
    check("another coroutine", true, awaits_request_nested);
    check("without an executor", true,
          [](auto& context, auto& p) { return awaits_request_without(&context, p); });
}

// What an any_io_executor allocates is Asio's.
#if defined(ASYNCINFO_TEST_OWNS_MALLOC)
BOOST_AUTO_TEST_CASE(the_next_cancel_reaches_the_members_of_a_combination) {
    watch seen;
    asio::io_context context;
    const parameter p(seen);
    const auto op =
        asyncinfo::when_all(awaits_request(context, p, false), awaits_request(context, p, true));
    {
        const no_recycled_blocks heap_only;
        heap::refuse_after(0, true);
        op.Cancel();
        BOOST_TEST(heap::provide());
    }
    context.poll();
    BOOST_TEST((op.Status() == AsyncStatus::Started));
    op.Cancel();
    context.run_for(long_enough);
    BOOST_TEST((op.Status() == AsyncStatus::Canceled));
}
#endif

BOOST_AUTO_TEST_CASE(memory_is_refused_while_nobody_waits) {
    static int unhandled = 0;
    asyncinfo::set_unhandled_exception_handler([](std::exception_ptr) noexcept { ++unhandled; });
    const auto calls = until_none_is_refused([](std::int64_t n) {
        watch seen;
        bool thrown = false, refused = false;
        {
            asio::io_context context;
            prepare_timers(context);
            const no_recycled_blocks heap_only;
            heap::refuse_after(n, true);
            try {
                forgotten(context, parameter(seen));
            } catch (const std::bad_alloc&) {
                thrown = true;
            }
            refused = heap::provide();
            BOOST_TEST(thrown == !seen.began);
            context.run_for(long_enough);
            BOOST_TEST(context.stopped());
        }
        BOOST_TEST(seen.alive == 0);
        return refused;
    });
    BOOST_TEST(calls > 2);
    BOOST_TEST(unhandled > 0);
    asyncinfo::set_unhandled_exception_handler(nullptr);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::coroutine_allocations_test
