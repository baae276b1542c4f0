// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Memory refused at every allocation of start, Completed, Cancel and completion, one after the
// other, until all goes well: once only, or from then on until memory is there again.
//
// §1: the exception reaches the caller and there is no operation. §4.1: Cancel never throws; the
// request stays latched, and the next step of the operation or the next Cancel delivers it. Where
// Asio has no memory to go on with, the exception comes out of run() and the operation has ended as
// abandoned (§3). Nothing hangs and, as the address sanitizer sees, nothing leaks.

#include <asyncinfo/asyncinfo.hpp>

#include "support/counting_allocator.hpp"
#include "support/heap.hpp"
#include "support/no_recycled_blocks.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <stop_token>
#include <type_traits>
#include <utility>

namespace allocation_failure_test {
namespace {

namespace asio = boost::asio;
namespace heap = asyncinfo_test::heap;
using asyncinfo::AsyncStatus;
using asyncinfo::errc;
using asyncinfo::use_async_info;
using asyncinfo_test::no_recycled_blocks;

constexpr std::chrono::seconds bound(30); // only where something hangs

// --- Where memory comes from --------------------------------------------------------------------

/// Refuses, and counts what has not been given back.
struct own_memory {
    static inline std::int64_t left = -1;
    static inline bool refused = false;
    static inline std::int64_t in_use = 0;
};

template <typename T>
struct refusing_allocator {
    using value_type = T;

    refusing_allocator() = default;
    template <typename U>
    refusing_allocator(const refusing_allocator<U>&) noexcept {}

    T* allocate(std::size_t n) {
        if (own_memory::left >= 0 && own_memory::left-- == 0) {
            own_memory::refused = true;
            throw std::bad_alloc();
        }
        T* const block = std::allocator<T>().allocate(n);
        ++own_memory::in_use;
        return block;
    }
    void deallocate(T* p, std::size_t n) noexcept {
        --own_memory::in_use;
        std::allocator<T>().deallocate(p, n);
    }
    template <typename U>
    friend bool operator==(const refusing_allocator&, const refusing_allocator<U>&) noexcept {
        return true;
    }
};

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
    explicit waiting(asio::io_context& context) : timer(context, std::chrono::hours(1)) {}

    template <typename Token>
    auto start(Token token) {
        return timer.async_wait(token);
    }
    void let_it_end() { timer.cancel(); }

    Timer timer;
};

using any_timer = asio::steady_timer;
using io_timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                            asio::wait_traits<std::chrono::steady_clock>,
                                            asio::io_context::executor_type>;

struct reading {
    explicit reading(asio::io_context& context) : near(context), far(context) {
        asio::local::connect_pair(near, far);
    }

    template <typename Token>
    auto start(Token token) {
        return asio::async_read(near, asio::buffer(buffer), token);
    }
    void let_it_go_on() { far.write_some(asio::buffer("x", 1)); }
    void let_it_end() { far.write_some(asio::buffer("xxxxxxxx", 8)); }

    asio::local::stream_protocol::socket near;
    asio::local::stream_protocol::socket far;
    std::array<char, 8> buffer{};
};

// --- One go -------------------------------------------------------------------------------------

struct memory {
    void (*refuse_after)(std::int64_t);
    bool (*provide)(); ///< whether any was refused
};

constexpr memory refuse_once{[](std::int64_t n) { heap::refuse_after(n, false); }, heap::provide};
constexpr memory refuse_all{[](std::int64_t n) { heap::refuse_after(n, true); }, heap::provide};
constexpr memory refuse_own{[](std::int64_t n) {
                                own_memory::refused = false;
                                own_memory::left = n;
                            },
                            [] {
                                own_memory::left = -1;
                                return own_memory::refused;
                            }};

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
        context.run_for(bound);
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
    context.run_for(bound);
    BOOST_TEST(context.poll() == 0u);
    BOOST_TEST(context.stopped());
    return refused;
}

template <typename Subject, typename Token>
void check(const char* what, const memory& memory, Token make_token) {
    for (const ending how : {ending::by_itself, ending::by_cancel})
        BOOST_TEST_CONTEXT(what << (how == ending::by_cancel ? ", canceled" : "")) {
            std::int64_t n = 0;
            for (bool refused = true; refused; ++n)
                BOOST_TEST_CONTEXT(n << " allocations succeed") {
                    refused = survives<Subject>(n, memory, how, make_token);
                    BOOST_REQUIRE(n < 1000);
                }
            BOOST_TEST(n > 1); // there was something to refuse
        }
}

void check_all(const memory& memory) {
    check<posted>("post", memory, plain);
    check<waiting<any_timer>>("timer", memory, plain);
    check<waiting<io_timer>>("timer of an io_context", memory, plain);
    asyncinfo_test::allocations blocks;
    check<waiting<any_timer>>("timer, with an allocator", memory, [&](asio::io_context&) {
        return asio::bind_allocator(asyncinfo_test::counting_allocator<char>(blocks),
                                    use_async_info);
    });
    BOOST_TEST(blocks.alive.load() == 0);
    for (const auto time : {std::chrono::hours(1), std::chrono::hours(0)}) {
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
} // namespace allocation_failure_test

BOOST_AUTO_TEST_SUITE(allocation_failure)

using namespace allocation_failure_test;

BOOST_AUTO_TEST_CASE(heap_refuses_once) { check_all(refuse_once); }

BOOST_AUTO_TEST_CASE(heap_refuses_from_then_on) { check_all(refuse_all); }

BOOST_AUTO_TEST_CASE(associated_allocator_refuses) {
    const auto bound_allocator = [](asio::io_context&) {
        return asio::bind_allocator(refusing_allocator<char>(), use_async_info);
    };
    check<posted>("post", refuse_own, bound_allocator);
    check<waiting<any_timer>>("timer", refuse_own, bound_allocator);
    check<waiting<io_timer>>("timer of an io_context", refuse_own, bound_allocator);
    check<reading>("async_read", refuse_own, bound_allocator);
    BOOST_TEST(own_memory::in_use == 0);
}

// A deadline that cannot be set leaves the operation as it was; the next one can.
BOOST_AUTO_TEST_CASE(a_deadline_is_set_or_it_throws) {
    for (const bool all : {false, true}) {
        std::int64_t n = 0;
        for (bool refused = true; refused; ++n) {
            asio::io_context context;
            waiting<any_timer> subject(context);
            const auto op = subject.start(use_async_info);
            bool set = false;
            {
                const no_recycled_blocks heap_only;
                heap::refuse_after(n, all);
                try {
                    op.cancel_after(std::chrono::milliseconds(1));
                    set = true;
                } catch (const std::bad_alloc&) {
                }
                refused = heap::provide();
            }
            BOOST_TEST(set == !refused);
            BOOST_REQUIRE(n < 1000);
            if (!set) {
                BOOST_TEST(!op.cancel_requested());
                context.poll();
                BOOST_TEST(op.Status() == AsyncStatus::Started);
                op.cancel_after(std::chrono::milliseconds(1));
            }
            context.run_for(bound);
            BOOST_TEST(op.ErrorCode() == asio::error::timed_out);
            BOOST_TEST(context.stopped());
        }
        BOOST_TEST(n > 1);
    }
}

// What is made of a handle is made, or the operation stays as it was.
BOOST_AUTO_TEST_CASE(what_is_made_of_a_handle_is_made_or_it_throws) {
    std::stop_source stop;
    const std::function<void(const asyncinfo::IAsyncAction&)> makers[] = {
        [](const auto& op) { static_cast<void>(asyncinfo::abandon_on_cancel(op)); },
        [](const auto& op) { static_cast<void>(asyncinfo::to_future(op)); },
        [&](const auto& op) { static_cast<void>(asyncinfo::stop_on(op, stop.get_token())); },
    };
    for (const auto& make : makers) {
        std::int64_t n = 0;
        for (bool refused = true; refused; ++n) {
            asio::io_context context;
            waiting<any_timer> subject(context);
            const auto op = subject.start(use_async_info);
            bool made = false;
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
            BOOST_REQUIRE(n < 1000);
            BOOST_TEST(!op.cancel_requested());
            subject.let_it_end();
            context.run_for(bound);
            BOOST_TEST(op.Status() == AsyncStatus::Canceled);
        }
        BOOST_TEST(n > 1);
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
    context.run_for(bound);
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);
    const auto [error, length] = op.outcome();
    BOOST_TEST(error == asio::error::operation_aborted);
    BOOST_TEST(length.value_or(0) == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
