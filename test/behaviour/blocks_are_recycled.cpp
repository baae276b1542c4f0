// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §8: without an associated allocator blocks are recycled, wherever the last handle is dropped. How
/// many heap allocations that saves is counted in standalone/allocation_count.cpp; this is about the
/// blocks: none is lost, doubled or of the wrong size or alignment.
namespace asyncinfo_test::blocks_are_recycled_test {
namespace {

using asyncinfo::detail::recycling;
using asyncinfo::detail::recycling_allocator;

/// One of the sizes that others are rounded up to, and used by nobody else.
constexpr std::size_t kept_size = recycling::smallest + 54 * recycling::granularity;

using blocks = std::vector<void*>;

/// Blocks that may be written to, all of them.
blocks allocate(std::size_t count, std::size_t size) {
    blocks all;
    for (std::size_t n = 0; n < count; ++n) {
        all.push_back(recycling::allocate(size));
        std::memset(all.back(), 0x5a, size);
    }
    return all;
}

void deallocate(const blocks& all, std::size_t size) {
    for (void* b : all)
        recycling::deallocate(b, size);
}

template <typename Function>
void on_new_thread(Function function) {
    std::thread(function).join();
}

/// How many of these are among those.
[[maybe_unused]] std::size_t common(const blocks& these, const blocks& those) {
    const std::set<void*> known(those.begin(), those.end());
    std::size_t n = 0;
    for (void* b : these)
        n += known.count(b);
    return n;
}

/// Counts how often it is not where it should be.
struct alignas(128) aligned {
    aligned() { check(); }
    aligned(const aligned& other) {
        check();
        other.check();
    }
    void check() const { misplaced += reinterpret_cast<std::uintptr_t>(this) % 128 != 0; }

    char c = 'x';
    static inline int misplaced = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(blocks_are_recycled)

BOOST_AUTO_TEST_CASE(all_blocks_in_use_are_different) {
    for (const std::size_t size : {std::size_t{1}, std::size_t{16}, std::size_t{17},
                                   recycling::largest_recycled, recycling::largest_recycled + 1}) {
        for (int n = 0; n < 3; ++n) {
            const auto all = allocate(100, size);
            BOOST_TEST(std::set<void*>(all.begin(), all.end()).size() == all.size());
            deallocate(all, size);
        }
    }
}

#if !defined(ASYNCINFO_DISABLE_BLOCK_RECYCLING)

BOOST_AUTO_TEST_CASE(the_same_thread_gets_them_back) {
    constexpr std::size_t count = recycling::kept_per_thread;
    const auto first = allocate(count, kept_size - 8);
    deallocate(first, kept_size - 8);
    // Of the same size but for what it is rounded up to.
    const auto second = allocate(count, kept_size);
    BOOST_TEST(common(second, first) == count);
    // They are out now.
    const auto third = allocate(count, kept_size - 8);
    BOOST_TEST(common(third, first) == 0u);
    deallocate(second, kept_size);
    deallocate(third, kept_size - 8);
}

// Nothing is kept for a larger block than it is.
BOOST_AUTO_TEST_CASE(sizes_are_kept_apart) {
    const auto small = allocate(8, kept_size);
    deallocate(small, kept_size);
    const auto large = allocate(8, kept_size + 1);
    BOOST_TEST(common(large, small) == 0u);
    deallocate(large, kept_size + 1);
}

BOOST_AUTO_TEST_CASE(another_thread_gets_them_back) {
    // More than a thread keeps, so that some are handed over at once and the rest at its end.
    constexpr std::size_t count = 3 * recycling::kept_per_thread;
    constexpr std::size_t size = 1000;
    blocks first;
    on_new_thread([&] { first = allocate(count, size); });
    on_new_thread([&] { deallocate(first, size); });
    blocks second;
    on_new_thread([&] { second = allocate(count, size); });
    BOOST_TEST(common(second, first) == count);
    deallocate(second, size);
}

BOOST_AUTO_TEST_CASE(a_living_thread_hands_over_what_it_has_too_many_of) {
    constexpr std::size_t count = 3 * recycling::kept_per_thread;
    constexpr std::size_t size = 984;
    blocks first;
    blocks second;
    on_new_thread([&] {
        first = allocate(count, size);
        deallocate(first, size);
        on_new_thread([&] { second = allocate(recycling::kept_per_thread, size); });
        deallocate(second, size);
    });
    BOOST_TEST(common(second, first) == recycling::kept_per_thread);
}

BOOST_AUTO_TEST_CASE(short_lived_threads_lose_nothing) {
    constexpr std::size_t size = 968;
    std::set<void*> seen;
    for (int n = 0; n < 200; ++n)
        on_new_thread([&] {
            const auto all = allocate(4, size);
            seen.insert(all.begin(), all.end());
            deallocate(all, size);
        });
    // Had they been lost, memory for new ones would have come from elsewhere.
    BOOST_TEST(seen.size() == 4u);
}

#endif

#if !defined(__MINGW32__) // which frees the handle's memory before it calls the destructor

// A handle in a thread_local that is destroyed after the thread has handed its blocks over.
BOOST_AUTO_TEST_CASE(blocks_are_freed_and_allocated_when_the_thread_is_over) {
    using operation = IAsyncOperation<std::shared_ptr<int>>;
    struct late {
        std::optional<operation> op;
        ~late() {
            op.reset();
            const auto all = allocate(3, 64);
            deallocate(all, 64);
        }
    };
    std::weak_ptr<int> result;
    bool kept = false;
    on_new_thread([&] {
        static thread_local late keeper; // constructed before the thread's first block
        pending<void(error_code, std::shared_ptr<int>)> source;
        keeper.op = source.start(use_async_info);
        auto value = std::make_shared<int>(1);
        result = value;
        source.complete({}, std::move(value));
        kept = !result.expired();
    });
    BOOST_TEST(kept);
    BOOST_TEST(result.expired());
}

#endif

BOOST_AUTO_TEST_CASE(large_results) {
    using large = std::array<unsigned char, 2 * recycling::largest_recycled>;
    for (int n = 0; n < 3; ++n) {
        pending<void(error_code, large)> source;
        const auto op = source.start(use_async_info);
        large value{};
        value.back() = 7;
        source.complete({}, value);
        BOOST_TEST(op.GetResults().back() == 7);
    }
}

BOOST_AUTO_TEST_CASE(over_aligned_results) {
    asio::io_context context;
    const asio::any_io_executor strand = asio::make_strand(context);
    std::vector<IAsyncOperation<aligned>> kept;
    for (int n = 0; n < 8; ++n) {
        pending<void(error_code, aligned)> source;
        kept.push_back(n % 2 ? source.start_on(strand, use_async_info)
                             : source.start(use_async_info));
        source.complete({}, aligned());
    }
    for (const auto& op : kept)
        BOOST_TEST(op.GetResults().c == 'x');
    BOOST_TEST(aligned::misplaced == 0);

    recycling_allocator<aligned> allocator;
    std::vector<aligned*> all;
    for (int n = 0; n < 8; ++n)
        all.push_back(::new (allocator.allocate(1)) aligned);
    BOOST_TEST(aligned::misplaced == 0);
    for (aligned* a : all)
        allocator.deallocate(a, 1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::blocks_are_recycled_test
