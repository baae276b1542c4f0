//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
// A report as JSON. The guide to the console, doc/guides/console.md, lists the members.

#include "json.hpp"

#include "utf8.hpp"

#include <asyncinfo/registry_export.hpp>
#include <asyncinfo/registry_lints.hpp>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cerrno> // program_invocation_short_name
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <utility>

#if defined(_WIN32)
#include <process.h>
#else
#include <unistd.h>
#endif

namespace asyncinfo::detail::console {
namespace {

namespace json = boost::json;
using registry::clock;

/// To a microsecond: more digits say nothing, and take room.
double seconds(clock::duration time) noexcept {
    return std::round(std::chrono::duration<double>(time).count() * 1e6) / 1e6;
}

/// The objects of one row, in memory that is used again for the next one.
class writer {
public:
    writer(std::string& to, clock::time_point now) : to_(to), now_(now) {}

    json::object object() { return json::object(&memory_); }

    void text(json::object& in, std::string_view key, std::string_view value) {
        if (value.empty())
            return;
        buffer_.clear();
        append_utf8(buffer_, value);
        in.emplace(key, buffer_);
    }

    double age(clock::time_point since) const noexcept { return seconds(now_ - since); }

    void place(json::object& in, const registry::location& at) {
        if (at.file.empty())
            return;
        buffer_.clear();
        append_utf8(buffer_, at.file);
        buffer_.append(":").append(std::to_string(at.line));
        in.emplace("at", buffer_);
    }

    json::array types(boost::asio::cancellation_type_t from) {
        using boost::asio::cancellation_type;
        json::array names(&memory_);
        for (const auto& [type, name] : {std::pair(cancellation_type::terminal, "terminal"),
                                         std::pair(cancellation_type::partial, "partial"),
                                         std::pair(cancellation_type::total, "total")})
            if ((from & type) != cancellation_type::none)
                names.emplace_back(name);
        return names;
    }

    void context(json::object& in, const void* address) {
        if (!address)
            return;
        char written[32];
        std::snprintf(written, sizeof(written), "0x%jx",
                      static_cast<std::uintmax_t>(reinterpret_cast<std::uintptr_t>(address)));
        in.emplace("context", written);
    }

    /// Writes each element as an object that `fill` has filled.
    template <typename Range, typename Fill>
    void list(std::string_view key, const Range& range, Fill fill) {
        to_.append(",\"").append(key).append("\":[");
        bool first = true;
        for (const auto& element : range) {
            if (!std::exchange(first, false))
                to_.push_back(',');
            {
                json::object row(&memory_);
                fill(row, element);
                write(row);
            }
            memory_.release();
        }
        to_.push_back(']');
    }

    void write(const json::object& from) { to_.append(json::serialize(from)); }

private:
    std::string& to_;
    clock::time_point now_;
    std::string buffer_;
    unsigned char first_[4096];
    json::monotonic_resource memory_{first_, sizeof(first_)};
};

double wall_clock(clock::time_point at) {
    const auto past = std::chrono::duration<double>(clock::now() - at);
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch())
               .count() -
           past.count();
}

void running_to_json(writer& to, json::object& row, const registry::outstanding& from) {
    row.emplace("id", from.id);
    to.text(row, "name", from.name);
    to.text(row, "what", from.what);
    row.emplace("origin", asyncinfo::to_string(from.origin));
    to.text(row, "result", from.result);
    row.emplace("age", to.age(from.started));
    to.place(row, from.at);
    if (from.parent) {
        row.emplace("parent", from.parent);
        row.emplace("parent_is_group", from.parent_is_group);
    }
    if (from.request) {
        auto request = to.object();
        request.emplace("by", asyncinfo::to_string(from.request->by));
        request.emplace("age", to.age(from.request->at));
        row.emplace("request", std::move(request));
    }
    if (from.deadline)
        row.emplace("deadline", -to.age(*from.deadline));
    if (from.progress) {
        auto progress = to.object();
        // JSON knows neither infinity nor what is not a number.
        if (std::isfinite(from.progress->value))
            progress.emplace("value", from.progress->value);
        if (from.progress->total && std::isfinite(*from.progress->total))
            progress.emplace("total", *from.progress->total);
        progress.emplace("age", to.age(from.progress->at));
        row.emplace("progress", std::move(progress));
    }
    if (from.awaits) {
        auto awaits = to.object();
        if (from.awaits->id)
            awaits.emplace("id", from.awaits->id);
        to.text(awaits, "what", from.awaits->what);
        to.place(awaits, from.awaits->at);
        row.emplace("awaits", std::move(awaits));
    }
    to.context(row, from.context);
    if (from.polls)
        row.emplace("polls", from.polls);
}

void ended_to_json(writer& to, json::object& row, const registry::ended& from) {
    row.emplace("id", from.id);
    to.text(row, "name", from.name);
    to.text(row, "what", from.what);
    row.emplace("origin", asyncinfo::to_string(from.origin));
    row.emplace("ago", to.age(from.at));
    row.emplace("took", seconds(from.at - from.started));
    to.place(row, from.started_at);
    if (from.parent)
        row.emplace("parent", from.parent);
    row.emplace("status", asyncinfo::to_string(from.status));
    if (from.code) {
        auto error = to.object();
        error.emplace("value", from.code.value());
        to.text(error, "category", from.code.category().name());
        to.text(error, "message", from.code.message());
        row.emplace("error", std::move(error));
    }
    auto ending = to.object();
    ending.emplace("reason", asyncinfo::to_string(from.ending.reason));
    if (from.ending.asked_by != cancel_source::none)
        ending.emplace("by", asyncinfo::to_string(from.ending.asked_by));
    if (from.ending.asked_types != boost::asio::cancellation_type::none)
        ending.emplace("types", to.types(from.ending.asked_types));
    if (from.ending.stopped_after)
        ending.emplace("stopped_after", seconds(*from.ending.stopped_after));
    row.emplace("ending", std::move(ending));
}

void family_to_json(writer& to, json::object& row, const registry::family& from) {
    const auto ended = from.completed + from.canceled + from.failed;
    to.text(row, "name", from.name);
    to.text(row, "what", from.what);
    // The counters are not read at one instant.
    row.emplace("outstanding", from.started > ended ? from.started - ended : 0);
    row.emplace("started", from.started);
    row.emplace("completed", from.completed);
    row.emplace("canceled", from.canceled);
    row.emplace("failed", from.failed);
    row.emplace("unseen", from.unseen);
    row.emplace("sum", seconds(from.took.sum));
    json::array buckets(row.storage());
    for (std::size_t n = 0; n != registry::histogram::buckets; ++n)
        if (from.took.counts[n]) {
            json::array bucket(row.storage());
            bucket.emplace_back(seconds(registry::histogram::upper(n)));
            bucket.emplace_back(from.took.counts[n]);
            buckets.emplace_back(std::move(bucket));
        }
    row.emplace("histogram", std::move(buckets));
}

} // namespace

void append_json(std::string& to, const registry::report& from, const frame& about) {
    writer write(to, from.taken);
    {
        auto head = write.object();
        head.emplace("taken", wall_clock(from.taken));
#if defined(_WIN32)
        head.emplace("pid", ::_getpid());
#else
        head.emplace("pid", ::getpid());
#endif
        write.text(head, "program", about.program);
        head.emplace("registry", registry::is_enabled());
        head.emplace("may_cancel", about.may_cancel);
        head.emplace("running", from.running.size());
        write.write(head);
    }
    to.pop_back(); // the brace: what follows is in the same object

    const auto rows = std::min(about.rows, from.running.size());
    struct {
        const registry::outstanding *first, *last;
        auto begin() const { return first; }
        auto end() const { return last; }
    } const listed{from.running.data(), from.running.data() + rows};
    write.list("outstanding", listed, [&](json::object& row, const registry::outstanding& one) {
        running_to_json(write, row, one);
    });
    write.list("ended", from.gone, [&](json::object& row, const registry::ended& one) {
        ended_to_json(write, row, one);
    });
    write.list("families", from.families, [&](json::object& row, const registry::family& one) {
        family_to_json(write, row, one);
    });

    struct known_context {
        std::size_t outstanding = 0;
        const registry::watched* watched = nullptr;
    };
    std::map<const void*, known_context> contexts;
    for (const auto& one : from.running)
        if (one.context)
            ++contexts[one.context].outstanding;
    for (const auto& one : from.contexts)
        contexts[one.context].watched = &one;
    write.list("contexts", contexts, [&](json::object& row, const auto& one) {
        write.context(row, one.first);
        row.emplace("outstanding", one.second.outstanding);
        if (const auto* watched = one.second.watched) {
            write.text(row, "name", watched->name);
            if (watched->waits_since)
                row.emplace("waits", write.age(*watched->waits_since));
            row.emplace("is_stopped", watched->is_stopped);
        }
    });

    auto found = about.before ? registry::find_lints(from, *about.before) : find_lints(from);
    if (found.size() > about.lints)
        found.resize(about.lints);
    write.list("lints", found, [&](json::object& row, const registry::finding& one) {
        row.emplace("lint", registry::to_string(one.lint));
        if (one.operation)
            row.emplace("operation", one.operation);
        write.text(row, "what", one.what);
        write.text(row, "text", one.text);
        write.text(row, "remedy", registry::remedy(one.lint));
    });
    to.push_back('}');
}

std::string_view program_name() noexcept {
#if defined(__GLIBC__)
    return program_invocation_short_name;
#elif defined(__APPLE__) || defined(__FreeBSD__) || defined(__NetBSD__) || defined(__OpenBSD__)
    return getprogname();
#else
    return {};
#endif
}

} // namespace asyncinfo::detail::console

std::string asyncinfo::registry::to_json(const report& from) {
    std::string text;
    detail::console::append_json(text, from, {.program = detail::console::program_name()});
    return text;
}
