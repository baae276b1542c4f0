//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_BASE_MEMORY_FOR_HPP
#define ASYNCINFO_DETAIL_BASE_MEMORY_FOR_HPP

#include <asyncinfo/detail/base/recycling.hpp>

#include <cstddef>
#include <memory>
#include <utility>

namespace asyncinfo::detail {

/// Memory for one T from an allocator. The destructor deallocates it unless `keep` was called. The
/// caller constructs the T, whose constructor may be private:
///
///     memory_for<T> memory;
///     return memory.keep(::new (memory.place()) T(arguments));
template <typename T, typename Allocator = recycling_allocator<void>>
class memory_for {
    using traits = typename std::allocator_traits<Allocator>::template rebind_traits<T>;
    using allocator_type = typename traits::allocator_type;

public:
    explicit memory_for(const Allocator& from)
        : allocator_(from), memory_(std::to_address(traits::allocate(allocator_, 1))) {}
    memory_for(const memory_for&) = delete;
    memory_for& operator=(const memory_for&) = delete;
    ~memory_for() {
        if (memory_)
            traits::deallocate(allocator_, memory_, 1);
    }

    void* place() const noexcept { return memory_; }

    /// What was made may also be the first part of a T.
    template <typename Made>
    Made* keep(Made* made) noexcept {
        memory_ = nullptr;
        return made;
    }

    /// Destroys a T that was made in such memory. `from` is a copy, since the allocator may be a
    /// part of the T.
    static void destroy(T* made, Allocator from) noexcept {
        allocator_type allocator(std::move(from));
        std::destroy_at(made);
        traits::deallocate(allocator, made, 1);
    }

private:
    allocator_type allocator_;
    T* memory_;
};

/// What `memory_for` does without an allocator that somebody has bound. Nearly all do, and a
/// program has hundreds of such T: what does not depend on T is compiled once.
class recycled_memory_for {
public:
    recycled_memory_for(std::size_t size, std::size_t alignment)
        : memory_(recycled_memory::allocate(size, alignment)), size_(size), alignment_(alignment) {}
    recycled_memory_for(const recycled_memory_for&) = delete;
    recycled_memory_for& operator=(const recycled_memory_for&) = delete;
    ~recycled_memory_for() {
        if (memory_)
            recycled_memory::deallocate(memory_, size_, alignment_);
    }

    void* place() const noexcept { return memory_; }

    template <typename Made>
    Made* keep(Made* made) noexcept {
        memory_ = nullptr;
        return made;
    }

private:
    void* memory_;
    const std::size_t size_, alignment_;
};

template <typename T, typename U>
class memory_for<T, recycling_allocator<U>> : public recycled_memory_for {
public:
    explicit memory_for(recycling_allocator<U> = {}) : recycled_memory_for(sizeof(T), alignof(T)) {}

    static void destroy(T* made, recycling_allocator<U> = {}) noexcept {
        made->~T();
        recycled_memory::deallocate(made, sizeof(T), alignof(T));
    }
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_BASE_MEMORY_FOR_HPP
