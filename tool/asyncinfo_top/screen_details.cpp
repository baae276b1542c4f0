//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
// What is told in words: of one operation, of one name, and of the keys.

#include "screen.hpp"
#include "text.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace asyncinfo_top {
namespace {

/// Lines of text that is wrapped.
class writer {
public:
    explicit writer(int columns) : columns_(columns) {}

    void say(const std::string& text, look as = look::normal) {
        for (auto& part : wrap(text, columns_))
            lines.emplace_back(std::move(part), as);
    }
    void head(const std::string& text) {
        if (!lines.empty())
            lines.emplace_back();
        say(text, look::strong);
    }
    /// A term, and beside it what is said of it.
    void fact(const std::string& term, const std::string& text) {
        if (text.empty())
            return;
        const int indent = columns_ >= 44 ? 14 : 0;
        if (!indent)
            return say(term + ": " + text);
        bool is_first = true;
        for (auto& part : wrap(text, columns_ - indent)) {
            lines.emplace_back(fit(is_first ? term : "", indent), look::dim);
            lines.back().add(std::move(part));
            is_first = false;
        }
    }

    std::vector<line> lines;

private:
    int columns_;
};

std::string number(double value) {
    char text[64];
    std::snprintf(text, sizeof(text), "%.10g", std::round(value * 100) / 100);
    return text;
}

} // namespace

std::vector<line> screen::why_it_runs(int columns, std::size_t most) const {
    std::vector<line> result;
    auto culprits = picture_.culprits();
    culprits.resize(std::min(culprits.size(), most));
    for (const auto& [at, many] : culprits) {
        const auto& one = picture_.operations[at];
        std::string text = "Waits for ";
        if (many > 1)
            text += count(many) + " × ";
        text += one.label();
        if (!one.at.empty())
            text += " · " + one.at;
        text += " · " + duration(one.age);
        const auto troubles = picture_.troubles(at);
        for (const auto& trouble : troubles)
            text += " · " + trouble.sentence;
        result.emplace_back(cut(text, columns), !troubles.empty() ? look::warn : look::normal);
    }
    return result;
}

std::vector<line> screen::details(int columns) const {
    if (detail_ != "operation") {
        for (std::size_t n = 0; n != picture_.families.size(); ++n)
            if (name_of({item::family, n}) == detail_)
                return family_details(picture_.families[n], columns);
        for (std::size_t n = 0; n != picture_.lints.size(); ++n)
            if (name_of({item::lint, n}) == detail_) {
                writer to(columns);
                to.head(picture_.lints[n].what);
                to.say(picture_.lints[n].name + ": " + picture_.lints[n].text, look::warn);
                to.say(picture_.lints[n].remedy);
                return to.lines;
            }
        return {line("It is not there any more.")};
    }
    if (const auto at = picture_.find(detail_operation_); at != snapshot::none)
        return operation_details(at, columns);
    if (const auto* one = picture_.find_ended(detail_operation_))
        return ended_details(*one, columns);
    writer to(columns);
    to.head("#" + std::to_string(detail_operation_));
    to.say("It has ended, and is not among the last ones.");
    return to.lines;
}

std::vector<line> screen::operation_details(std::size_t at, int columns) const {
    const auto& one = picture_.operations[at];
    writer to(columns);
    to.head("#" + std::to_string(one.id) + " " + one.title());
    for (const auto& trouble : picture_.troubles(at))
        to.say(trouble.sentence, look::warn);
    for (const auto& lint : picture_.lints)
        if (lint.operation == one.id) {
            to.say(lint.name + ": " + lint.text, look::warn);
            to.say(lint.remedy);
        }
    to.fact("Function", one.name.empty() ? "" : one.what);
    to.fact("Runs for", duration(one.age));
    to.fact("Started at", one.at);
    to.fact("Origin", one.origin);
    to.fact("Result", one.result);
    if (one.progress) {
        const auto& [value, total, age] = *one.progress;
        to.fact("Progress",
                (total && *total > 0 ? number(std::floor(100 * value / *total)) + " % (" +
                                           number(value) + " of " + number(*total) + ")"
                                     : number(value)) +
                    ", " + duration(age) + " ago");
    }
    if (one.deadline)
        to.fact("Deadline", *one.deadline < 0 ? "passed " + duration(-*one.deadline) + " ago"
                                              : "in " + duration(*one.deadline));
    to.fact("Cancel",
            one.request ? "asked " + duration(one.request->age) + " ago" + by_whom(one.request->by)
                        : "not asked");
    if (one.awaits)
        to.fact("Awaits", picture_.awaits_text(one) +
                              (one.awaits->at.empty() ? "" : " at " + one.awaits->at));
    if (one.parent_is_group)
        to.fact("Group", std::to_string(one.parent));
    std::string context = one.context;
    for (const auto& known : picture_.contexts)
        if (!context.empty() && known.address == one.context) {
            if (!known.name.empty())
                context = known.name + " (" + context + ")";
            if (known.is_stopped)
                context += ", stopped";
            if (known.waits)
                context += ", nobody has run it for " + duration(*known.waits);
        }
    to.fact("Context", context);
    if (one.polls)
        to.fact("Polled", count(one.polls) + " times");

    const auto tell = [&](std::size_t n, std::size_t depth, look as) {
        const auto& other = picture_.operations[n];
        auto text = std::string(2 * std::min<std::size_t>(depth, 12), ' ');
        if (!other.is_group)
            text += "#" + std::to_string(other.id) + " ";
        text += other.label();
        if (!other.is_group)
            text += " · " + duration(other.age);
        to.lines.emplace_back(cut(text, columns), as);
    };
    if (const auto chain = picture_.chain(at); chain.size() > 1) {
        to.head("Who waits for it");
        for (std::size_t n = 0; n != chain.size(); ++n)
            tell(chain[n], n, chain[n] == at ? look::strong : look::normal);
    }
    auto below = picture_.children_of(at);
    if (one.awaits && one.awaits->id)
        if (const auto awaited = picture_.find(one.awaits->id);
            awaited != snapshot::none &&
            std::find(below.begin(), below.end(), awaited) == below.end())
            below.push_back(awaited);
    if (!below.empty()) {
        to.head("What it waits for");
        constexpr std::size_t most = 50;
        for (std::size_t n = 0; n != std::min(most, below.size()); ++n)
            tell(below[n], 0, look::normal);
        if (below.size() > most)
            to.say("and " + count(below.size() - most) + " more");
    }
    return to.lines;
}

std::vector<line> screen::ended_details(const ending& one, int columns) const {
    writer to(columns);
    to.head("#" + std::to_string(one.id) + " " + one.title());
    to.say("It has ended: " + one.why + ".", one.status == "Error"      ? look::bad
                                             : one.status == "Canceled" ? look::warn
                                                                        : look::good);
    for (const auto& lint : picture_.lints)
        if (lint.operation == one.id) {
            to.say(lint.name + ": " + lint.text, look::warn);
            to.say(lint.remedy);
        }
    to.fact("Status", one.status);
    to.fact("Function", one.name.empty() ? "" : one.what);
    to.fact("Took", duration(one.took));
    to.fact("Ended", duration(one.ago) + " ago");
    to.fact("Started at", one.at);
    to.fact("Origin", one.origin);
    to.fact("Error", one.error);
    if (one.parent)
        to.fact("Belonged to", "#" + std::to_string(one.parent));
    return to.lines;
}

std::vector<line> screen::family_details(const family& one, int columns) const {
    writer to(columns);
    to.head(one.name.empty() || one.what.empty() ? one.title() : one.name + " (" + one.what + ")");
    to.fact("Outstanding", count(one.outstanding));
    to.fact("Started", count(one.started));
    to.fact("Completed", count(one.completed));
    to.fact("Canceled", count(one.canceled));
    to.fact("Failed", count(one.failed));
    to.fact("Errors unseen", count(one.unseen));
    if (one.ended())
        to.fact("Mean", duration(one.sum / static_cast<double>(one.ended())));
    if (one.histogram.empty())
        return to.lines;
    to.head("How long they took");
    std::uint64_t most = 1;
    for (const auto& bucket : one.histogram)
        most = std::max(most, bucket.second);
    const int labels = 15, counts = static_cast<int>(count(most).size());
    const int bars = std::clamp(columns - labels - counts - 2, 0, 60);
    for (const auto& [upper, many] : one.histogram) {
        std::string bar;
        const auto cells = std::lround(static_cast<double>(many) / static_cast<double>(most) *
                                       static_cast<double>(bars));
        for (long n = 0; n < cells; ++n)
            bar += "█";
        line row(fit("< " + duration(upper), std::min(labels, columns)));
        if (columns >= labels + counts)
            row.add(fit(count(many), counts, true)).add(" ").add(bar, look::name);
        to.lines.push_back(std::move(row));
    }
    return to.lines;
}

std::vector<line> screen::help(int columns) const {
    writer to(columns);
    to.head("Keys");
    to.fact("1 … 5, Tab", "the views: why the program runs and who waits for whom, its operations, "
                          "those that ended, how long they took, and what looks like a mistake");
    to.fact("↑ ↓, j k", "go through the rows; so do Page Up, Page Down, Home and End");
    to.fact("Enter", "all that is known of the operation; it opens a group");
    to.fact("Esc", "back; all rows again, without the filter");
    to.fact("← →", "close and open what is below a row");
    to.fact("/", "shows only the rows that have all these words: name, function, place, number, or "
                 "what is wrong, such as: cancel was asked");
    to.fact("s, r", "sort by the next column; the other way round");
    to.fact("g", "group the operations by name, function, place, origin, context");
    to.fact("p, Space", "hold the picture still; the program goes on");
    to.fact("c", "cancel the operation, if the program lets its console do so; it asks once more");
    to.fact("?, h", "this");
    to.fact("q, Ctrl-C", "quit");
    to.head("Words");
    to.say("An operation is outstanding until it has ended. P50 and P99: half of the operations, "
           "and 99 of 100, took less than this. Unseen: it failed, and nobody asked for the error. "
           "A lint is something that looks like a mistake.");
    return to.lines;
}

} // namespace asyncinfo_top
