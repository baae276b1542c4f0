// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// A group allocates nothing in steady state, and where memory is refused nothing has been done. A
// name costs nothing to operations without one.

#include "support/heap.hpp"
#include "support/no_recycled_blocks.hpp"
#include "support/test.hpp"

namespace asyncinfo_test::groups_and_memory_test {
namespace {

/// Allocations of `round` once it has warmed up.
template <typename Round>
std::uint64_t allocations_of(Round round) {
    for (int i = 0; i != 200; ++i)
        round();
    heap::start_counting();
    for (int i = 0; i != 200; ++i)
        round();
    return heap::stop_counting();
}

} // namespace

BOOST_AUTO_TEST_SUITE(groups_and_memory)

#if !defined(ASYNCINFO_DISABLE_BLOCK_RECYCLING)
BOOST_AUTO_TEST_CASE(steady_state_allocates_nothing) {
    operation_group<int> group;
    int sum = 0;
    BOOST_TEST(allocations_of([&] {
                   async_source<> sources[16];
                   for (auto& s : sources)
                       group.add(s.operation(), 1);
                   for (auto& s : sources)
                       s.set_value();
                   sum += group.try_next()->tag;
                   group.drain([&](auto entry) { sum += entry.tag; });
               }) == 0u);
    BOOST_TEST(sum == 400 * 16);
}

BOOST_AUTO_TEST_CASE(nor_do_waits_and_calls_on_an_executor) {
    asio::io_context context;
    operation_group<int> group;
    int sum = 0;
    const auto round = [&] {
        async_source<> sources[2];
        for (auto& s : sources)
            group.add(s.operation(), 1);
        group.async_next(asio::bind_executor(
            context, [&](error_code, std::optional<operation_group<int>::entry> next) {
                sum += next->tag;
            }));
        for (auto& s : sources)
            s.set_value();
        run_again(context);
    };
    group.on_next(context.get_executor(), [&](auto entry) { sum += entry.tag; });
    BOOST_TEST(allocations_of(round) == 0u);
    BOOST_TEST(sum == 400 * 2);
}

BOOST_AUTO_TEST_CASE(nor_does_a_short_name) {
    asio::io_context context;
    BOOST_TEST(allocations_of([&] {
                   const auto op = asio::post(context, use_async_info.named("login"));
                   run_again(context);
                   BOOST_REQUIRE(op.name() == "login");
               }) == 0u);
}
#endif

BOOST_AUTO_TEST_CASE(without_memory_nothing_is_added) {
    operation_group<int> group;
    async_source<> inside, op;
    group.add(inside.operation(), 1);
    const auto refusals = until_none_is_refused([&](std::int64_t n) {
                              const no_recycled_blocks lack;
                              heap::refuse_after(n, true);
                              try {
                                  BOOST_TEST(group.add(op.operation(), 2));
                              } catch (const std::bad_alloc&) {
                                  heap::provide();
                                  BOOST_TEST(group.size() == 1u);
                                  BOOST_TEST(op.operation().Status() == AsyncStatus::Started);
                                  return true;
                              }
                              return heap::provide();
                          }) -
                          1;
    BOOST_TEST(refusals >= 1);
    BOOST_TEST((recycles || refusals == 1)); // otherwise blocks are fetched by the batch
    op.set_value();
    BOOST_TEST(group.try_next()->tag == 2);
}

BOOST_AUTO_TEST_CASE(without_memory_all_can_be_cancelled) {
    operation_group<> group;
    async_source<> a, b;
    group.add(a.operation());
    group.add(b.operation());
    heap::refuse_after(0, true);
    group.cancel_all();
    heap::provide();
    BOOST_TEST(a.operation().cancel_requested());
    BOOST_TEST(b.operation().cancel_requested());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::groups_and_memory_test
