// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Memory refused at every allocation of start, Completed, Cancel and completion, one after the
// other, until all goes well: once only, or from then on until memory is there again.
//
// §1: the exception reaches the caller and there is no operation. §4.1: Cancel never throws; the
// request stays latched, and the next step of the operation or the next Cancel delivers it. Where
// Asio has no memory to go on with, the exception comes out of run() and the operation has ended as
// abandoned (§3). Nothing hangs and, as the address sanitizer sees, nothing leaks.

#include "support/heap.hpp"
#include "support/no_recycled_blocks.hpp"
#include "support/test.hpp"

namespace asyncinfo_test::allocation_failure_test {
namespace {

// --- Where memory comes from --------------------------------------------------------------------

/// What the allocator of an operation has given.
allocations own;

// --- What is started ----------------------------------------------------------------------------

constexpr auto plain = [](asio::io_context&) { return use_async_info; };

struct posted {
    explicit posted(asio::io_context& c) : context(c) {}

    template <typename Token>
    auto start(Token token) {
        return asio::post(context, token);
    }
    void let_it_end() {}

    asio::io_context& context;
};

template <typename Timer>
struct waiting {
    explicit waiting(asio::io_context& context) : timer(context, 1h) {}

    template <typename Token>
    auto start(Token token) {
        return timer.async_wait(token);
    }
    void let_it_end() { timer.cancel(); }

    Timer timer;
};

using any_timer = asio::steady_timer;
using io_timer = timer_on<asio::io_context::executor_type>;

struct reading {
    explicit reading(asio::io_context& context) : near_end(context), far_end(context) {
        connect_pair(near_end, far_end);
    }

    template <typename Token>
    auto start(Token token) {
        return asio::async_read(near_end, asio::buffer(buffer), token);
    }
    void let_it_go_on() { far_end.write_some(asio::buffer("x", 1)); }
    void let_it_end() { far_end.write_some(asio::buffer("xxxxxxxx", 8)); }

    local::socket near_end;
    local::socket far_end;
    std::array<char, 8> buffer{};
};

// --- One go -------------------------------------------------------------------------------------

struct memory {
    void (*refuse_after)(std::int64_t);
    bool (*provide)(); ///< whether any was refused
};

constexpr memory refuse_once{[](std::int64_t n) { heap::refuse_after(n, false); }, heap::provide};
constexpr memory refuse_all{[](std::int64_t n) { heap::refuse_after(n, true); }, heap::provide};
constexpr memory refuse_own{[](std::int64_t n) { own.budget = static_cast<int>(n); },
                            [] { return own.budget.exchange(INT_MAX) < 0; }};

enum class ending { by_itself, by_cancel };

/// Starts it, sets Completed, cancels it or lets it end, and runs the context; with memory refused
/// after `n` allocations. Returns whether any was.
template <typename Subject, typename Token>
bool survives(std::int64_t n, const memory& memory, ending how, Token make_token) {
    asio::io_context context;
    Subject subject(context);
    const auto token = make_token(context);
    const no_recycled_blocks heap_only;

    decltype(subject.start(token)) op;
    int calls = 0;
    bool assigned = false;
    int thrown_by_start = 0;
    int thrown_by_run = 0;

    memory.refuse_after(n);
    try {
        op = subject.start(token);
        op.Completed([&calls](auto&, AsyncStatus) { ++calls; });
        assigned = true;
    } catch (const std::bad_alloc&) {
        ++thrown_by_start;
    }
    if (op) {
        if (how == ending::by_cancel)
            op.Cancel();
        else
            subject.let_it_end();
        for (bool ran = false; !ran;)
            try {
                context.poll();
                ran = true;
            } catch (const std::bad_alloc&) {
                ++thrown_by_run;
            }
    }
    const bool refused = memory.provide();

    context.restart();
    BOOST_TEST((op || thrown_by_start));
    if (op) {
        // The second Cancel delivers what the first one had no memory for.
        if (how == ending::by_cancel)
            op.Cancel();
        else
            subject.let_it_end();
        context.run_for(long_enough);
        const auto status = op.Status();
        if (thrown_by_run != 0 && status == AsyncStatus::Error)
            BOOST_TEST((op.ErrorCode() == errc::abandoned));
        else if (op.ErrorCode() != asio::error::timed_out)
            BOOST_TEST((status == AsyncStatus::Completed || status == AsyncStatus::Canceled));
        if (how == ending::by_cancel && !std::is_same_v<Subject, posted>)
            BOOST_TEST(status != AsyncStatus::Completed);
        BOOST_TEST(calls == (assigned ? 1 : 0));
    }
    // Nothing is left behind, such as work that nobody does, or the deadline of what did not start.
    context.run_for(long_enough);
    BOOST_TEST(context.poll() == 0u);
    BOOST_TEST(context.stopped());
    return refused;
}

template <typename Subject, typename Token>
void check(const char* what, const memory& memory, Token make_token) {
    for (const ending how : {ending::by_itself, ending::by_cancel})
        BOOST_TEST_CONTEXT(what << (how == ending::by_cancel ? ", canceled" : "")) {
            BOOST_TEST(until_none_is_refused([&](std::int64_t n) {
                           return survives<Subject>(n, memory, how, make_token);
                       }) > 1); // there was something to refuse
        }
}

void check_all(const memory& memory) {
    check<posted>("post", memory, plain);
    check<waiting<any_timer>>("timer", memory, plain);
    check<waiting<io_timer>>("timer of an io_context", memory, plain);
    allocations blocks;
    check<waiting<any_timer>>("timer, with an allocator", memory, [&](asio::io_context&) {
        return asio::bind_allocator(counting_allocator<char>(blocks), use_async_info);
    });
    BOOST_TEST(blocks.alive.load() == 0);
    for (const auto time : {1h, 0h}) {
        const auto with_deadline = [time](asio::io_context&) {
            return use_async_info.cancel_after(time);
        };
        check<posted>("post, with a deadline", memory, with_deadline);
        check<waiting<any_timer>>("timer, with a deadline", memory, with_deadline);
    }
    check<reading>("async_read", memory, plain);
    check<reading>("async_read, as_tuple", memory,
                   [](asio::io_context&) { return asio::as_tuple(use_async_info); });
    // (Not to a strand: once it has queued a function and is refused memory to be scheduled, it
    // runs nothing ever again.)
    check<waiting<any_timer>>("timer, bound to an executor", memory, [](asio::io_context& context) {
        return asio::bind_executor(asio::any_io_executor(context.get_executor()), use_async_info);
    });
    check<waiting<any_timer>>("timer, bound to a slot", memory, [](asio::io_context&) {
        static asio::cancellation_signal signal;
        return asio::bind_cancellation_slot(signal.slot(), use_async_info);
    });
}

} // namespace

BOOST_AUTO_TEST_SUITE(allocation_failure)

BOOST_AUTO_TEST_CASE(heap_refuses_once) { check_all(refuse_once); }

BOOST_AUTO_TEST_CASE(heap_refuses_from_then_on) { check_all(refuse_all); }

BOOST_AUTO_TEST_CASE(associated_allocator_refuses) {
    const auto bound_allocator = [](asio::io_context&) {
        return asio::bind_allocator(counting_allocator<char>(own), use_async_info);
    };
    check<posted>("post", refuse_own, bound_allocator);
    check<waiting<any_timer>>("timer", refuse_own, bound_allocator);
    check<waiting<io_timer>>("timer of an io_context", refuse_own, bound_allocator);
    check<reading>("async_read", refuse_own, bound_allocator);
    BOOST_TEST(own.alive == 0);
}

// A deadline that cannot be set leaves the operation as it was; the next one can.
BOOST_AUTO_TEST_CASE(a_deadline_is_set_or_it_throws) {
    for (const bool all : {false, true}) {
        const auto calls = until_none_is_refused([&](std::int64_t n) {
            asio::io_context context;
            waiting<any_timer> subject(context);
            const auto op = subject.start(use_async_info);
            bool set = false, refused = false;
            {
                const no_recycled_blocks heap_only;
                heap::refuse_after(n, all);
                try {
                    op.cancel_after(1ms);
                    set = true;
                } catch (const std::bad_alloc&) {
                }
                refused = heap::provide();
            }
            BOOST_TEST(set == !refused);
            if (!set) {
                BOOST_TEST(!op.cancel_requested());
                context.poll();
                BOOST_TEST(op.Status() == AsyncStatus::Started);
                op.cancel_after(1ms);
            }
            context.run_for(long_enough);
            BOOST_TEST(op.ErrorCode() == asio::error::timed_out);
            BOOST_TEST(context.stopped());
            return refused;
        });
        BOOST_TEST(calls > 1);
    }
}

// What is made of a handle is made, or the operation stays as it was.
BOOST_AUTO_TEST_CASE(what_is_made_of_a_handle_is_made_or_it_throws) {
#if defined(ASYNCINFO_HAS_STOP_TOKEN)
    std::stop_source stop;
#endif
    const std::function<void(const IAsyncAction&)> makers[] = {
        [](const auto& op) { static_cast<void>(asyncinfo::abandon_on_cancel(op)); },
        [](const auto& op) { static_cast<void>(asyncinfo::to_future(op)); },
#if defined(ASYNCINFO_HAS_STOP_TOKEN)
        [&](const auto& op) { static_cast<void>(asyncinfo::stop_on(op, stop.get_token())); },
#endif
    };
    for (const auto& make : makers) {
        const auto calls = until_none_is_refused([&](std::int64_t n) {
            asio::io_context context;
            waiting<any_timer> subject(context);
            const auto op = subject.start(use_async_info);
            bool made = false, refused = false;
            {
                const no_recycled_blocks heap_only;
                heap::refuse_after(n, true);
                try {
                    make(op);
                    made = true;
                } catch (const std::bad_alloc&) {
                }
                refused = heap::provide();
            }
            BOOST_TEST(made == !refused);
            BOOST_TEST(!op.cancel_requested());
            subject.let_it_end();
            context.run_for(long_enough);
            BOOST_TEST(op.Status() == AsyncStatus::Canceled);
            return refused;
        });
        BOOST_TEST(calls > 1);
    }
}

// §4.1, the other half: the next step of the operation delivers.
BOOST_AUTO_TEST_CASE(next_step_delivers_what_cancel_had_no_memory_for) {
    asio::io_context context;
    reading subject(context);
    const auto op = subject.start(use_async_info);
    {
        const no_recycled_blocks heap_only;
        heap::refuse_after(0, true);
        op.Cancel();
        BOOST_TEST(heap::provide());
    }
    context.poll();
    BOOST_TEST(op.Status() == AsyncStatus::Started);
    BOOST_TEST(op.cancel_requested());
    subject.let_it_go_on();
    context.run_for(long_enough);
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);
    const auto [error, length] = op.outcome();
    BOOST_TEST(error == asio::error::operation_aborted);
    BOOST_TEST(length.value_or(0) == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::allocation_failure_test
