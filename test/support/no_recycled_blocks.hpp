// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_TEST_SUPPORT_NO_RECYCLED_BLOCKS_HPP
#define ASYNCINFO_TEST_SUPPORT_NO_RECYCLED_BLOCKS_HPP

#include <asyncinfo/detail/base/recycling.hpp>

#include "heap.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

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

} // namespace asyncinfo_test

#endif // ASYNCINFO_TEST_SUPPORT_NO_RECYCLED_BLOCKS_HPP
