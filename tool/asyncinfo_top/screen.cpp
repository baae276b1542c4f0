//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
// What keys do, and what is where on the screen.

#include "screen.hpp"

#include "text.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace asyncinfo_top {
namespace {

constexpr std::string_view groupings[] = {"", "name", "function", "place", "origin", "context"};

struct named_view {
    std::string_view word, title, brief;
};
constexpr named_view named[views] = {{"why", "Why it runs", "Why"},
                                     {"operations", "Operations", "Op"},
                                     {"ended", "Ended", "End"},
                                     {"durations", "Durations", "Dur"},
                                     {"lints", "Lints", "Lint"}};

std::string clock(double since_epoch) {
    const auto time = static_cast<std::time_t>(since_epoch);
    std::tm parts = {};
    char text[16];
    if (!::localtime_r(&time, &parts) || !std::strftime(text, sizeof(text), "%H:%M:%S", &parts))
        return "an unknown time";
    return text;
}

} // namespace

std::string_view word(view of) { return named[static_cast<std::size_t>(of)].word; }

line& line::add(std::string text, look as) {
    if (!text.empty())
        spans.push_back({std::move(text), as});
    return *this;
}

int line::columns() const {
    int sum = 0;
    for (const auto& one : spans)
        sum += width(one.text);
    return sum;
}

std::string line::text() const {
    std::string all;
    for (const auto& one : spans)
        all += one.text;
    return all;
}

void line::clip(int columns) {
    for (auto& one : spans) {
        if (width(one.text) > columns)
            one.text = cut(one.text, columns);
        columns -= width(one.text);
    }
}

// --- Pictures -----------------------------------------------------------------------------------

void screen::show(snapshot next) {
    const auto& before = held_ ? *held_ : picture_;
    if (has_picture_ &&
        next.pid != before.pid) { // another program, which counts from the beginning
        samples_.clear();
        stands_ = {};
        detail_.clear();
        asks_ = 0;
    }
    std::uint64_t ended = 0;
    for (const auto& one : next.families)
        ended += one.ended();
    samples_.emplace_back(next.taken, ended);
    while (samples_.size() > 2 && samples_[1].first <= next.taken - 5)
        samples_.pop_front();
    is_lost_ = false;
    silent_ = 0;
    if (is_paused_ && has_picture_)
        held_ = std::move(next);
    else
        picture_ = std::move(next);
    has_picture_ = true;
}

void screen::lose(bool has_ended, std::string_view reason, bool has_same_address) {
    if (is_lost_) // and what was said first is what happened
        return;
    is_lost_ = true;
    asks_ = 0;
    if (held_)
        picture_ = *std::exchange(held_, std::nullopt);
    is_paused_ = false;
    lost_ = has_ended
                ? "The program has ended, or has closed its console. You see what was left at "
                : "The connection has broken: " + printable(reason) +
                      ". The program may have been killed, or has crashed. You see what ran "
                      "at ";
    lost_ += clock(picture_.taken);
    lost_ += has_same_address ? ". It goes on when the console is back at this address."
                              : ". A program that is started again has a new address.";
}

std::string screen::notice() const {
    if (is_lost_)
        return lost_;
    if (has_picture_ && !picture_.registry)
        return "The registry is off: operations that start are not shown. registry::enable() turns "
               "it on.";
    return {};
}

// --- Keys ---------------------------------------------------------------------------------------

wish screen::press(const key& pressed) {
    said_.clear();
    if (asks_) {
        const auto operation = std::exchange(asks_, 0);
        if (pressed.is == key::character && (pressed.text == "y" || pressed.text == "Y"))
            return {wish::cancel, operation};
        said_ = "It was not cancelled.";
        return {};
    }
    if (is_typing_)
        return press_in_filter(pressed);

    const auto page = static_cast<std::ptrdiff_t>(page_);
    constexpr std::ptrdiff_t far = 1 << 30;
    switch (pressed.is) {
    case key::up:
        scroll(-1);
        return {};
    case key::down:
        scroll(1);
        return {};
    case key::page_up:
        scroll(-page);
        return {};
    case key::page_down:
        scroll(page);
        return {};
    case key::home:
        scroll(-far);
        return {};
    case key::end:
        scroll(far);
        return {};
    case key::left:
    case key::right:
        fold(pressed.is == key::right);
        return {};
    case key::tab:
    case key::back_tab: {
        const std::size_t step = pressed.is == key::tab ? 1 : views - 1;
        view_ = static_cast<view>((static_cast<std::size_t>(view_) + step) % views);
        is_helping_ = false;
        detail_.clear();
        return {};
    }
    case key::enter:
        if (!std::exchange(is_helping_, false))
            choose();
        return {};
    case key::backspace:
    case key::escape:
        if (!std::exchange(is_helping_, false)) {
            if (detail_.empty())
                filter_.clear();
            detail_.clear();
        }
        return {};
    case key::pasted: // it was meant for something else
    case key::refresh:
        return {};
    case key::character:
        break;
    }

    const char letter = pressed.text.size() == 1 ? pressed.text.front() : '\0';
    if (letter >= '1' && letter < static_cast<char>('1' + views)) {
        view_ = static_cast<view>(letter - '1');
        is_helping_ = false;
        detail_.clear();
        return {};
    }
    auto& here = now();
    const auto& columns = columns_of(view_);
    switch (letter) {
    case 'q':
        return {wish::quit};
    case 'j':
        scroll(1);
        break;
    case 'k':
        scroll(-1);
        break;
    case ' ':
    case 'p':
        if (is_lost_)
            said_ = "There are no pictures to pause.";
        else if (is_paused_ = !is_paused_; !is_paused_ && held_)
            picture_ = *std::exchange(held_, std::nullopt);
        break;
    case '?':
    case 'h':
        is_helping_ = !is_helping_;
        scrolled_ = 0;
        break;
    case '/':
        is_typing_ = true;
        detail_.clear();
        break;
    case 's': {
        const std::size_t none = columns.size();
        std::size_t next = here.sort ? *here.sort + 1 : 0;
        while (next < none && !columns[next].sorts)
            ++next;
        here.sort = next < none ? std::optional(next) : std::nullopt;
        here.down = here.sort && columns[next].down_first;
        if (view_ == view::why)
            said_ = "The tree is in the order of age. The operations (2) can be sorted.";
        break;
    }
    case 'r':
        if (here.sort)
            here.down = !here.down;
        else
            said_ = "It is not sorted yet: s sorts by the first column, and by the next one.";
        break;
    case 'g':
        if (view_ != view::operations) {
            said_ = "Only the operations (2) can be grouped.";
            break;
        }
        group_ = (group_ + 1) % std::size(groupings);
        open_groups_.clear();
        here.chosen.clear();
        said_ = group_ ? "Grouped by " + std::string(groupings[group_]) + "." : "Not grouped.";
        break;
    case 'c': {
        std::uint64_t operation = detail_operation_;
        if (detail_.empty()) {
            const auto all = items();
            operation = all.empty() ? 0 : operation_of(all[find_chosen(all)]);
        }
        const auto at = picture_.find(operation);
        if (is_lost_)
            said_ = "The program does not answer.";
        else if (!picture_.may_cancel)
            said_ = "The program does not let its console cancel: console_options::may_cancel.";
        else if (at == snapshot::none)
            said_ = "No operation that runs is chosen.";
        else
            asks_ = operation;
        break;
    }
    default:
        break;
    }
    return {};
}

wish screen::press_in_filter(const key& pressed) {
    switch (pressed.is) {
    case key::character:
    case key::pasted:
        filter_ += printable(pressed.text);
        break;
    case key::backspace:
        while (!filter_.empty() && (static_cast<unsigned char>(filter_.back()) & 0xC0) == 0x80)
            filter_.pop_back();
        if (!filter_.empty())
            filter_.pop_back();
        break;
    case key::escape:
        filter_.clear();
        [[fallthrough]];
    case key::enter:
        is_typing_ = false;
        break;
    case key::up:
        move(-1);
        break;
    case key::down:
        move(1);
        break;
    default:
        break;
    }
    return {};
}

void screen::scroll(std::ptrdiff_t by) {
    if (is_helping_ || !detail_.empty()) {
        const auto to = static_cast<std::ptrdiff_t>(scrolled_) + by;
        scrolled_ = static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, to));
    } else
        move(by);
}

std::size_t screen::find_chosen(const std::vector<item>& among) {
    auto& here = now();
    if (among.empty())
        return 0;
    if (here.chosen.empty()) {
        here.index = 0;
        // What keeps the program from ending is what people look for.
        if (const auto culprits = picture_.culprits(); view_ == view::why && !culprits.empty())
            for (std::size_t n = 0; n != among.size(); ++n)
                if (among[n].at == culprits.front().at)
                    here.index = n;
        return here.index;
    }
    for (std::size_t n = 0; n != among.size(); ++n)
        if (name_of(among[n]) == here.chosen)
            return here.index = n;
    // It is gone, and its neighbour is in its place.
    here.index = std::min(here.index, among.size() - 1);
    here.chosen = name_of(among[here.index]);
    return here.index;
}

void screen::move(std::ptrdiff_t by) {
    const auto all = items();
    if (all.empty())
        return;
    const auto last = static_cast<std::ptrdiff_t>(all.size()) - 1;
    const auto to =
        std::clamp<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(find_chosen(all)) + by, 0, last);
    now().index = static_cast<std::size_t>(to);
    now().chosen = name_of(all[now().index]);
}

void screen::choose() {
    if (!detail_.empty())
        return detail_.clear();
    const auto all = items();
    if (all.empty())
        return;
    const auto& chosen = all[find_chosen(all)];
    now().chosen = name_of(chosen);
    if (chosen.is == item::group) {
        if (!open_groups_.erase(chosen.label))
            open_groups_.insert(chosen.label);
        return;
    }
    detail_operation_ = operation_of(chosen);
    detail_ = detail_operation_ ? "operation" : name_of(chosen); // a lint can be of something else
    scrolled_ = 0;
}

void screen::fold(bool open) {
    const auto all = items();
    if (all.empty() || is_helping_ || !detail_.empty())
        return;
    const auto at = find_chosen(all);
    const auto& chosen = all[at];
    now().chosen = name_of(chosen);
    if (chosen.is == item::group) {
        if (open)
            open_groups_.insert(chosen.label);
        else
            open_groups_.erase(chosen.label);
    } else if (view_ == view::why) {
        const auto id = picture_.operations[chosen.at].id;
        if (open && chosen.folds)
            chosen.is_open ? move(1) : static_cast<void>(closed_.erase(id));
        else if (!open && chosen.folds && chosen.is_open)
            closed_.insert(id);
        else if (!open && chosen.depth > 0)
            for (auto up = at; up-- > 0;)
                if (all[up].depth < chosen.depth) {
                    now().index = up;
                    now().chosen = name_of(all[up]);
                    break;
                }
    }
}

// --- Lines --------------------------------------------------------------------------------------

std::uint64_t screen::total_ended() const { return samples_.empty() ? 0 : samples_.back().second; }

line screen::header(int columns) const {
    struct part {
        std::string text;
        look as;
        int rank; ///< the last ones are left out first
    };
    std::vector<part> parts;
    const auto add = [&](std::string text, look as, int rank) {
        parts.push_back({std::move(text), as, rank});
    };
    add(picture_.program.empty() ? "program" : picture_.program, look::strong, 0);
    add("process " + std::to_string(picture_.pid), look::dim, 5);
    add(count(picture_.running) + (columns < 40 ? " run" : " outstanding"), look::normal, 1);
    if (picture_.listed)
        add("oldest " + duration(picture_.operations.front().age), look::normal, 6);
    if (samples_.size() > 1 && samples_.back().first > samples_.front().first) {
        char text[32];
        const auto ended =
            static_cast<double>(total_ended()) - static_cast<double>(samples_.front().second);
        std::snprintf(text, sizeof(text), "%.1f ended/s",
                      std::max(0.0, ended / (samples_.back().first - samples_.front().first)));
        add(text, look::normal, 4);
    }
    std::uint64_t failed = 0, unseen = 0;
    for (const auto& one : picture_.families) {
        failed += one.failed;
        unseen += one.unseen;
    }
    add(count(failed) + " failed", look::normal, 7);
    if (unseen)
        add(count(unseen) + " unseen", look::bad, 8);
    const auto lints = picture_.lints.size();
    add(count(lints) + (lints == 1 ? " lint" : " lints"), lints ? look::warn : look::normal, 3);
    if (is_lost_)
        add("Disconnected", look::bad, 2);
    else if (is_paused_)
        add("Paused", look::warn, 2);
    else if (silent_ > 5)
        add("no picture for " + duration(silent_), look::warn, 2);
    else
        add("Live", look::good, 2);

    int most = 8; // ranks
    const auto used = [&] {
        int sum = -3;
        for (const auto& one : parts)
            if (one.rank <= most)
                sum += width(one.text) + 3;
        return sum;
    };
    while (most > 0 && used() > columns)
        --most;
    line result;
    for (const auto& one : parts)
        if (one.rank <= most) {
            if (!result.spans.empty())
                result.add(" · ", look::dim);
            result.add(cut(one.text, columns), one.as);
        }
    return result;
}

line screen::tabs(int columns) const {
    for (const bool is_brief : {false, true}) {
        line result;
        for (std::size_t n = 0; n != views; ++n) {
            auto text = std::to_string(n + 1) + " ";
            text += is_brief ? named[n].brief : named[n].title;
            if (n + 1 == views && !picture_.lints.empty())
                text += " " + count(picture_.lints.size());
            if (n)
                result.add(is_brief ? " " : "  ");
            result.add(n == static_cast<std::size_t>(view_) ? "[" + text + "]" : text,
                       n == static_cast<std::size_t>(view_) ? look::strong : look::dim);
        }
        if (result.columns() <= columns)
            return result;
    }
    const auto n = static_cast<std::size_t>(view_);
    return line(cut("[" + std::to_string(n + 1) + " " + std::string(named[n].title) + "]", columns),
                look::strong);
}

line screen::bottom(int columns) const {
    if (asks_) {
        const auto at = picture_.find(asks_);
        const auto name = at == snapshot::none ? std::string() : picture_.operations[at].title();
        const std::string question = " Cancel it? y/n";
        return line(cut("#" + std::to_string(asks_) + " " + name,
                        columns - static_cast<int>(question.size())),
                    look::bad)
            .add(cut(question, columns), look::bad);
    }
    if (is_typing_) { // the end is what is typed
        std::string text = filter_ + "_";
        while (width(text) + 1 > columns && text.size() > 1) {
            do
                text.erase(0, 1);
            while (!text.empty() && (static_cast<unsigned char>(text.front()) & 0xC0) == 0x80);
        }
        return line("/", look::strong).add(text);
    }
    if (!said_.empty())
        return line(cut(said_, columns), look::warn);

    std::vector<std::pair<std::string, std::string>> keys{{"q", "quit"}, {"?", "help"}};
    const auto offer = [&](const char* pressed, const char* does) {
        keys.emplace_back(pressed, does);
    };
    if (is_helping_ || !detail_.empty())
        offer("Esc", "back");
    else {
        if (!filter_.empty())
            offer("Esc", "all");
        offer("Enter", "details");
        offer("/", "filter");
        if (view_ != view::why) {
            offer("s", "sort");
            offer("r", "reverse");
        } else
            offer("← →", "fold");
        if (view_ == view::operations)
            offer("g", "group");
    }
    if (picture_.may_cancel && !is_lost_)
        offer("c", "cancel");
    offer("p", is_paused_ ? "go on" : "pause");
    line result;
    if (!filter_.empty())
        result.add(cut("/" + filter_, std::max(1, columns / 3)), look::warn);
    for (const auto& [pressed, does] : keys) {
        const int space = result.spans.empty() ? 0 : 2;
        if (result.columns() + space + width(pressed) + 1 + width(does) > columns)
            continue;
        result.add(std::string(static_cast<std::size_t>(space), ' '));
        result.add(pressed, look::strong).add(" " + does, look::dim);
    }
    return result;
}

std::string screen::nothing_to_show() const {
    if (!filter_.empty())
        return "Nothing matches the filter.";
    switch (view_) {
    case view::why:
        return "No operation is outstanding. If the program still does not end, something else "
               "keeps it: a work guard, a thread, or an operation without a handle.";
    case view::operations:
        return "Nothing is outstanding.";
    case view::ended:
        return "Nothing has ended yet.";
    case view::durations:
        return "No operation has started yet.";
    case view::lints:
        break;
    }
    return "Nothing stands out.";
}

std::vector<line> screen::body(int columns, int rows, bool is_complete) {
    page_ = static_cast<std::size_t>(std::max(1, rows - 1));
    if (is_helping_ || !detail_.empty()) {
        auto all = is_helping_ ? help(columns) : details(columns);
        const auto shown = static_cast<std::size_t>(std::max(0, rows));
        scrolled_ = std::min(scrolled_, all.size() > shown ? all.size() - shown : 0);
        all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(scrolled_));
        if (all.size() > shown)
            all.resize(shown);
        return all;
    }
    std::vector<line> result;
    if (view_ == view::why) {
        result = why_it_runs(columns, rows >= 18 ? 3 : rows >= 8 ? 1 : 0);
        if (!result.empty())
            result.emplace_back();
    }
    rows -= static_cast<int>(result.size());
    auto list = rows_of(columns, rows, is_complete || rows >= 4);
    result.insert(result.end(), std::make_move_iterator(list.begin()),
                  std::make_move_iterator(list.end()));
    return result;
}

std::vector<line> screen::draw(size of) {
    std::vector<line> result;
    if (of.rows <= 0 || of.columns <= 0)
        return result;
    const auto warning = notice();
    const bool has_bottom = of.rows >= 3 || asks_ || is_typing_ || !said_.empty();
    int left = of.rows - has_bottom;
    const auto take = [&](line one) {
        result.push_back(std::move(one));
        --left;
    };
    if (left >= 2)
        take(header(of.columns));
    if (!warning.empty() && left >= 2) {
        auto lines = wrap(warning, of.columns);
        const auto most = std::min<std::size_t>(lines.size(), of.rows >= 16 ? 3 : 1);
        if (most < lines.size()) // all of the rest, cut
            for (auto n = most; n != lines.size(); ++n)
                lines[most - 1] += " " + lines[n];
        for (std::size_t n = 0; n != most; ++n)
            take(line(cut(lines[n], of.columns), look::warn));
    }
    if (left >= 3)
        take(tabs(of.columns));
    if (left > 0) {
        auto lines = body(of.columns, left, false);
        lines.resize(static_cast<std::size_t>(left));
        result.insert(result.end(), std::make_move_iterator(lines.begin()),
                      std::make_move_iterator(lines.end()));
    }
    if (has_bottom)
        result.push_back(bottom(of.columns));
    for (auto& one : result) // for terminals that are narrower than anything that is said
        one.clip(of.columns);
    return result;
}

std::vector<line> screen::print() {
    constexpr int endless = 1'000'000;
    auto result = body(endless, endless, true);
    for (auto& one : result)
        one.chosen = false;
    std::vector<line> before{header(endless)};
    before.front().spans.resize(before.front().spans.size() - 2); // it is not live
    if (const auto warning = notice(); !warning.empty())
        before.emplace_back(warning);
    before.emplace_back();
    result.insert(result.begin(), before.begin(), before.end());
    return result;
}

} // namespace asyncinfo_top
