// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_TEST_SUPPORT_HEAP_HPP
#define ASYNCINFO_TEST_SUPPORT_HEAP_HPP

#include "sanitizer.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

#if defined(_WIN32)
#include <malloc.h>
#endif

#if defined(__GLIBC__) && !defined(ASYNCINFO_TEST_ASAN) && !defined(ASYNCINFO_TEST_TSAN)
#define ASYNCINFO_TEST_OWNS_MALLOC
#endif

namespace asyncinfo_test {

#if defined(ASYNCINFO_DISABLE_BLOCK_RECYCLING)
inline constexpr bool recycles = false;
#else
inline constexpr bool recycles = true;
#endif

} // namespace asyncinfo_test

/// The heap under the test's control: what is asked of it is counted, or refused.
///
/// Defines the allocation functions of the process; to be included once, in an executable of its
/// own. Asio allocates by `aligned_alloc`, which a replaced operator new does not see, so malloc
/// and its kin are replaced. Where that is not possible (a sanitizer owns them) operator new is,
/// which sees what the library allocates but not what Asio does.
namespace asyncinfo_test::heap {

inline std::atomic<bool> counting{false};
inline std::atomic<std::uint64_t> allocations{0};

/// How many more allocations succeed before one is refused; negative: all do.
inline std::atomic<std::int64_t> left{-1};
/// Refuse one only, or all from then on.
inline std::atomic<bool> refuse_all{false};
inline std::atomic<std::uint64_t> refused{0};

inline bool refuses() noexcept {
    if (counting.load(std::memory_order_relaxed))
        allocations.fetch_add(1, std::memory_order_relaxed);
    if (left.load(std::memory_order_relaxed) < 0)
        return false;
    if (left.fetch_sub(1, std::memory_order_relaxed) > 0)
        return false;
    left = refuse_all ? 0 : -1;
    ++refused;
    return true;
}

/// Counts on all threads.
inline void start_counting() noexcept {
    allocations = 0;
    counting = true;
}

inline std::uint64_t stop_counting() noexcept {
    counting = false;
    return allocations;
}

/// Refuses the allocation after `n` others, of any thread, and with `all` those after it.
inline void refuse_after(std::int64_t n, bool all) noexcept {
    refused = 0;
    refuse_all = all;
    left = n;
}

/// Gives memory again; returns whether any was refused.
inline bool provide() noexcept {
    left = -1;
    return refused != 0;
}

} // namespace asyncinfo_test::heap

#if defined(ASYNCINFO_TEST_OWNS_MALLOC)

extern "C" {

void* __libc_malloc(std::size_t size) noexcept;
void* __libc_calloc(std::size_t count, std::size_t size) noexcept;
void* __libc_realloc(void* block, std::size_t size) noexcept;
void* __libc_memalign(std::size_t alignment, std::size_t size) noexcept;

void* malloc(std::size_t size) noexcept {
    return asyncinfo_test::heap::refuses() ? nullptr : __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) noexcept {
    return asyncinfo_test::heap::refuses() ? nullptr : __libc_calloc(count, size);
}
void* realloc(void* block, std::size_t size) noexcept {
    return asyncinfo_test::heap::refuses() ? nullptr : __libc_realloc(block, size);
}
void* memalign(std::size_t alignment, std::size_t size) noexcept {
    return asyncinfo_test::heap::refuses() ? nullptr : __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
    return memalign(alignment, size);
}
int posix_memalign(void** block, std::size_t alignment, std::size_t size) noexcept {
    *block = memalign(alignment, size);
    return *block ? 0 : 12; // ENOMEM
}

} // extern "C"

#else

namespace asyncinfo_test::heap {

#if defined(_WIN32) // without aligned_alloc; and what it has cannot be given to free
inline void* allocate_aligned(std::size_t alignment, std::size_t size) noexcept {
    return ::_aligned_malloc(size, alignment);
}
inline void free_aligned(void* block) noexcept { ::_aligned_free(block); }
#else
inline void* allocate_aligned(std::size_t alignment, std::size_t size) noexcept {
    return std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}
inline void free_aligned(void* block) noexcept { std::free(block); }
#endif

} // namespace asyncinfo_test::heap

// Not inlined: g++ takes the pairs for mismatched once it sees into one of them.
[[gnu::noinline]] void* operator new(std::size_t size) {
    void* const block = asyncinfo_test::heap::refuses() ? nullptr : std::malloc(size);
    if (!block)
        throw std::bad_alloc();
    return block;
}
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment) {
    using namespace asyncinfo_test::heap;
    const auto a = static_cast<std::size_t>(alignment);
    void* const block = refuses() ? nullptr : allocate_aligned(a, size);
    if (!block)
        throw std::bad_alloc();
    return block;
}
[[gnu::noinline]] void operator delete(void* block) noexcept { std::free(block); }
[[gnu::noinline]] void operator delete(void* block, std::size_t) noexcept { std::free(block); }
[[gnu::noinline]] void operator delete(void* block, std::align_val_t) noexcept {
    asyncinfo_test::heap::free_aligned(block);
}
[[gnu::noinline]] void operator delete(void* block, std::size_t, std::align_val_t) noexcept {
    asyncinfo_test::heap::free_aligned(block);
}

#endif

#endif // ASYNCINFO_TEST_SUPPORT_HEAP_HPP
