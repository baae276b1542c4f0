// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Memory refused at every allocation of a coroutine that suspends, or moves to another executor,
// one after the other. The call throws, or the `co_await` does, and then nobody else resumes the
// body (§9). A coroutine that could not move ends with the context it is on all the same (§9.2).

#include "support/heap.hpp"
#include "support/no_recycled_blocks.hpp"
#include "support/test.hpp"

namespace asyncinfo_test::coroutines_without_memory_test {
namespace {

using executor = asio::any_io_executor;

/// Larger than what an `any_io_executor` has room for.
executor strand_of(asio::io_context& context) {
    return asio::make_strand(executor(context.get_executor()));
}
executor plain(asio::io_context& context) { return context.get_executor(); }

struct counts {
    int resumed = 0;
    int refused = 0;
};

IAsyncAction await(executor, IAsyncAction op, counts& c) {
    try {
        co_await op;
        ++c.resumed;
    } catch (const std::bad_alloc&) {
        ++c.refused;
    }
}

using make_executor = executor (*)(asio::io_context&);

IAsyncAction move_and_await(executor, const executor& to, IAsyncAction op, counts& c) {
    try {
        co_await asyncinfo::resume_on(to);
        ++c.resumed;
    } catch (const std::bad_alloc&) {
        ++c.refused;
    }
    co_await op; // on whichever it is now
    ++c.resumed;
}

} // namespace

BOOST_AUTO_TEST_SUITE(coroutines_without_memory)

BOOST_AUTO_TEST_CASE(an_await_is_resumed_once) {
    for (const make_executor make : {&plain, &strand_of})
        for (const bool all : {false, true})
            until_none_is_refused([&](std::int64_t n) {
                asio::io_context context;
                const executor on = make(context);
                const async_source<> source;
                const auto awaited = source.operation();
                counts c;
                IAsyncAction op;
                const no_recycled_blocks heap_only;
                heap::refuse_after(n, all);
                try {
                    op = await(on, awaited, c);
                } catch (const std::bad_alloc&) {
                    ++c.refused;
                }
                const bool refused = heap::provide();
                source.set_value();
                run_ready(context);
                BOOST_TEST(c.resumed + c.refused == 1);
                BOOST_TEST((!op || op.Status() == AsyncStatus::Completed));
                return refused;
            });
}

BOOST_AUTO_TEST_CASE(who_could_not_move_ends_with_its_context) {
    // Not to a strand: what that is refused memory for it keeps, and never runs (Asio's).
    for (const bool all : {false, true})
        until_none_is_refused([&](std::int64_t n) {
            std::optional<asio::io_context> from(std::in_place), to(std::in_place);
            const async_source<> source;
            const auto awaited = source.operation();
            std::optional<executor> target(plain(*to));
            counts c;
            IAsyncAction op;
            bool refused = false;
            {
                const executor first = plain(*from);
                const no_recycled_blocks heap_only;
                heap::refuse_after(n, all);
                try {
                    op = move_and_await(first, *target, awaited, c);
                } catch (const std::bad_alloc&) {
                }
                refused = heap::provide();
            }
            run_ready(*from);
            run_ready(*to);
            const bool waits = op && op.Status() == AsyncStatus::Started;
            target.reset();
            to.reset();
            from.reset();
            source.set_value();
            if (waits)
                BOOST_TEST((op.ErrorCode() == errc::abandoned));
            else
                BOOST_TEST(refused);
            return refused;
        });
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::coroutines_without_memory_test
