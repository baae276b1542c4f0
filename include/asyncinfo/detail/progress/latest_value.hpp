//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_PROGRESS_LATEST_VALUE_HPP
#define ASYNCINFO_DETAIL_PROGRESS_LATEST_VALUE_HPP

#include <asyncinfo/detail/base/recycling.hpp>

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

/// Holds the value stored last. Any thread may store until the object is sealed. `store` never
/// waits for a reader, whatever the copy constructor of a P does.
///
/// `item` is the form in which a P is passed on: copying it calls nothing of P's.
///
/// For a trivially copyable P, storing and loading are lock-free. `store` writes the value word by
/// word to a free slot and publishes the slot with a version. A reader that sees another version
/// after it has read its slot reads again: only a value stored meanwhile can cause that. (A fence
/// would do with cheaper atomic accesses, but thread sanitizer does not know fences.)
template <typename P, bool = std::is_trivially_copyable_v<P>>
class latest_value {
public:
    using item = P;
    static item make(P&& value) { return value; }
    static const P& get(const item& value) noexcept { return value; }

    /// Returns false and has no effect once the object is sealed.
    bool store(const item& value) noexcept {
        const std::size_t mine = claim();
        write(slots_[mine], value);
        auto seen = published_.load(std::memory_order_relaxed);
        do {
            if (seen & sealed) {
                give_back(mine);
                return false;
            }
        } while (!published_.compare_exchange_weak(seen, ((seen & ~slot_mask) + one_version) | mine,
                                                   std::memory_order_acq_rel,
                                                   std::memory_order_relaxed));
        if (seen >= one_version)
            give_back(seen & slot_mask);
        return true;
    }

    std::optional<P> load() const noexcept {
        auto seen = published_.load(std::memory_order_acquire) & ~sealed;
        while (seen >= one_version) {
            const P value = read(slots_[seen & slot_mask]);
            const auto now = published_.load(std::memory_order_acquire) & ~sealed;
            if (now == seen)
                return value;
            seen = now;
        }
        return std::nullopt;
    }

    void seal() noexcept { published_.fetch_or(sealed, std::memory_order_acq_rel); }
    /// Keeps the value: it needs no destructor.
    void discard() noexcept {}

private:
    using word = std::size_t;

    static constexpr std::size_t words = (sizeof(P) + sizeof(word) - 1) / sizeof(word);
    using slot = std::array<std::atomic<word>, words>;

    // One published slot, and three for threads that store at once without waiting for each other.
    static constexpr std::size_t slot_count = 4;
    static constexpr std::size_t slot_mask = slot_count - 1;
    static constexpr std::size_t sealed = slot_count;
    static constexpr std::size_t one_version = 2 * sealed;

    std::size_t claim() noexcept {
        auto taken = taken_.load(std::memory_order_relaxed);
        for (;;) {
            const auto free = static_cast<unsigned>(std::countr_one(taken));
            if (free == slot_count) {
                std::this_thread::yield();
                taken = taken_.load(std::memory_order_relaxed);
            } else if (taken_.compare_exchange_weak(taken, taken | 1u << free,
                                                    std::memory_order_acquire,
                                                    std::memory_order_relaxed)) {
                return free;
            }
        }
    }

    void give_back(std::size_t index) noexcept {
        taken_.fetch_and(~(1u << index), std::memory_order_release);
    }

    /// A reader that reads a word of a later value also sees that the earlier one is no longer
    /// published: hence release here and acquire in `read`.
    static void write(slot& to, const P& value) noexcept {
        std::array<word, words> bits{};
        std::memcpy(bits.data(), std::addressof(value), sizeof(P));
        for (std::size_t i = 0; i != words; ++i)
            to[i].store(bits[i], std::memory_order_release);
    }

    static P read(const slot& from) noexcept {
        std::array<word, words> bits;
        for (std::size_t i = 0; i != words; ++i)
            bits[i] = from[i].load(std::memory_order_acquire);
        std::array<std::byte, sizeof(P)> bytes;
        std::memcpy(bytes.data(), bits.data(), sizeof(P));
        return std::bit_cast<P>(bytes);
    }

    std::array<slot, slot_count> slots_{};
    std::atomic<std::size_t> published_{0}; ///< version, whether sealed, slot
    std::atomic<unsigned> taken_{0};        ///< a bit for each slot: published, or being written
};

/// For any other P: `make` constructs the value once, before the lock is taken. Only a pointer to
/// it changes hands under the lock.
template <typename P>
class latest_value<P, false> {
public:
    using item = std::shared_ptr<const P>;
    static item make(P&& value) {
        return std::allocate_shared<P>(recycling_allocator<P>(), std::move(value));
    }
    static const P& get(const item& value) noexcept { return *value; }

    bool store(item value) noexcept {
        const std::lock_guard guard(mutex_);
        if (!sealed_)
            latest_.swap(value); // the previous value is released after the lock
        return !sealed_;
    }

    std::optional<P> load() const {
        std::unique_lock lock(mutex_);
        const item value = latest_;
        lock.unlock();
        return value ? std::optional<P>(*value) : std::nullopt;
    }

    void seal() noexcept {
        const std::lock_guard guard(mutex_);
        sealed_ = true;
    }

    void discard() noexcept {
        item released;
        const std::lock_guard guard(mutex_);
        latest_.swap(released);
    }

private:
    mutable std::mutex mutex_;
    item latest_;
    bool sealed_ = false;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_PROGRESS_LATEST_VALUE_HPP
