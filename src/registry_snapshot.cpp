//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
// What is read from the registry.

#include <asyncinfo/registry.hpp>

#include <asyncinfo/detail/block/operation_base.hpp>
#include <asyncinfo/detail/core/request_types.hpp>
#include <asyncinfo/detail/registry/rows.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <mutex>
#include <string_view>

namespace asyncinfo::registry {
namespace {

using detail::registry_row;
using detail::registry_site;

clock::time_point time_of(std::int64_t nanoseconds) noexcept {
    return clock::time_point(
        std::chrono::duration_cast<clock::duration>(std::chrono::nanoseconds(nanoseconds)));
}

location place_of(const registry_site& site) noexcept {
    return {site.file ? std::string_view(site.file) : std::string_view(), site.line};
}

std::optional<registry::request> request_in(const registry_row& row) noexcept {
    const std::int64_t asked = row.asked;
    if (asked == 0)
        return {};
    return registry::request{static_cast<cancel_source>(asked % registry_row::sources),
                             time_of(asked / registry_row::sources)};
}

std::optional<registry::progress> progress_in(const registry_row& row) noexcept {
    const std::int64_t at = row.progressed;
    if (at == 0)
        return {};
    const std::uint64_t bits = row.progress;
    const auto number = [](std::uint64_t half) {
        return std::bit_cast<float>(static_cast<std::uint32_t>(half));
    };
    registry::progress made{number(bits), {}, time_of(at)};
    if (const float total = number(bits >> 32); !std::isnan(total))
        made.total = total;
    return made;
}

/// Reads a row. False if no operation runs in it, or it changes meanwhile.
bool read(const registry_row& row, outstanding& made) noexcept {
    bool runs = false;
    const bool is_whole = row.sequence.read([&]() noexcept {
        const registry_site* const site = registry_site::at(row.site);
        runs = !row.end && !(row.use & registry_row::gone) && site;
        if (!runs)
            return;
        made.id = row.id;
        made.name = site->name;
        made.what = site->what;
        made.result = site->result;
        made.origin = site->origin;
        made.started = time_of(row.started);
        made.at = place_of(*site);
        const std::uint64_t parent = row.parent;
        made.parent = parent >> 1;
        made.parent_is_group = (parent & 1) != 0;
        made.request = request_in(row);
        made.deadline.reset();
        if (const std::int64_t when = row.when)
            made.deadline = time_of(when);
        made.progress = progress_in(row);
        made.awaits.reset();
        const std::uint32_t awaited = row.awaited_site;
        if (const auto* const await_site = registry_site::at(awaited)) {
            const std::uint64_t id = row.awaited_id;
            if (row.awaited_site == awaited) // else the coroutine has gone on
                made.awaits = {id, id == 0 ? std::string_view(await_site->what) : "",
                               place_of(*await_site)};
        }
        made.context = registry_row::context_at(row.context);
        made.polls = row.polls;
        // It may have ended while we read, and then the deadline is none.
        runs = !row.end;
    });
    return is_whole && runs;
}

/// Who asked an operation that has ended to stop, and when; zero for nobody.
void tell_request(ended& told, std::int64_t asked) noexcept {
    if (asked == 0)
        return;
    told.ending.asked_by = static_cast<cancel_source>(asked % registry_row::sources);
    told.ending.asked_at = time_of(asked / registry_row::sources);
    told.ending.stopped_after = told.at - *told.ending.asked_at;
}

bool read(const detail::registry_memory& memory, ended& made) noexcept {
    bool any = false;
    const bool is_whole = memory.sequence.read([&]() noexcept {
        const registry_site* const site = registry_site::at(memory.site);
        const boost::system::error_category* const category = memory.category;
        any = site && category;
        if (!any)
            return;
        made.ending = {};
        const std::uint32_t what = memory.what;
        const auto byte = [&](int index) { return what >> (8 * index) & 0xff; };
        made.id = memory.id;
        made.name = site->name;
        made.what = site->what;
        made.origin = site->origin;
        made.started = time_of(memory.started);
        made.at = time_of(memory.ended);
        made.started_at = place_of(*site);
        const std::uint64_t parent = memory.parent;
        made.parent = parent >> 1;
        made.parent_is_group = (parent & 1) != 0;
        made.status = static_cast<AsyncStatus>(byte(0));
        made.code = boost::system::error_code(memory.code, *category);
        made.ending.reason = static_cast<ending_reason>(byte(1));
        made.ending.asked_types = detail::request_types::unpack(byte(2));
        tell_request(made, memory.asked);
    });
    return is_whole && any;
}

void add(const detail::registry_counts& counts, family& sum) noexcept {
    const auto ended_as = [&](AsyncStatus status) {
        return std::uint64_t(counts.ended[static_cast<int>(status)]);
    };
    sum.completed += ended_as(AsyncStatus::Completed);
    sum.canceled += ended_as(AsyncStatus::Canceled);
    sum.failed += ended_as(AsyncStatus::Error);
    sum.started += counts.started;
    sum.unseen += counts.unseen;
    sum.took.sum += std::chrono::nanoseconds(counts.sum);
    for (std::size_t i = 0; i < histogram::buckets; ++i)
        sum.took.counts[i] += counts.histogram[i];
}

std::vector<family> all_families() {
    std::vector<family> made;
    for (unsigned i = 0;; ++i) {
        const auto* const known = registry_site::family_at(i);
        if (!known)
            break;
        family sum;
        sum.name = known->name;
        sum.what = known->what;
        using shard = detail::registry_shard;
        for (const shard* s = shard::first(); s; s = s->next) {
            const auto* const chunk = s->counts[i / shard::chunk].load(std::memory_order_acquire);
            const auto* const counts =
                chunk ? chunk->of_family[i % shard::chunk].load(std::memory_order_acquire)
                      : nullptr;
            if (counts)
                add(*counts, sum);
        }
        if (sum.started != 0)
            made.push_back(sum);
    }
    return made;
}

const bool is_asked_for = [] {
    const char* const wanted = std::getenv("ASYNCINFO_REGISTRY");
    if (wanted && std::string_view(wanted) == "1")
        enable();
    return wanted != nullptr;
}();

} // namespace

static_assert(histogram::buckets == detail::registry_counts::buckets);

void enable() noexcept { detail::registry_is_on.store(true, std::memory_order_relaxed); }
void disable() noexcept { detail::registry_is_on.store(false, std::memory_order_relaxed); }
bool is_enabled() noexcept { return detail::registry_is_on.load(std::memory_order_relaxed); }

clock::duration histogram::quantile(double share) const noexcept {
    std::uint64_t all = 0;
    for (const std::uint64_t n : counts)
        all += n;
    // A share such as 0.9 is a little more than that in binary. That counts where 32-bit x86 keeps
    // more digits than a double has.
    const double wanted =
        share * static_cast<double>(all) * (1 - std::numeric_limits<double>::epsilon());
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < buckets; ++i) {
        below += counts[i];
        if (below != 0 && static_cast<double>(below) >= wanted)
            return upper(i);
    }
    return {};
}

} // namespace asyncinfo::registry

asyncinfo::registry::ended asyncinfo::detail::registry_row::as_ended() const {
    const registry_site& from = *registry_site::at(site);
    registry::ended made;
    made.id = id;
    made.name = from.name;
    made.what = from.what;
    made.origin = from.origin;
    made.started = registry::time_of(started);
    made.at = registry::time_of(when);
    made.started_at = registry::place_of(from);
    const std::uint64_t owner = parent;
    made.parent = owner >> 1;
    made.parent_is_group = (owner & 1) != 0;
    made.status = AsyncStatus::Error;
    const std::uint64_t outcome = awaited_id;
    made.code.assign(
        static_cast<int>(static_cast<std::uint32_t>(outcome)),
        *reinterpret_cast<const boost::system::error_category*>(std::uintptr_t(progress)));
    made.ending.asked_types = request_types::unpack(static_cast<unsigned>(outcome >> 32) & 0xff);
    made.ending.reason = static_cast<ending_reason>(outcome >> 40);
    if (made.ending.asked_types != boost::asio::cancellation_type::none)
        registry::tell_request(made, asked);
    return made;
}

namespace asyncinfo::registry {

report snapshot() {
    report made;
    outstanding row;
    for (const auto* slab = detail::registry_slab::first(); slab; slab = slab->next)
        for (const registry_row& candidate : slab->rows)
            if (read(candidate, row))
                made.running.push_back(row);
    ended memory;
    for (const auto* s = detail::registry_shard::first(); s; s = s->next)
        for (const auto& candidate : s->memories)
            if (read(candidate, memory))
                made.gone.push_back(memory);
    made.families = all_families();
    made.taken = clock::now();
    made.contexts = detail::watched_contexts(made.taken);
    std::ranges::sort(made.running, {},
                      [](const outstanding& o) { return std::pair(o.started, o.id); });
    std::ranges::sort(made.gone, std::greater(),
                      [](const ended& e) { return std::pair(e.at, e.id); });
    if (made.gone.size() > detail::registry_shard::kept)
        made.gone.resize(detail::registry_shard::kept);
    return made;
}

bool cancel(std::uint64_t id, boost::asio::cancellation_type_t types) {
    std::unique_lock lock(detail::lasting_mutex<registry_row>()); // one thread at a time pins a row
    for (auto* slab = detail::registry_slab::first(); slab; slab = slab->next)
        for (registry_row& row : slab->rows) {
            if (row.id != id || (row.use & registry_row::gone))
                continue;
            detail::operation_ptr found;
            const auto use =
                row.use.atomic().fetch_or(registry_row::pinned, std::memory_order_acq_rel);
            if (!(use & registry_row::gone) && row.id == id)
                found = detail::operation_base::retain_running(*row.operation);
            row.use.atomic().fetch_and(static_cast<std::uint8_t>(~registry_row::pinned),
                                       std::memory_order_acq_rel);
            if (!found)
                continue;
            lock.unlock(); // what is called now can cancel others
            found->cancel(types, cancel_source::registry);
            return true;
        }
    return false;
}

} // namespace asyncinfo::registry
