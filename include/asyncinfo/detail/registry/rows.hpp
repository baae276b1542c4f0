//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_REGISTRY_ROWS_HPP
#define ASYNCINFO_DETAIL_REGISTRY_ROWS_HPP

#include <asyncinfo/detail/registry/identity.hpp>

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

// What the registry's sources share, and the trace of the console. No other header includes this.
namespace asyncinfo::registry {
struct ended;
struct watched;
} // namespace asyncinfo::registry

namespace asyncinfo::detail {

/// Looks at the contexts that are watched.
std::vector<registry::watched> watched_contexts(std::chrono::steady_clock::time_point now);
/// Calls the handler of `on_unseen_error`.
void call_unseen(const registry::ended& lost) noexcept;

/// A mutex that lives until the process ends, since operations can end after main has returned. One
/// for each `Of`. (Not `constinit`: with mingw-w64 a mutex has a constructor.)
template <typename Of>
std::mutex& lasting_mutex() {
    static auto* const made = new std::mutex;
    return *made;
}

/// A value that one thread writes at a time and others read meanwhile. Who reads a new value also
/// reads, later on, whatever was written before it: that is what `sequence` rests on, below.
template <typename T>
class shown {
public:
    shown() = default;
    constexpr shown(T value) noexcept : value_(value) {}
    void operator=(T value) noexcept { value_.store(value, std::memory_order_release); }
    void operator=(const shown& other) noexcept { *this = T(other); }
    operator T() const noexcept { return value_.load(std::memory_order_acquire); }
    /// For the thread that alone writes it.
    void add(T more) noexcept {
        value_.store(value_.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
    }
    std::atomic<T>& atomic() noexcept { return value_; }

private:
    std::atomic<T> value_{};
};

/// Tells who reads several values whether a writer has changed them meanwhile: odd while somebody
/// writes, and another number after each writing.
class sequence {
public:
    void begin() noexcept { number_.store(now() | 1, std::memory_order_release); }
    void end() noexcept { number_.store(now() + 1, std::memory_order_release); }

    /// Calls `read` and returns true if nobody wrote meanwhile.
    template <typename Read>
    bool read(Read read) const noexcept(noexcept(read())) {
        const auto before = number_.load(std::memory_order_acquire);
        if (before & 1)
            return false;
        read();
        return number_.load(std::memory_order_acquire) == before;
    }

private:
    std::uint32_t now() const noexcept { return number_.load(std::memory_order_relaxed); }

    std::atomic<std::uint32_t> number_{1};
};

/// What operations of one name have in common, or, without a name, those that were started by the
/// same function. Lives until the program ends, as all of the registry's tables do.
struct registry_family {
    std::string_view name;
    std::string_view what;
    unsigned index = 0;
};

/// Where operations start, or are awaited: the name, what is started, its result and the place in
/// the source.
struct registry_site {
    std::string name;
    const char* what_key = nullptr;
    const char* kind_key = nullptr;
    const char* file = nullptr;
    unsigned line = 0;

    std::size_t hash = 0;
    registry_site* next = nullptr; ///< of the same hash
    unsigned index = 0;
    operation_origin origin{};
    std::string what;   ///< for people
    std::string result; ///< for people
    registry_family* family = nullptr;

    /// The site of these operations; null without memory. If there are too many names, a site
    /// without the name.
    static const registry_site* of(const operation_description& description) noexcept;
    bool is_of(const operation_description& description) const noexcept;
    static const registry_site* at(unsigned index) noexcept;
    static const registry_family* family_at(unsigned index) noexcept;

    static constexpr unsigned most = 1 << 14;
};

/// An operation in the registry. It stays where it is, and is used again for another one.
struct registry_row {
    // what `end` says
    static constexpr std::uint8_t over = 1;
    static constexpr std::uint8_t failed = 2;
    // bits of `use`
    static constexpr std::uint8_t gone = 1;   ///< no operation, or its block is being destroyed
    static constexpr std::uint8_t pinned = 2; ///< a thread uses `operation`

    detail::sequence sequence;
    shown<std::uint8_t> end;
    shown<std::uint8_t> use{gone};
    shown<std::uint8_t> looked_at; ///< somebody has asked for the error
    shown<std::uint16_t> context;  ///< see `context_at`
    shown<std::uint32_t> polls;
    shown<std::uint64_t> id;
    shown<std::int64_t> started; ///< times in nanoseconds of the steady clock, 0 for none
    shown<std::uint32_t> site;
    shown<std::uint32_t> awaited_site; ///< 0 while the coroutine awaits nothing
    shown<std::uint64_t> awaited_id;   ///< after the end, see `outcome_of`
    shown<std::uint64_t> parent;       ///< its number times two, plus one for a group
    shown<std::int64_t> asked;         ///< the time times `sources`, plus who asked it to stop
    shown<std::int64_t> when;          ///< the next deadline; after the end, the time of the end
    shown<std::int64_t> progressed;
    shown<std::uint64_t> progress; ///< value and total, two floats; after the end, the category
    union {
        shown<operation_base*> operation;
        registry_row* next; ///< of those that are free
    };

    registry_row() noexcept : operation(nullptr) {}

    /// For the thread that drops the last handle of an operation that has failed.
    registry::ended as_ended() const;

    static std::int64_t now() noexcept {
        return std::chrono::nanoseconds(identity::clock::now().time_since_epoch()).count();
    }
    static constexpr std::int64_t sources = 16;
    /// What remains of the outcome: the error's value, the request's types, the reason.
    static std::uint64_t outcome_of(int value, unsigned types, ending_reason reason) noexcept {
        return std::uint64_t{static_cast<std::uint32_t>(value)} | std::uint64_t{types} << 32 |
               std::uint64_t{static_cast<unsigned>(reason)} << 40;
    }

    static std::uint16_t context_index(const void* context) noexcept;
    static const void* context_at(std::uint16_t index) noexcept;
};

/// What happened to the operations of a family that ended on one thread.
struct registry_counts {
    static constexpr std::size_t buckets = 36;
    shown<std::uint64_t> started;
    shown<std::uint64_t> ended[4]; ///< by status
    shown<std::uint64_t> unseen;
    shown<std::int64_t> sum;
    shown<std::uint64_t> histogram[buckets];
};

/// An operation that has ended.
struct registry_memory {
    detail::sequence sequence;
    shown<std::uint32_t> site;
    shown<std::uint32_t> what; ///< status, reason, types asked for: a byte each
    shown<std::int32_t> code;
    shown<const boost::system::error_category*> category;
    shown<std::uint64_t> id;
    shown<std::uint64_t> parent;
    shown<std::int64_t> started;
    shown<std::int64_t> asked;
    shown<std::int64_t> ended;
};

/// Whether operations that end are recorded one by one, for a trace.
ASYNCINFO_DECL extern std::atomic<bool> registry_tapes_run;

/// What ended on one thread, in order: that thread appends, and one other takes. It has no end.
class registry_tape {
public:
    struct event {
        const registry_site* site;
        std::uint64_t id;
        std::uint64_t parent;
        std::int64_t started;
        std::int64_t ended;
        AsyncStatus status;
        ending_reason reason;
    };

    registry_tape() = default;
    registry_tape(const registry_tape&) = delete;
    registry_tape& operator=(const registry_tape&) = delete;

    /// Without memory, the event is lost.
    void append(const event& added) noexcept {
        const std::size_t count = last_->count.load(std::memory_order_relaxed);
        if (count < chunk::most) {
            last_->events[count] = added;
            last_->count.store(count + 1, std::memory_order_release);
        } else if (auto* const more = new (std::nothrow) chunk) {
            more->events[0] = added;
            more->count.store(1, std::memory_order_relaxed);
            last_->next.store(more, std::memory_order_release);
            last_ = more;
        }
    }

    /// Calls `use` with each event that has come since.
    template <typename Use>
    void take(Use use) {
        for (;;) {
            const std::size_t count = first_->count.load(std::memory_order_acquire);
            while (taken_ < count)
                use(first_->events[taken_++]);
            chunk* const next =
                count == chunk::most ? first_->next.load(std::memory_order_acquire) : nullptr;
            if (!next)
                return;
            if (first_ != &own_)
                delete first_;
            first_ = next;
            taken_ = 0;
        }
    }

private:
    struct chunk {
        static constexpr std::size_t most = 256;
        std::atomic<std::size_t> count{0};
        std::atomic<chunk*> next{nullptr};
        event events[most];
    };

    chunk own_;
    chunk* last_ = &own_;  ///< of the thread that appends
    chunk* first_ = &own_; ///< of the one that takes
    std::size_t taken_ = 0;
};

/// What one thread writes: its rows, counts, and the last operations that ended on it. Others only
/// read it, or give a row back. When the thread ends, the next new one takes it over.
struct registry_shard {
    static constexpr std::size_t kept = 256;
    static constexpr std::size_t chunk = 128;

    struct counts_chunk {
        std::atomic<registry_counts*> of_family[chunk]{};
    };

    /// Where operations were started on this thread, to be found again without a search.
    struct recent_site {
        const registry_site* site = nullptr;
        registry_counts* counts = nullptr;
    };
    static constexpr std::size_t recent_sites = 32;

    recent_site recent[recent_sites];
    registry_row* free = nullptr;
    std::atomic<registry_row*> returned{nullptr}; ///< by other threads
    std::atomic<counts_chunk*> counts[registry_site::most / chunk]{};
    registry_memory memories[kept];
    shown<std::uint64_t> remembered;           ///< how many there have been
    std::atomic<registry_tape*> tape{nullptr}; ///< made when it is needed first
    registry_shard* next = nullptr;            ///< of all
    registry_shard* next_spare = nullptr;

    /// Null without memory, and while the thread ends.
    static registry_shard* of_this_thread() noexcept;
    ASYNCINFO_DECL static registry_shard* first() noexcept;

    registry_row* take_row() noexcept;
    static void give_back(registry_row& row) noexcept;
    /// Without memory, the site or the counts are null.
    recent_site& site_of(const operation_description& description) noexcept;
    /// Null without memory.
    registry_counts* counts_of(const registry_family& family) noexcept;
    void record(const registry_tape::event& event) noexcept;
    registry_memory& next_memory() noexcept { return memories[remembered % kept]; }
};

/// Memory for rows, which is never given back: so that a row can be read while its operation ends.
/// The address of a row tells its slab. (Windows aligns to no more than 8 KB.)
struct alignas(1 << 13) registry_slab {
    static constexpr std::size_t size = (1 << 13) - 64;
    static constexpr std::size_t count = size / sizeof(registry_row);

    registry_slab* next = nullptr; ///< of all
    registry_shard* owner = nullptr;
    registry_row rows[count];

    ASYNCINFO_DECL static registry_slab* first() noexcept;
    static registry_slab& of(registry_row& row) noexcept {
        const auto address = reinterpret_cast<std::uintptr_t>(&row);
        return *reinterpret_cast<registry_slab*>(address & ~(alignof(registry_slab) - 1));
    }
};

static_assert(sizeof(void*) < 8 || sizeof(registry_row) == 96);
static_assert(sizeof(registry_slab) == alignof(registry_slab));

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_REGISTRY_ROWS_HPP
