//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
// What operations write in the registry, on their way.

#include <asyncinfo/detail/registry/rows.hpp>

#include <asyncinfo/detail/block/operation_base.hpp>
#include <asyncinfo/registry.hpp>

#include <bit>
#include <limits>
#include <mutex>
#include <new>
#include <thread>
#include <utility>

#if defined(ASYNCINFO_THREAD_LOCALS_GO_FIRST)
#include <pthread.h>
#endif

namespace asyncinfo::detail {

constinit std::atomic<bool> registry_is_on{false};
constinit std::atomic<bool> registry_tapes_run{false};

namespace {

constinit std::atomic<registry_shard*> first_shard{nullptr};
constinit std::atomic<registry_slab*> first_slab{nullptr};
constinit registry_shard* first_spare = nullptr;
constinit thread_local registry_shard* shard_of_this_thread = nullptr;
constinit thread_local bool thread_is_over = false;

template <typename T>
void push(std::atomic<T*>& list, T* added) noexcept {
    added->next = list.load(std::memory_order_relaxed);
    while (!list.compare_exchange_weak(added->next, added, std::memory_order_release,
                                       std::memory_order_relaxed)) {
    }
}

/// This thread ends: leaves its shard to the next thread.
void leave(registry_shard* left) noexcept {
    thread_is_over = true;
    shard_of_this_thread = nullptr;
    const std::lock_guard guard(lasting_mutex<registry_shard>());
    left->next_spare = std::exchange(first_spare, left);
}

/// Has `leave(taken)` called when this thread ends.
void leave_at_the_end(registry_shard* taken) noexcept {
#if defined(ASYNCINFO_THREAD_LOCALS_GO_FIRST)
    static const pthread_key_t key = [] {
        pthread_key_t made{};
        pthread_key_create(&made, [](void* left) { leave(static_cast<registry_shard*>(left)); });
        return made;
    }();
    pthread_setspecific(key, taken);
#else
    struct thread_end {
        explicit thread_end(registry_shard* s) : shard(s) {}
        ~thread_end() { leave(shard); }
        registry_shard* shard;
    };
    static thread_local const thread_end at_thread_end(taken);
    static_cast<void>(at_thread_end);
#endif
}

/// The execution contexts of operations, by number, so that a row needs two bytes for one. Those
/// that do not find room are not shown.
struct context_table {
    static constexpr std::size_t most = 1 << 10;
    static constexpr std::size_t tries = 16;
    std::atomic<const void*> at[most]{};
};
constinit context_table contexts;

std::size_t bucket_of(std::int64_t nanoseconds) noexcept {
    const auto microseconds =
        static_cast<std::uint64_t>((std::max)(nanoseconds, std::int64_t{})) / 1000;
    return (std::min)(static_cast<std::size_t>(std::bit_width(microseconds)),
                      registry_counts::buckets - 1);
}

} // namespace

// --- Shards -------------------------------------------------------------------------------------

registry_shard* registry_shard::of_this_thread() noexcept {
    if (shard_of_this_thread || thread_is_over)
        return shard_of_this_thread;
    registry_shard* taken = nullptr;
    {
        const std::lock_guard guard(lasting_mutex<registry_shard>());
        if (first_spare)
            taken = std::exchange(first_spare, first_spare->next_spare);
    }
    if (!taken) {
        taken = new (std::nothrow) registry_shard;
        if (!taken)
            return nullptr;
        push(first_shard, taken);
    }
    leave_at_the_end(taken);
    return shard_of_this_thread = taken;
}

registry_shard* registry_shard::first() noexcept {
    return first_shard.load(std::memory_order_acquire);
}

registry_row* registry_shard::take_row() noexcept {
    if (!free)
        free = returned.exchange(nullptr, std::memory_order_acquire);
    if (!free) {
        auto* const slab = new (std::nothrow) registry_slab;
        if (!slab)
            return nullptr;
        slab->owner = this;
        for (registry_row& row : slab->rows)
            row.next = std::exchange(free, &row);
        push(first_slab, slab);
    }
    return std::exchange(free, free->next);
}

void registry_shard::give_back(registry_row& row) noexcept {
    registry_shard* const owner = registry_slab::of(row).owner;
    row.sequence.begin();
    if (owner == shard_of_this_thread)
        row.next = std::exchange(owner->free, &row);
    else
        push(owner->returned, &row);
}

registry_shard::recent_site&
registry_shard::site_of(const operation_description& described) noexcept {
    const auto key = reinterpret_cast<std::uintptr_t>(
        described.what_text ? described.what_text : described.what_type.raw_name());
    recent_site& found = recent[(key / 8 + described.line + described.name.size()) % recent_sites];
    if (!found.site || !found.site->is_of(described)) {
        found.site = registry_site::of(described);
        found.counts = found.site ? counts_of(*found.site->family) : nullptr;
    }
    return found;
}

registry_counts* registry_shard::counts_of(const registry_family& family) noexcept {
    auto& kept_chunk = counts[family.index / chunk];
    counts_chunk* found = kept_chunk.load(std::memory_order_relaxed);
    if (!found) {
        found = new (std::nothrow) counts_chunk;
        if (!found)
            return nullptr;
        kept_chunk.store(found, std::memory_order_release);
    }
    auto& kept_counts = found->of_family[family.index % chunk];
    registry_counts* of_family = kept_counts.load(std::memory_order_relaxed);
    if (!of_family) {
        of_family = new (std::nothrow) registry_counts;
        kept_counts.store(of_family, std::memory_order_release);
    }
    return of_family;
}

void registry_shard::record(const registry_tape::event& event) noexcept {
    registry_tape* own = tape.load(std::memory_order_relaxed);
    if (!own) {
        own = new (std::nothrow) registry_tape;
        if (!own)
            return;
        tape.store(own, std::memory_order_release);
    }
    own->append(event);
}

registry_slab* registry_slab::first() noexcept {
    return first_slab.load(std::memory_order_acquire);
}

std::uint16_t registry_row::context_index(const void* context) noexcept {
    if (!context)
        return 0;
    const auto start = reinterpret_cast<std::uintptr_t>(context) / 64;
    for (std::size_t i = 0; i < context_table::tries; ++i) {
        const std::size_t index = (start + i) % (context_table::most - 1) + 1;
        const void* known = contexts.at[index].load(std::memory_order_relaxed);
        if (!known)
            contexts.at[index].compare_exchange_strong(known, context, std::memory_order_relaxed);
        if (!known || known == context)
            return static_cast<std::uint16_t>(index);
    }
    return 0;
}

const void* registry_row::context_at(std::uint16_t index) noexcept {
    return contexts.at[index].load(std::memory_order_relaxed);
}

// --- An operation's row -------------------------------------------------------------------------

void identity::fetch_ids() noexcept {
    constexpr std::uint64_t batch = 1024;
    static constinit std::atomic<std::uint64_t> unused{1};
    thread_data& own = this_thread();
    own.next_id = unused.fetch_add(batch, std::memory_order_relaxed);
    own.end_of_ids = own.next_id + batch;
}

std::uint64_t identity::tracked_id() const noexcept { return row().id; }

void identity::track(operation_base& operation, const operation_description& described) noexcept {
    registry_shard* const shard = registry_shard::of_this_thread();
    if (!shard)
        return;
    const auto [site, counts] = shard->site_of(described);
    registry_row* const taken = site ? shard->take_row() : nullptr;
    if (!taken)
        return;
    if (counts)
        counts->started.add(1);
    taken->end = 0;
    taken->looked_at = 0;
    taken->polls = 0;
    taken->context = registry_row::context_index(described.context);
    taken->id = id();
    taken->started = registry_row::now();
    taken->site = site->index;
    taken->awaited_site = 0;
    taken->awaited_id = 0;
    taken->parent = 0;
    taken->asked = 0;
    taken->when = 0;
    taken->progressed = 0;
    taken->progress = 0;
    taken->operation = &operation;
    word_ = reinterpret_cast<std::uintptr_t>(taken);
    taken->sequence.end();
    taken->use = 0; // last: whoever pins the row sees all of it
}

void identity::asked(cancel_source by) noexcept {
    std::int64_t never = 0;
    if (!row().end)
        row().asked.atomic().compare_exchange_strong(
            never, registry_row::now() * registry_row::sources + static_cast<int>(by),
            std::memory_order_acq_rel);
}

/// Stores a value, unless the operation has ended: the place has another meaning then.
template <typename T>
static void store_while_it_runs(const registry_row& row, shown<T>& place, T value) noexcept {
    T before = place;
    if (!row.end)
        place.atomic().compare_exchange_strong(before, value, std::memory_order_acq_rel);
}

void identity::has_deadline(clock::time_point next) noexcept {
    store_while_it_runs(
        row(), row().when,
        next == (clock::time_point::max)()
            ? std::int64_t{}
            : std::int64_t{std::chrono::nanoseconds(next.time_since_epoch()).count()});
}

void identity::has_context(const void* context) noexcept {
    row().context = registry_row::context_index(context);
}

void identity::progressed(double value, double total) noexcept {
    const auto bits = [](double number) {
        return std::uint64_t{std::bit_cast<std::uint32_t>(static_cast<float>(number))};
    };
    store_while_it_runs(row(), row().progress, bits(value) | bits(total) << 32);
    row().progressed = registry_row::now();
}

void identity::belongs_to(std::uint64_t parent, bool is_group) noexcept {
    row().parent = parent << 1 | static_cast<unsigned>(is_group);
}

void identity::awaits(std::uint64_t id, const boost::typeindex::type_index& type,
                      const std::source_location& where) noexcept {
    const registry_site* const site = registry_site::of({.origin = operation_origin::initiated,
                                                         .name = {},
                                                         .what_type = type,
                                                         .kind = type,
                                                         .file = where.file_name(),
                                                         .line = where.line()});
    row().awaited_id = id;
    row().awaited_site = site ? site->index : 0;
}

void identity::awaits_nothing() noexcept {
    row().awaited_site = 0;
    row().awaited_id = 0;
}

void identity::ended(AsyncStatus status, const boost::system::error_code& code,
                     ending_reason reason, unsigned asked_types) noexcept {
    registry_row& own = row();
    const std::int64_t now = registry_row::now();
    own.end = status == AsyncStatus::Error ? registry_row::failed : registry_row::over;
    own.when = now; // after that, so that nobody takes it for a deadline
    own.awaited_id = registry_row::outcome_of(code.value(), asked_types, reason);
    own.progress = reinterpret_cast<std::uintptr_t>(&code.category());
    registry_shard* const shard = registry_shard::of_this_thread();
    if (!shard)
        return;
    const auto* const site = registry_site::at(own.site);
    if (registry_counts* const counts = shard->counts_of(*site->family)) {
        const std::int64_t took = now - own.started;
        counts->ended[static_cast<int>(status)].add(1);
        counts->sum.add(took);
        counts->histogram[bucket_of(took)].add(1);
    }
    registry_memory& memory = shard->next_memory();
    memory.sequence.begin();
    memory.site = own.site;
    memory.what =
        static_cast<unsigned>(status) | static_cast<unsigned>(reason) << 8 | asked_types << 16;
    memory.code = code.value();
    memory.category = &code.category();
    memory.id = own.id;
    memory.parent = own.parent;
    memory.started = own.started;
    memory.asked = asked_types ? std::int64_t(own.asked) : 0;
    memory.ended = now;
    memory.sequence.end();
    shard->remembered.add(1);
    if (registry_tapes_run.load(std::memory_order_relaxed))
        shard->record(
            {site, own.id, own.parent & 1 ? 0 : own.parent >> 1, own.started, now, status, reason});
}

void identity::seen() noexcept { row().looked_at = 1; }

void identity::polled() noexcept {
    auto& polls = row().polls.atomic();
    polls.store(polls.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

void identity::complete(async_ending& ending) const noexcept {
    const std::int64_t asked = row().asked;
    if (asked == 0 || ending.asked_types == boost::asio::cancellation_type::none)
        return;
    const auto time = [](std::int64_t count) {
        return clock::time_point(
            std::chrono::duration_cast<clock::duration>(std::chrono::nanoseconds(count)));
    };
    ending.asked_by = static_cast<cancel_source>(asked % registry_row::sources);
    ending.asked_at = time(asked / registry_row::sources);
    if (row().end)
        ending.stopped_after = time(row().when) - *ending.asked_at;
}

/// The operation failed, and nobody has asked for the error.
void identity::lose_error() noexcept {
    const registry_row& own = row();
    if (registry_shard* const shard = registry_shard::of_this_thread())
        if (auto* const counts = shard->counts_of(*registry_site::at(own.site)->family))
            counts->unseen.add(1);
    call_unseen(own.as_ended());
}

void identity::forget() noexcept {
    registry_row& own = row();
    own.use.atomic().fetch_or(registry_row::gone, std::memory_order_acq_rel);
    if (own.end == registry_row::failed && !own.looked_at)
        lose_error();
    // A thread that cancels by number holds it for some instructions.
    while (own.use & registry_row::pinned)
        std::this_thread::yield();
    registry_shard::give_back(own);
}

} // namespace asyncinfo::detail
