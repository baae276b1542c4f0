//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
// What is suspicious in a report.

#include <asyncinfo/registry_lints.hpp>

#include <cstdio>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

namespace asyncinfo::registry {
namespace {

std::string in_seconds(clock::duration time) {
    char text[32];
    std::snprintf(text, sizeof(text), "%.3g s", std::chrono::duration<double>(time).count());
    return text;
}

template <typename Row>
std::string_view name_of(const Row& row) noexcept {
    return row.name.empty() ? row.what : row.name;
}

std::uint64_t outstanding_in(const family& f) noexcept {
    const std::uint64_t ended = f.completed + f.canceled + f.failed;
    return f.started > ended ? f.started - ended : 0; // the counts are not read at one moment
}

class search {
public:
    search(const report& now, const report& before, const lint_limits& limits)
        : now_(now), before_(before), limits_(limits) {}

    std::vector<finding> all() {
        for (const outstanding& o : now_.running)
            look_at_request(o);
        for (const outstanding& o : now_.running)
            look_at_progress(o);
        look_at_polls();
        look_at_families();
        for (const watched& w : now_.contexts)
            look_at_context(w, true);
        for (const watched& w : now_.contexts)
            look_at_context(w, false);
        return std::move(found_);
    }

private:
    void add(lint lint, std::uint64_t id, std::string_view what, std::string text) {
        found_.push_back({lint, id, std::string(what), std::move(text)});
    }

    void look_at_request(const outstanding& o) {
        if (!o.request || now_.taken - o.request->at < limits_.not_stopped)
            return;
        add(lint::not_stopped, o.id, name_of(o),
            "It was asked to stop " + in_seconds(now_.taken - o.request->at) + " ago (" +
                std::string(to_string(o.request->by)) + "), and runs on.");
    }

    void look_at_progress(const outstanding& o) {
        if (o.progress && now_.taken - o.progress->at >= limits_.no_progress)
            add(lint::no_progress, o.id, name_of(o),
                "Its last progress was " + in_seconds(now_.taken - o.progress->at) + " ago.");
    }

    void look_at_polls() {
        const auto passed = std::chrono::duration<double>(now_.taken - before_.taken).count();
        if (before_.taken == clock::time_point() || passed <= 0)
            return;
        std::unordered_map<std::uint64_t, std::uint64_t> polls;
        for (const outstanding& o : before_.running)
            polls.emplace(o.id, o.polls);
        for (const outstanding& o : now_.running) {
            const auto known = polls.find(o.id);
            const std::uint64_t first = known == polls.end() ? 0 : known->second;
            const double rate = static_cast<double>(o.polls - first) / passed;
            if (rate >= limits_.polls)
                add(lint::hot_poll, o.id, name_of(o),
                    "Its status was asked for " + std::to_string(static_cast<long long>(rate)) +
                        " times a second.");
        }
    }

    void look_at_families() {
        std::map<std::pair<std::string_view, std::string_view>, const family*> earlier;
        for (const family& f : before_.families)
            earlier.emplace(std::pair(f.name, f.what), &f);
        const auto before = [&](const family& f) -> const family* {
            const auto found = earlier.find(std::pair(f.name, f.what));
            return found == earlier.end() ? nullptr : found->second;
        };
        for (const family& f : now_.families) {
            const family* const then = before(f);
            const std::uint64_t count = outstanding_in(f);
            const std::uint64_t known = then ? outstanding_in(*then) : 0;
            if (count >= limits_.outstanding && count > known)
                add(lint::growing, 0, name_of(f),
                    std::to_string(count) + " are outstanding, " + std::to_string(count - known) +
                        " more than before.");
        }
        for (const family& f : now_.families) {
            const family* const then = before(f);
            if (const std::uint64_t more = f.unseen - (then ? then->unseen : 0); more != 0)
                add(lint::unseen_error, 0, name_of(f),
                    std::to_string(more) + (more == 1 ? " has" : " have") +
                        " failed, and nobody asked for the error.");
        }
    }

    void look_at_context(const watched& w, bool wanted_not_run) {
        const bool not_run = w.is_stopped || !w.has_run;
        if (!w.waits_since || not_run != wanted_not_run)
            return;
        const auto time = now_.taken - *w.waits_since;
        if (time >= (not_run ? limits_.not_run : limits_.blocked))
            add(not_run ? lint::context_not_run : lint::context_blocked, 0, w.name,
                not_run
                    ? "No thread has run it for " + in_seconds(time) + "."
                    : "A handler has kept it from running others for " + in_seconds(time) + ".");
    }

    const report& now_;
    const report& before_;
    const lint_limits& limits_;
    std::vector<finding> found_;
};

} // namespace

std::string_view to_string(lint lint) noexcept {
    switch (lint) {
    case lint::not_stopped:
        return "not_stopped";
    case lint::no_progress:
        return "no_progress";
    case lint::hot_poll:
        return "hot_poll";
    case lint::growing:
        return "growing";
    case lint::unseen_error:
        return "unseen_error";
    case lint::context_not_run:
        return "context_not_run";
    case lint::context_blocked:
        return "context_blocked";
    }
    return "(unknown)";
}

std::string_view remedy(lint lint) noexcept {
    switch (lint) {
    case lint::not_stopped:
        return "Look at what it awaits. An operation that does not know the cancellation type "
               "runs on: ask for another one, close its I/O object, or use abandon_on_cancel.";
    case lint::no_progress:
        return "Give it a deadline that moves: call renew_deadline in its Progress handler.";
    case lint::hot_poll:
        return "Poll once a frame, or be told: co_await it, set Completed, or use an "
               "operation_group.";
    case lint::growing:
        return "Start fewer at a time, or find out what they wait for, and give them a deadline.";
    case lint::unseen_error:
        return "Ask for GetResults or ErrorCode, or set registry::on_unseen_error.";
    case lint::context_not_run:
        return "Call run() on some thread. If run() has returned for want of work, keep a work "
               "guard, or call restart() before the next run().";
    case lint::context_blocked:
        return "Move what takes long, or blocks, to a thread_pool: co_await resume_on(pool).";
    }
    return {};
}

std::vector<finding> find_lints(const report& now, const report& before,
                                const lint_limits& limits) {
    return search(now, before, limits).all();
}

} // namespace asyncinfo::registry
