// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "heap.hpp"

#include <atomic>
#include <cerrno>
#include <cstdlib>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BENCH_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define BENCH_SANITIZED 1
#endif
#endif

#if defined(__GLIBC__) && !defined(BENCH_SANITIZED)
#define BENCH_COUNTS_HEAP 1
#endif

namespace bench::heap {

namespace {

std::atomic<bool> counting{false};
std::atomic<std::uint64_t> allocations{0};
std::atomic<std::int64_t> live_bytes{0};

} // namespace

bool available() noexcept {
#ifdef BENCH_COUNTS_HEAP
    return true;
#else
    return false;
#endif
}

void start() noexcept {
    allocations = 0;
    live_bytes = 0;
    counting = true;
}

count stop() noexcept {
    counting = false;
    return {allocations, live_bytes};
}

} // namespace bench::heap

#ifdef BENCH_COUNTS_HEAP

#include <malloc.h>

extern "C" {
void* __libc_malloc(std::size_t size) noexcept;
void* __libc_calloc(std::size_t count, std::size_t size) noexcept;
void* __libc_realloc(void* block, std::size_t size) noexcept;
void* __libc_memalign(std::size_t alignment, std::size_t size) noexcept;
void __libc_free(void* block) noexcept;
}

namespace {

bool counting() noexcept { return bench::heap::counting.load(std::memory_order_relaxed); }

std::int64_t footprint(void* block) noexcept {
    return static_cast<std::int64_t>(malloc_usable_size(block) + sizeof(std::size_t));
}

void* allocated(void* block) noexcept {
    if (block) {
        bench::heap::allocations.fetch_add(1, std::memory_order_relaxed);
        bench::heap::live_bytes.fetch_add(footprint(block), std::memory_order_relaxed);
    }
    return block;
}

void freed(void* block) noexcept {
    if (block)
        bench::heap::live_bytes.fetch_sub(footprint(block), std::memory_order_relaxed);
}

} // namespace

extern "C" {

void* malloc(std::size_t size) noexcept {
    if (!counting()) [[likely]]
        return __libc_malloc(size);
    return allocated(__libc_malloc(size));
}

void* calloc(std::size_t count, std::size_t size) noexcept {
    if (!counting()) [[likely]]
        return __libc_calloc(count, size);
    return allocated(__libc_calloc(count, size));
}

void* realloc(void* block, std::size_t size) noexcept {
    if (!counting()) [[likely]]
        return __libc_realloc(block, size);
    freed(block);
    return allocated(__libc_realloc(block, size));
}

void* memalign(std::size_t alignment, std::size_t size) noexcept {
    if (!counting()) [[likely]]
        return __libc_memalign(alignment, size);
    return allocated(__libc_memalign(alignment, size));
}

void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
    return memalign(alignment, size);
}

int posix_memalign(void** result, std::size_t alignment, std::size_t size) noexcept {
    if (alignment % sizeof(void*) != 0 || alignment == 0 || (alignment & (alignment - 1)) != 0)
        return EINVAL;
    void* const block = memalign(alignment, size);
    if (!block)
        return ENOMEM;
    *result = block;
    return 0;
}

void free(void* block) noexcept {
    if (counting()) [[unlikely]]
        freed(block);
    __libc_free(block);
}

} // extern "C"

#endif
