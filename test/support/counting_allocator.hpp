// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_TEST_SUPPORT_COUNTING_ALLOCATOR_HPP
#define ASYNCINFO_TEST_SUPPORT_COUNTING_ALLOCATOR_HPP

#include "beside_the_library.hpp"

namespace asyncinfo_test {

/// What the allocators that share it have done.
struct allocations {
    std::atomic<int> made = 0;
    std::atomic<int> alive = 0;
    std::atomic<std::size_t> bytes = 0; ///< of those that are alive
    std::atomic<int> budget = INT_MAX;  ///< so many succeed, then `std::bad_alloc`
};

template <typename T>
struct counting_allocator {
    using value_type = T;

    explicit counting_allocator(allocations& c) noexcept : counted(&c) {}
    template <typename U>
    counting_allocator(const counting_allocator<U>& other) noexcept : counted(other.counted) {}

    T* allocate(std::size_t n) {
        if (counted->budget-- <= 0)
            throw std::bad_alloc();
        T* const memory = std::allocator<T>().allocate(n);
        ++counted->made;
        ++counted->alive;
        counted->bytes += n * sizeof(T);
        return memory;
    }

    void deallocate(T* memory, std::size_t n) noexcept {
        --counted->alive;
        counted->bytes -= n * sizeof(T);
        std::allocator<T>().deallocate(memory, n);
    }

    template <typename U>
    friend bool operator==(const counting_allocator& a, const counting_allocator<U>& b) noexcept {
        return a.counted == b.counted;
    }

    allocations* counted;
};

} // namespace asyncinfo_test

#endif // ASYNCINFO_TEST_SUPPORT_COUNTING_ALLOCATOR_HPP
