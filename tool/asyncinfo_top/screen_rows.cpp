//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
// The rows of each view: which there are, in which order, and in which columns.

#include "screen.hpp"
#include "text.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <numeric>

namespace asyncinfo_top {

const std::vector<screen::column>& screen::columns_of(view which) {
    static const std::array<std::vector<column>, views> all{{
        {{"WHO WAITS FOR WHOM", 8, 0, false, false, false},
         {"RUNS FOR", 11, 1, true, false, false},
         {"STATE", 12, 2, false, false, false},
         {"STARTED AT", 10, 3, false, false, false},
         {"ID", 3, 4, true, false, false}},
        {{"ID", 3, 4, true, true, false},
         {"NAME", 8, 0, false, true, false},
         {"FUNCTION", 10, 3, false, true, false},
         {"RUNS FOR", 11, 1, true, true, true},
         {"STATE", 12, 2, false, true, true},
         {"STARTED AT", 10, 5, false, true, false}},
        {{"ID", 3, 5, true, true, false},
         {"OPERATION", 8, 0, false, true, false},
         {"TOOK", 10, 2, true, true, true},
         {"ENDED", 14, 3, true, true, false},
         {"WHY", 12, 1, false, true, false},
         {"STARTED AT", 10, 4, false, true, false}},
        {{"OPERATION", 8, 0, false, true, false},
         {"RUNNING", 7, 3, true, true, true},
         {"STARTED", 7, 4, true, true, true},
         {"COMPLETED", 9, 6, true, true, true},
         {"CANCELED", 8, 7, true, true, true},
         {"FAILED", 6, 5, true, true, true},
         {"UNSEEN", 6, 8, true, true, true},
         {"MEAN", 10, 9, true, true, true},
         {"P50", 10, 2, true, true, true},
         {"P99", 10, 1, true, true, true}},
        {{"LINT", 10, 1, false, true, false},
         {"OPERATION", 8, 2, false, true, false},
         {"WHAT IS WRONG", 10, 0, false, true, false}},
    }};
    return all[static_cast<std::size_t>(which)];
}

// --- Which rows there are -----------------------------------------------------------------------

bool screen::matches(const std::string& text) const {
    const auto low = to_lower(text);
    const auto words = to_lower(filter_);
    for (std::size_t at = 0; at < words.size();) {
        const auto end = std::min(words.find(' ', at), words.size());
        if (low.find(words.substr(at, end - at)) == low.npos)
            return false;
        at = end + 1;
    }
    return true;
}

std::string screen::searched(std::size_t operation) const {
    const auto& one = picture_.operations[operation];
    std::string text = "#" + std::to_string(one.id);
    for (const auto* part : {&one.name, &one.what, &one.origin, &one.result, &one.at, &one.context})
        text.append("\n").append(*part);
    if (one.awaits)
        text.append("\n").append(one.awaits->what).append("\n").append(one.awaits->at);
    for (const auto& trouble : picture_.troubles(operation))
        text.append("\n").append(trouble.sentence);
    return text;
}

std::vector<screen::item> screen::items() const { return view_ == view::why ? tree() : table(); }

std::vector<screen::item> screen::tree() const {
    const auto& all = picture_.operations;
    // What matches is shown with those that wait for it.
    std::vector<char> shown(all.size(), filter_.empty());
    if (!filter_.empty())
        for (std::size_t n = 0; n != all.size(); ++n)
            if (!shown[n] && matches(searched(n)))
                for (auto at = n; at != snapshot::none && !shown[at]; at = picture_.parent_of(at))
                    shown[at] = 1;
    std::vector<item> result;
    std::vector<std::pair<std::size_t, int>> stack;
    const auto& roots = picture_.roots();
    for (auto at = roots.rbegin(); at != roots.rend(); ++at)
        stack.emplace_back(*at, 0);
    while (!stack.empty()) {
        const auto [at, depth] = stack.back();
        stack.pop_back();
        if (!shown[at])
            continue;
        shown[at] = 0; // in a circle it would come again
        const auto& below = picture_.children_of(at);
        const bool folds =
            std::any_of(below.begin(), below.end(), [&](std::size_t n) { return shown[n] != 0; });
        const bool is_open = !closed_.contains(all[at].id);
        result.push_back({item::operation, at, depth, folds, is_open});
        if (is_open)
            for (auto child = below.rbegin(); child != below.rend(); ++child)
                stack.emplace_back(*child, depth + 1);
    }
    return result;
}

std::vector<screen::item> screen::table() const {
    std::vector<item> result;
    const auto add = [&](item::kind is, std::size_t size, auto text) {
        for (std::size_t n = 0; n != size; ++n)
            if (filter_.empty() || matches(text(n)))
                result.push_back({is, n});
    };
    switch (view_) {
    case view::why:
        break;
    case view::operations:
        add(item::operation, picture_.listed, [&](std::size_t n) { return searched(n); });
        break;
    case view::ended:
        add(item::ended, picture_.ended.size(), [&](std::size_t n) {
            const auto& one = picture_.ended[n];
            return "#" + std::to_string(one.id) + "\n" + one.name + "\n" + one.what + "\n" +
                   one.at + "\n" + one.status + "\n" + one.why + "\n" + one.error;
        });
        break;
    case view::durations:
        add(item::family, picture_.families.size(), [&](std::size_t n) {
            return picture_.families[n].name + "\n" + picture_.families[n].what;
        });
        break;
    case view::lints:
        add(item::lint, picture_.lints.size(), [&](std::size_t n) {
            const auto& one = picture_.lints[n];
            return one.name + "\n" + one.what + "\n" + one.text + "\n#" +
                   std::to_string(one.operation);
        });
        break;
    }
    sort(result);
    if (view_ != view::operations || group_ == 0)
        return result;

    std::vector<item> groups;
    std::vector<std::vector<item>> members;
    std::map<std::string_view, std::size_t> known;
    for (auto& one : result) {
        const auto& from = picture_.operations[one.at];
        const auto& label = group_ == 1   ? from.name
                            : group_ == 2 ? from.what
                            : group_ == 3 ? from.at
                            : group_ == 4 ? from.origin
                                          : from.context;
        const auto [at, is_new] = known.try_emplace(label, groups.size());
        if (is_new) {
            groups.push_back({item::group, one.at, 0, true, open_groups_.contains(label), label});
            members.emplace_back();
        }
        auto& group = groups[at->second];
        ++group.many;
        group.age = std::max(group.age, from.age);
        members[at->second].push_back(std::move(one));
    }
    std::vector<std::size_t> order(groups.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    if (!stands_[static_cast<std::size_t>(view_)].sort) // otherwise as the first of them comes
        std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return groups[a].many != groups[b].many ? groups[a].many > groups[b].many : a < b;
        });
    result.clear();
    for (const auto n : order) {
        result.push_back(groups[n]);
        if (groups[n].is_open)
            std::move(members[n].begin(), members[n].end(), std::back_inserter(result));
    }
    return result;
}

std::string screen::name_of(const item& one) const {
    switch (one.is) {
    case item::operation:
        return "operation " + std::to_string(picture_.operations[one.at].id);
    case item::group:
        return "group " + one.label;
    case item::ended:
        return "ended " + std::to_string(picture_.ended[one.at].id);
    case item::family:
        return "family " + picture_.families[one.at].name + "\n" + picture_.families[one.at].what;
    case item::lint:
        break;
    }
    const auto& lint = picture_.lints[one.at];
    return "lint " + lint.name + " " + std::to_string(lint.operation) + " " + lint.what;
}

std::uint64_t screen::operation_of(const item& one) const {
    switch (one.is) {
    case item::operation:
        return picture_.operations[one.at].id;
    case item::ended:
        return picture_.ended[one.at].id;
    case item::lint:
        return picture_.lints[one.at].operation;
    case item::group:
    case item::family:
        break;
    }
    return 0;
}

// --- Their order --------------------------------------------------------------------------------

screen::sort_key screen::sorted_by(const item& one, std::size_t by) const {
    const auto text = [](const std::string& from) {
        return sort_key{!from.empty(), 0, to_lower(from)};
    };
    const auto number = [](auto from) { return sort_key{true, static_cast<double>(from), {}}; };
    const auto maybe = [&](const std::optional<double>& from) {
        return from ? number(*from) : sort_key{false, 0, {}};
    };
    switch (one.is) {
    case item::operation: {
        const auto& from = picture_.operations[one.at];
        switch (by) {
        case 0:
            return number(from.id);
        case 1:
            return text(from.name);
        case 2:
            return text(from.what);
        case 3:
            return number(from.age);
        case 4: { // what is wrong comes first, and of that what has been so for longest
            if (from.request)
                return number(1e9 + from.request->age);
            if (from.deadline && *from.deadline < 0)
                return number(1e6 - *from.deadline);
            if (picture_.in_a_circle(one.at))
                return number(1e6);
            return from.progress && from.progress->age > 10 ? number(from.progress->age)
                                                            : sort_key{false, 0, {}};
        }
        default:
            return text(from.at);
        }
    }
    case item::ended: {
        const auto& from = picture_.ended[one.at];
        switch (by) {
        case 0:
            return number(from.id);
        case 1:
            return text(from.title() + "\n" + from.what);
        case 2:
            return number(from.took);
        case 3:
            return number(from.ago);
        case 4:
            return text(from.why);
        default:
            return text(from.at);
        }
    }
    case item::family: {
        const auto& from = picture_.families[one.at];
        switch (by) {
        case 0:
            return text(from.title() + "\n" + from.what);
        case 1:
            return number(from.outstanding);
        case 2:
            return number(from.started);
        case 3:
            return number(from.completed);
        case 4:
            return number(from.canceled);
        case 5:
            return number(from.failed);
        case 6:
            return number(from.unseen);
        case 7:
            return from.ended() ? number(from.sum / static_cast<double>(from.ended()))
                                : sort_key{false, 0, {}};
        case 8:
            return maybe(from.quantile(0.5));
        default:
            return maybe(from.quantile(0.99));
        }
    }
    case item::lint: {
        const auto& from = picture_.lints[one.at];
        return text(by == 0 ? from.name : by == 1 ? from.what : from.text);
    }
    case item::group:
        break;
    }
    return {false, 0, {}};
}

void screen::sort(std::vector<item>& which) const {
    const auto& here = stands_[static_cast<std::size_t>(view_)];
    // The console sends the oldest first, and of what has ended the latest.
    std::optional<std::size_t> by = here.sort;
    bool down = here.down;
    if (!by && view_ == view::durations) {
        by = 2; // those that are started most often
        down = true;
    }
    if (!by)
        return;
    struct keyed_item {
        sort_key key;
        std::size_t was; ///< equal ones stay in their order
        item one;
    };
    std::vector<keyed_item> keyed;
    keyed.reserve(which.size());
    for (std::size_t n = 0; n != which.size(); ++n)
        keyed.push_back({sorted_by(which[n], *by), n, std::move(which[n])});
    std::sort(keyed.begin(), keyed.end(),
              [down](const keyed_item& first, const keyed_item& second) {
                  const auto &a = first.key, &b = second.key;
                  if (a.is_known != b.is_known) // what has none comes last
                      return a.is_known;
                  const auto &less = down ? b : a, &more = down ? a : b;
                  if (less.number != more.number)
                      return less.number < more.number;
                  return less.text != more.text ? less.text < more.text : first.was < second.was;
              });
    for (std::size_t n = 0; n != which.size(); ++n)
        which[n] = std::move(keyed[n].one);
}

// --- What stands in them ------------------------------------------------------------------------

namespace {

line::span in_words(const snapshot& picture, std::size_t at) {
    std::string text;
    for (const auto& trouble : picture.troubles(at))
        text += (text.empty() ? "" : ", ") + trouble.words;
    if (!text.empty())
        return {text, look::warn};
    const auto& one = picture.operations[at];
    const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
    if (one.progress) {
        char number[64];
        const auto total = one.progress->total.value_or(0);
        std::snprintf(number, sizeof(number), total > 0 ? "%.0f %%" : "at %g",
                      total > 0 ? std::floor(100 * one.progress->value / total)
                                : one.progress->value);
        add(number);
    }
    if (one.deadline)
        add("deadline in " + duration(*one.deadline));
    if (one.awaits)
        add("awaits " + picture.awaits_text(one));
    return {text, look::dim};
}

std::string below(const std::optional<double>& time) {
    return time ? "< " + duration(*time) : std::string();
}

} // namespace

std::vector<line::span> screen::cells(const item& one) const {
    switch (one.is) {
    case item::group:
        return {
            {one.is_open ? "▾" : "▸", look::normal},
            {(one.label.empty() ? "(none)" : one.label) + " · " + count(one.many), look::strong},
            {},
            {duration(one.age), look::normal},
            {},
            {}};
    case item::operation: {
        const auto& from = picture_.operations[one.at];
        const line::span age{from.is_group ? std::string() : duration(from.age), look::normal};
        const line::span id{from.is_group ? std::string() : std::to_string(from.id), look::dim};
        if (view_ == view::why) {
            const auto indent = static_cast<std::size_t>(2 * std::min(one.depth, 12));
            return {{std::string(indent, ' ') +
                         (!one.folds    ? "· "
                          : one.is_open ? "▾ "
                                        : "▸ ") +
                         from.label(),
                     look::name},
                    age,
                    in_words(picture_, one.at),
                    {from.at, look::dim},
                    id};
        }
        return {id,
                {from.name, look::name},
                {from.what.empty() && from.name.empty() ? from.origin : from.what, look::normal},
                age,
                in_words(picture_, one.at),
                {from.at, look::dim}};
    }
    case item::ended: {
        const auto& from = picture_.ended[one.at];
        return {{std::to_string(from.id), look::dim},
                {from.name.empty() || from.what.empty() ? from.title()
                                                        : from.name + " (" + from.what + ")",
                 look::name},
                {duration(from.took), look::normal},
                {duration(from.ago) + " ago", look::normal},
                {from.why, from.status == "Error"      ? look::bad
                           : from.status == "Canceled" ? look::warn
                                                       : look::good},
                {from.at, look::dim}};
    }
    case item::family: {
        const auto& from = picture_.families[one.at];
        const auto number = [](std::uint64_t value, look as = look::normal) {
            return line::span{count(value), value ? as : look::dim};
        };
        return {{from.name.empty() || from.what.empty() ? from.title()
                                                        : from.name + " (" + from.what + ")",
                 look::name},
                number(from.outstanding),
                number(from.started),
                number(from.completed),
                number(from.canceled),
                number(from.failed, look::warn),
                number(from.unseen, look::bad),
                {from.ended() ? duration(from.sum / static_cast<double>(from.ended())) : "",
                 look::normal},
                {below(from.quantile(0.5)), look::normal},
                {below(from.quantile(0.99)), look::normal}};
    }
    case item::lint:
        break;
    }
    const auto& from = picture_.lints[one.at];
    return {{from.name, look::warn},
            {(from.operation ? "#" + std::to_string(from.operation) + " " : "") + from.what,
             look::name},
            {from.text, look::normal}};
}

std::vector<line> screen::rows_of(int columns, int rows, bool with_heads) {
    const auto all = items();
    if (all.empty()) {
        std::vector<line> result;
        for (auto& text : wrap(nothing_to_show(), columns))
            result.emplace_back(std::move(text), look::dim);
        return result;
    }
    auto& here = now();
    const auto chosen = find_chosen(all);
    const auto heights = static_cast<std::size_t>(std::max(1, rows - (with_heads ? 1 : 0)));
    here.top = std::min(here.top, chosen);
    if (chosen >= here.top + heights)
        here.top = chosen - heights + 1;
    here.top = std::min(here.top, all.size() > heights ? all.size() - heights : 0);
    const auto last = std::min(all.size(), here.top + heights);

    const auto& heads = columns_of(view_);
    if (here.columns != columns) {
        here.columns = columns;
        here.widths.assign(heads.size(), 0);
    }
    std::vector<std::string> titles;
    for (std::size_t n = 0; n != heads.size(); ++n) {
        auto title = std::string(heads[n].head);
        if (here.sort == n)
            title += here.down ? " ↓" : " ↑";
        here.widths[n] = std::max(here.widths[n], width(title));
        titles.push_back(std::move(title));
    }
    std::vector<std::vector<line::span>> cells_of;
    for (auto n = here.top; n != last; ++n) {
        cells_of.push_back(cells(all[n]));
        for (std::size_t c = 0; c != heads.size(); ++c)
            here.widths[c] = std::max(here.widths[c], width(cells_of.back()[c].text));
    }

    // Which columns there is room for, and how much each of them gets.
    const int gap = columns >= 60 ? 2 : 1;
    std::vector<std::size_t> by_rank(heads.size());
    std::iota(by_rank.begin(), by_rank.end(), std::size_t(0));
    std::sort(by_rank.begin(), by_rank.end(),
              [&](std::size_t a, std::size_t b) { return heads[a].rank < heads[b].rank; });
    std::vector<int> wide;
    const auto lay_out = [&] {
        wide.assign(heads.size(), 0);
        int left = columns;
        for (const auto n : by_rank) {
            // Half of a number says nothing, and names are what people look for.
            const int wanted =
                heads[n].rank == 0 ? std::max(heads[n].least, columns * 2 / 5) : heads[n].least;
            const int least =
                heads[n].to_the_right ? here.widths[n] : std::min(wanted, here.widths[n]);
            const int space = left == columns ? 0 : gap;
            if (space && least + space > left)
                break;
            wide[n] = std::min(least, left);
            left -= wide[n] + space;
        }
        for (; left > 0; --left) { // the narrowest of those that have not got all that they need
            std::size_t next = heads.size();
            for (const auto n : by_rank)
                if (wide[n] && wide[n] < here.widths[n] &&
                    (next == heads.size() || wide[n] < wide[next]))
                    next = n;
            if (next == heads.size())
                break;
            ++wide[next];
        }
    };
    lay_out();
    if (view_ == view::operations && !wide[2]) { // there is no room for the function
        for (auto& row : cells_of)
            if (row[1].text.empty()) {
                row[1] = row[2];
                here.widths[1] = std::max(here.widths[1], width(row[1].text));
            }
        lay_out();
    }

    std::vector<line> result;
    const auto row = [&](const std::vector<line::span>& cells) {
        line one;
        bool is_first = true;
        for (std::size_t n = 0; n != heads.size(); ++n) {
            if (!wide[n])
                continue;
            if (!std::exchange(is_first, false))
                one.add(std::string(static_cast<std::size_t>(gap), ' '));
            // Of a file the name and the line are at the end.
            const auto text =
                heads[n].head == "STARTED AT" ? cut_front(cells[n].text, wide[n]) : cells[n].text;
            one.add(fit(text, wide[n], heads[n].to_the_right), cells[n].as);
        }
        return one;
    };
    if (with_heads) {
        std::vector<line::span> cells;
        for (auto& title : titles)
            cells.push_back({std::move(title), look::dim});
        result.push_back(row(cells));
    }
    for (auto n = here.top; n != last; ++n) {
        result.push_back(row(cells_of[n - here.top]));
        result.back().chosen = n == chosen;
    }
    return result;
}

} // namespace asyncinfo_top
