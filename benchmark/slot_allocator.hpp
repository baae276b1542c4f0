// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_BENCHMARK_SLOT_ALLOCATOR_HPP
#define ASYNCINFO_BENCHMARK_SLOT_ALLOCATOR_HPP

#include <cstddef>
#include <new>

namespace bench {

/// Room for one allocation.
struct slot {
    alignas(std::max_align_t) std::byte bytes[256];
};

/// Allocates from a slot, so that what belongs to the measurement and not to what is measured
/// leaves the heap, and Asio's recycled blocks, alone.
template <class T>
class slot_allocator {
public:
    using value_type = T;

    explicit slot_allocator(slot& storage) noexcept : slot_(&storage) {}

    template <class U>
    slot_allocator(const slot_allocator<U>& other) noexcept : slot_(other.slot_) {}

    T* allocate(std::size_t count) const {
        if (count * sizeof(T) > sizeof(slot))
            throw std::bad_alloc();
        return reinterpret_cast<T*>(slot_->bytes);
    }

    void deallocate(T*, std::size_t) const noexcept {}

    template <class U>
    bool operator==(const slot_allocator<U>& other) const noexcept {
        return slot_ == other.slot_;
    }

private:
    template <class>
    friend class slot_allocator;

    slot* slot_;
};

} // namespace bench

#endif
