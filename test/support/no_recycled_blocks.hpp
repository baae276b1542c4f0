// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_TEST_SUPPORT_NO_RECYCLED_BLOCKS_HPP
#define ASYNCINFO_TEST_SUPPORT_NO_RECYCLED_BLOCKS_HPP

#include <asyncinfo/detail/base/recycling.hpp>

#include "beside_the_library.hpp"
#include "heap.hpp"

namespace asyncinfo_test {

/// Takes all recycled blocks away, so that each that is needed comes from the heap.
class no_recycled_blocks {
public:
    no_recycled_blocks() {
        using asyncinfo::detail::recycling;
        for (std::size_t size = 1; size <= recycling::largest_recycled;
             size += recycling::granularity)
            for (std::uint64_t from_heap = 0; from_heap == 0;) {
                heap::start_counting();
                void* const block = recycling::allocate(size);
                from_heap = heap::stop_counting();
                taken_.push_back({block, size});
            }
    }
    ~no_recycled_blocks() {
        for (const auto& [block, size] : taken_)
            asyncinfo::detail::recycling::deallocate(block, size);
    }
    no_recycled_blocks(const no_recycled_blocks&) = delete;
    no_recycled_blocks& operator=(const no_recycled_blocks&) = delete;

private:
    std::vector<std::pair<void*, std::size_t>> taken_;
};

/// Calls it with 0, 1, 2, ... allocations that are to succeed until it says that none was refused.
/// Returns how often it was called.
template <typename Once>
std::int64_t until_none_is_refused(Once once) {
    for (std::int64_t n = 0;; ++n)
        BOOST_TEST_CONTEXT(n << " allocations succeed") {
            BOOST_REQUIRE(n < 1000);
            if (!once(n))
                return n + 1;
        }
}

} // namespace asyncinfo_test

#endif // ASYNCINFO_TEST_SUPPORT_NO_RECYCLED_BLOCKS_HPP
