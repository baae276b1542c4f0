// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §8: an operation has one block. Where an `any_io_executor` holds the executor of an `io_context`,
/// the block is as small as with that executor itself. Any other executor makes the block larger, by
/// the room for it, and needs no second one.
namespace asyncinfo_test::blocks_are_small_test {
namespace {

/// The bytes of the block of an operation that has this executor until it ends.
template <typename Executor>
std::size_t size_of_block(const Executor& executor) {
    allocations now;
    std::size_t bytes = 0;
    {
        pending<void(error_code, int)> source;
        auto op = source.start_on(
            executor, asio::bind_allocator(counting_allocator<void>(now), use_async_info));
        BOOST_TEST(now.alive == 1);
        bytes = now.bytes;
        BOOST_TEST((op.get_executor() == executor));
        source.complete({}, 7);
        BOOST_TEST(op.GetResults() == 7);
        BOOST_TEST(now.bytes == bytes);
    }
    BOOST_TEST(now.alive == 0);
    BOOST_TEST(now.bytes == 0);
    return bytes;
}

} // namespace

BOOST_AUTO_TEST_SUITE(blocks_are_small)

BOOST_AUTO_TEST_CASE(with_the_executor_of_an_io_context) {
    asio::io_context context;
    const auto own = context.get_executor();
    BOOST_TEST(size_of_block(asio::any_io_executor(own)) == size_of_block(own));
}

BOOST_AUTO_TEST_CASE(with_any_other_executor) {
    asio::io_context context;
    asio::thread_pool pool(1);
    const auto aligned = alignof(std::atomic<std::uint64_t>); // as the block
    const auto room = (sizeof(asio::any_io_executor) + aligned - 1) / aligned * aligned;
    const auto small = size_of_block(context.get_executor());
    const auto check = [&](const asio::any_io_executor& executor) {
        BOOST_TEST(size_of_block(executor) == small + room);
    };
    check(asio::make_strand(context));
    check(asio::make_strand(asio::any_io_executor(context.get_executor())));
    check(asio::make_strand(pool));
    check(pool.get_executor());
}

// The operation fails to start after its block was allocated.
BOOST_AUTO_TEST_CASE(without_memory_for_the_rest) {
    asio::io_context context;
    const std::string name(1000, 'x');
    for (const asio::any_io_executor& executor :
         {asio::any_io_executor(context.get_executor()),
          asio::any_io_executor(asio::make_strand(context))}) {
        allocations blocks;
        blocks.budget = 1;
        pending<void(error_code, int)> source;
        BOOST_CHECK_THROW(static_cast<void>(source.start_on(
                              executor, asio::bind_allocator(counting_allocator<void>(blocks),
                                                             use_async_info.named(name)))),
                          std::bad_alloc);
        BOOST_TEST(blocks.made == 1);
        BOOST_TEST(blocks.alive == 0);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::blocks_are_small_test
