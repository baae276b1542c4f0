//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_BASE_RECYCLING_HPP
#define ASYNCINFO_DETAIL_BASE_RECYCLING_HPP

#include <asyncinfo/detail/base/this_thread.hpp>

#include <cstddef>
#include <new>

namespace asyncinfo::detail {

/// Keeps freed blocks for the next allocation of their size.
///
/// A thread keeps up to `kept_per_thread` blocks of each size. It exchanges what exceeds that, and
/// what it lacks, in batches with a depot that all threads share, so it does not matter on which
/// thread the last handle is dropped. Only that exchange takes a lock. Sizes above
/// `largest_recycled` go to the heap each time.
///
/// Why not `asio::recycling_allocator`: it recycles only inside a run loop, and two blocks a
/// thread. Why not `std::pmr::synchronized_pool_resource`: it locks on every call.
struct ASYNCINFO_DECL recycling {
    /// The sizes are those that glibc's malloc gives without waste: 24, 40, 56 and so on. Malloc
    /// keeps 8 bytes of each multiple of 16 for itself.
    static constexpr std::size_t granularity = 16;
    static constexpr std::size_t smallest = 24;
    static constexpr std::size_t sizes = thread_data::lists;
    static constexpr std::size_t largest_recycled = smallest + (sizes - 1) * granularity;
    static constexpr unsigned kept_per_thread = 64;

    using block = thread_data::block;
    using list = thread_data::list;

    static void* allocate(std::size_t size) {
#if !defined(ASYNCINFO_DISABLE_BLOCK_RECYCLING)
        if (size <= largest_recycled) {
            list& own = this_thread().recycled[index(size)];
            if (block* b = own.first) {
                own.first = b->next;
                --own.count;
                return b;
            }
            return refill(index(size));
        }
#endif
        return ::operator new(size);
    }

    static void deallocate(void* pointer, std::size_t size) noexcept {
#if !defined(ASYNCINFO_DISABLE_BLOCK_RECYCLING)
        if (size <= largest_recycled) {
            list& own = this_thread().recycled[index(size)];
            if (own.count < kept_per_thread && this_thread().recycling == armed) {
                own.first = ::new (pointer) block{own.first};
                ++own.count;
                return;
            }
            return spill(::new (pointer) block{nullptr}, index(size));
        }
#endif
        ::operator delete(pointer);
        static_cast<void>(size);
    }

    /// True if this thread gives the blocks it keeps to the depot when it ends.
    static bool ends_with_thread() noexcept { return this_thread().recycling == armed; }

private:
    static constexpr std::size_t index(std::size_t size) noexcept {
        return size <= smallest ? 0 : (size - smallest + granularity - 1) / granularity;
    }

    static void* refill(std::size_t index);
    static void spill(block* extra, std::size_t index) noexcept;

    /// A thread keeps blocks only once it is `armed`: its end is then sure to give them to the
    /// depot.
    enum thread_state : unsigned char { fresh, armed, over };

    friend class depot;
};

/// Memory from `recycling`, or from the heap for what needs a larger alignment than that gives.
struct recycled_memory {
    static void* allocate(std::size_t size, std::size_t alignment) {
        return alignment <= __STDCPP_DEFAULT_NEW_ALIGNMENT__
                   ? recycling::allocate(size)
                   : ::operator new(size, std::align_val_t(alignment));
    }

    static void deallocate(void* pointer, std::size_t size, std::size_t alignment) noexcept {
        if (alignment <= __STDCPP_DEFAULT_NEW_ALIGNMENT__)
            recycling::deallocate(pointer, size);
        else
            ::operator delete(pointer, std::align_val_t(alignment));
    }
};

/// The standard allocator interface of `recycling`. An operation, and Asio's own part of it,
/// allocates from this when the user has associated no allocator.
template <typename T>
struct recycling_allocator {
    using value_type = T;

    recycling_allocator() = default;
    template <typename U>
    constexpr recycling_allocator(const recycling_allocator<U>&) noexcept {}

    T* allocate(std::size_t n) {
        return static_cast<T*>(recycled_memory::allocate(n * sizeof(T), alignof(T)));
    }

    void deallocate(T* pointer, std::size_t n) noexcept {
        recycled_memory::deallocate(pointer, n * sizeof(T), alignof(T));
    }

    template <typename U>
    friend constexpr bool operator==(const recycling_allocator&,
                                     const recycling_allocator<U>&) noexcept {
        return true;
    }
};

template <>
struct recycling_allocator<void> {
    using value_type = void;

    recycling_allocator() = default;
    template <typename U>
    constexpr recycling_allocator(const recycling_allocator<U>&) noexcept {}

    template <typename U>
    struct rebind {
        using other = recycling_allocator<U>;
    };

    template <typename U>
    friend constexpr bool operator==(const recycling_allocator&,
                                     const recycling_allocator<U>&) noexcept {
        return true;
    }
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_BASE_RECYCLING_HPP
