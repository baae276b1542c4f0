//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/base/recycling.hpp>

#include <asyncinfo/detail/asio/context_life.hpp>
#include <asyncinfo/detail/asio/slot_memory.hpp>

#include <mutex>

namespace asyncinfo::detail {

/// Holds surplus blocks of threads, up to a bound, for threads that lack blocks.
class depot {
public:
    using block = recycling::block;

    static depot& instance() {
        // Never destroyed: threads may hand in blocks after main has returned.
        alignas(depot) static unsigned char storage[sizeof(depot)];
        static depot& made = *::new (storage) depot;
        return made;
    }

    /// Returns up to half a thread's worth of blocks, or an empty list.
    recycling::list take(std::size_t index) {
        const std::lock_guard guard(mutex_);
        recycling::list& kept = lists_[index];
        recycling::list taken{};
        while (kept.first && taken.count < batch) {
            block* b = kept.first;
            kept.first = b->next;
            --kept.count;
            b->next = taken.first;
            taken.first = b;
            ++taken.count;
        }
        return taken;
    }

    /// Takes blocks over; blocks beyond the bound go back to the heap.
    ASYNCINFO_NOINLINE void give(recycling::list& given, unsigned count,
                                 std::size_t index) noexcept {
        block* excess = nullptr;
        {
            const std::lock_guard guard(mutex_);
            recycling::list& kept = lists_[index];
            for (; count; --count) {
                block* b = given.first;
                given.first = b->next;
                --given.count;
                block*& target = kept.count < bound ? kept.first : excess;
                if (&target == &kept.first)
                    ++kept.count;
                b->next = target;
                target = b;
            }
        }
        while (excess) {
            block* b = excess;
            excess = b->next;
            ::operator delete(b);
        }
    }

    /// Makes sure that a thread hands over all it has kept when it ends.
    static void arm_thread() {
        struct thread_end {
            ~thread_end() {
                thread_data& own = this_thread();
                own.recycling = recycling::over;
                context_life::forget_last();
                spare_slot_memory::free_all();
                for (std::size_t i = 0; i < recycling::sizes; ++i)
                    instance().give(own.recycled[i], own.recycled[i].count, i);
            }
        };
        if (this_thread().recycling == recycling::fresh) {
            static thread_local thread_end at_thread_end;
            static_cast<void>(at_thread_end);
            this_thread().recycling = recycling::armed;
        }
    }

    static constexpr unsigned batch = recycling::kept_per_thread / 2;
    static constexpr unsigned bound = 8 * recycling::kept_per_thread;

private:
    std::mutex mutex_;
    recycling::list lists_[recycling::sizes] = {};
};

void* recycling::refill(std::size_t index) {
    depot::arm_thread();
    thread_data& own = this_thread();
    list taken = own.recycling == armed ? depot::instance().take(index) : list{};
    if (!taken.first)
        return ::operator new(smallest + index * granularity);
    block* b = taken.first;
    taken.first = b->next;
    --taken.count;
    own.recycled[index] = taken;
    return b;
}

void recycling::spill(block* extra, std::size_t index) noexcept {
    depot::arm_thread();
    if (this_thread().recycling == over)
        return ::operator delete(extra);
    list& own = this_thread().recycled[index];
    if (own.count == kept_per_thread)
        depot::instance().give(own, depot::batch, index);
    extra->next = own.first;
    own.first = extra;
    ++own.count;
}

} // namespace asyncinfo::detail
