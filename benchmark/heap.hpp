// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_BENCHMARK_HEAP_HPP
#define ASYNCINFO_BENCHMARK_HEAP_HPP

#include <cstddef>
#include <cstdint>

/// Counts what the whole process asks of the heap, at the level of malloc and aligned_alloc.
///
/// Asio allocates with aligned_alloc, which a replaced operator new does not see; therefore the
/// executable defines the allocation functions of the C library, and operator new lands in them
/// as well. Outside start() and stop() they cost one predicted branch.
namespace bench::heap {

/// Whether this build can count: it needs glibc, and no sanitizer that owns malloc.
bool available() noexcept;

struct count {
    std::uint64_t allocations = 0;
    /// Bytes allocated and not freed, each block with the word that glibc keeps for it.
    std::int64_t live_bytes = 0;
};

/// Begins to count, on all threads, from zero.
void start() noexcept;

/// Ends to count; returns what happened since start().
count stop() noexcept;

} // namespace bench::heap

#endif
