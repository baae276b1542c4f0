//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_BASE_MEMORY_FOR_HPP
#define ASYNCINFO_DETAIL_BASE_MEMORY_FOR_HPP

#include <asyncinfo/detail/base/recycling.hpp>

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
    explicit memory_for(const Allocator& from = Allocator())
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
    static void destroy(T* made, Allocator from = Allocator()) noexcept {
        allocator_type allocator(std::move(from));
        std::destroy_at(made);
        traits::deallocate(allocator, made, 1);
    }

private:
    allocator_type allocator_;
    T* memory_;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_BASE_MEMORY_FOR_HPP
