// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef EXAMPLE_DOWNLOADS_SCREEN_HPP
#define EXAMPLE_DOWNLOADS_SCREEN_HPP

// The screen of the demo: a table that fits the terminal at every size, or plain lines where there
// is no terminal. Nothing in this file knows of the library that the demo shows.

#include <algorithm>
#include <clocale>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#if defined(_WIN32)
#include <windows.h>
#else
#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>
#endif

namespace demo {

enum class colour { none = 0, dim = 2, red = 31, green = 32, yellow = 33, cyan = 36 };

/// A row of the table.
struct row {
    std::string id, operation, status, age;
    std::optional<double> done; ///< 0 to 1, drawn as a bar
    std::string rate;
    std::string reason; ///< why it failed; takes as many lines as it needs
    bool running = true;
    colour tint = colour::none;
};

namespace detail {

using lines = std::vector<std::string>;

inline std::string_view variable(const char* name) {
    const char* const value = std::getenv(name);
    return value ? value : "";
}

#if defined(_WIN32)

/// What is written to: a terminal or something else, and what it can show.
struct medium {
    HANDLE out = GetStdHandle(STD_OUTPUT_HANDLE);
    bool terminal = understands_sequences();
    bool colours = terminal && variable("NO_COLOR").empty();
    bool utf8 = GetConsoleOutputCP() == CP_UTF8;

    bool understands_sequences() const {
        DWORD mode = 0;
        return GetConsoleMode(out, &mode) &&
               SetConsoleMode(out, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
    }

    std::pair<std::size_t, std::size_t> rows_and_columns() const {
        if (!terminal)
            return {std::numeric_limits<std::size_t>::max(), 1000};
        CONSOLE_SCREEN_BUFFER_INFO info{};
        if (!GetConsoleScreenBufferInfo(out, &info))
            return {24, 80};
        const auto length = [](SHORT first, SHORT last) {
            return static_cast<std::size_t>(last - first + 1);
        };
        return {length(info.srWindow.Top, info.srWindow.Bottom),
                length(info.srWindow.Left, info.srWindow.Right)};
    }
};

#else

/// What is written to: a terminal or something else, and what it can show.
struct medium {
    bool terminal =
        ::isatty(STDOUT_FILENO) == 1 && !variable("TERM").empty() && variable("TERM") != "dumb";
    bool colours = terminal && variable("NO_COLOR").empty();
    bool utf8 = std::setlocale(LC_CTYPE, "") && ::nl_langinfo(CODESET) == std::string_view("UTF-8");

    std::pair<std::size_t, std::size_t> rows_and_columns() const {
        winsize size{};
        if (!terminal)
            return {std::numeric_limits<std::size_t>::max(), 1000};
        if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
            return {24, 80};
        return {size.ws_row, size.ws_col};
    }
};

#endif

/// A text of words in lines of at most `width` characters.
inline lines wrap(std::string_view text, std::size_t width) {
    lines result;
    while (text.size() > width) {
        const std::size_t space = text.rfind(' ', width);
        const std::size_t length = space == text.npos || space == 0 ? width : space;
        result.emplace_back(text.substr(0, length));
        text.remove_prefix(std::min(text.size(), text[length] == ' ' ? length + 1 : length));
    }
    result.emplace_back(text);
    return result;
}

/// A line of the screen that grows from left to right and never beyond the right edge.
class line {
public:
    line(const medium& out, std::size_t columns) : out_(out), columns_(columns) {}

    /// A cell of `width` characters, and a gap of two before the next one.
    void cell(std::string_view text, std::size_t width, colour tint = colour::none) {
        text = text.substr(0, std::min(width, room()));
        paint(text, text.size(), tint);
        end_ += width + 2 - text.size();
    }

    void bar(double done, std::size_t width, colour tint) {
        width = std::min(width, room());
        // Whoever has got something shows something.
        auto full = static_cast<std::size_t>(static_cast<double>(width) * done);
        full = std::min(done > 0 ? std::max<std::size_t>(full, 1) : 0, width);
        paint(repeat(out_.utf8 ? "━" : "#", full), full, tint);
        paint(repeat(out_.utf8 ? "─" : "-", width - full), width - full, colour::dim);
        end_ += 2;
    }

    std::size_t room() const { return columns_ - std::min(columns_, end_); }

    /// The rest of the line is `text`; it goes on below, under its beginning.
    lines ending(std::string_view text, colour tint = colour::none) && {
        constexpr std::size_t enough = 18;
        lines result;
        if (room() < enough && end_ > 2) { // all of it goes below
            result.push_back(text_);
            *this = line(out_, columns_);
            end_ = std::min<std::size_t>(2, columns_ - 1);
        }
        const std::size_t indent = end_;
        for (const std::string& part : wrap(text, std::max<std::size_t>(room(), 1))) {
            paint(part, part.size(), tint);
            result.push_back(text_);
            *this = line(out_, columns_);
            end_ = indent;
        }
        return result;
    }

    std::string text() && { return std::move(text_); }

private:
    static std::string repeat(std::string_view glyph, std::size_t count) {
        std::string result;
        while (count-- > 0)
            result += glyph;
        return result;
    }

    void paint(std::string_view text, std::size_t width, colour tint) {
        if (text.empty())
            return;
        text_.append(end_ - shown_, ' '); // a gap is written when something follows it
        const bool tinted = out_.colours && tint != colour::none;
        text_ += tinted ? "\x1b[" + std::to_string(static_cast<int>(tint)) + "m" : "";
        text_ += text;
        text_ += tinted ? "\x1b[m" : "";
        shown_ = end_ += width;
    }

    medium out_;
    std::size_t columns_;
    std::size_t end_ = 0;   ///< where the next cell begins
    std::size_t shown_ = 0; ///< how far it has been written
    std::string text_;
};

/// A row, and its reason. A narrow screen goes without some columns.
inline lines format(const row& r, const medium& out, std::size_t columns) {
    line text(out, columns);
    if (columns >= 70)
        text.cell(std::string(3 - std::min<std::size_t>(r.id.size(), 3), ' ') + r.id, 3);
    text.cell(r.operation, 12);
    if (columns >= 45)
        text.cell(r.status, 9, r.tint);
    if (columns >= 65)
        text.cell(r.age, 6);
    if (r.done)
        text.bar(*r.done, 20, r.tint);
    if (!r.reason.empty())
        return std::move(text).ending(r.reason, r.tint);
    if (columns >= 57)
        text.cell(r.rate, 10);
    return {std::move(text).text()};
}

inline std::string heading(const medium& out, std::size_t columns) {
    medium plain = out;
    plain.colours = false;
    const row names{"id", "operation", "status", "   age", {}, {}, "progress"};
    line text(out, columns);
    text.cell(format(names, plain, columns).front(), columns, colour::dim);
    return std::move(text).text();
}

} // namespace detail

class screen {
public:
    /// What to watch and which key does what stand above the table; where both do not fit, the
    /// keys.
    screen(const std::string& watch, std::string keys)
        : intro_(watch + ' ' + keys), keys_(std::move(keys)) {
        if (out_.terminal) // another screen, no cursor, long lines do not go on below
            put("\x1b[?1049h\x1b[?25l\x1b[?7l");
        else
            put(intro_ + "\n\n" + detail::heading(out_, out_.rows_and_columns().second) + '\n');
        live_ = out_.terminal;
    }

    screen(const screen&) = delete;
    screen& operator=(const screen&) = delete;
    ~screen() { leave(); }

    /// Shows the rows as they are now. On a terminal the table is redrawn in place, `footer` stands
    /// below it, and what does not fit is left out; else a row is a line when it has changed much.
    void draw(const std::vector<row>& rows, std::string_view footer) {
        if (live_)
            redraw(rows, footer);
        else
            log(rows);
        rows_ = rows;
    }

    /// Back to the ordinary screen, where the last table stays.
    void finish() {
        if (!live_)
            return;
        leave();
        const std::size_t columns = out_.rows_and_columns().second;
        put(detail::heading(out_, columns) + '\n');
        for (const row& r : rows_)
            for (const std::string& text : detail::format(r, out_, columns))
                put(text + '\n');
    }

    /// A paragraph below the table, behind a mark.
    void print(std::string_view text, std::string_view mark = "", colour tint = colour::none) {
        detail::line line(out_, out_.rows_and_columns().second);
        if (!mark.empty())
            line.cell(mark, 5, tint);
        for (const std::string& part : std::move(line).ending(text))
            put(part + '\n');
    }

private:
    using lines = detail::lines;

    void redraw(const std::vector<row>& rows, std::string_view footer) {
        const auto size = out_.rows_and_columns(); // asked each time: it can change
        const auto [height, columns] = size;
        std::vector<lines> blocks;
        for (const row& r : rows)
            blocks.push_back(detail::format(r, out_, columns));
        const auto used = [&] {
            return std::accumulate(
                blocks.begin(), blocks.end(), std::size_t{0},
                [](std::size_t sum, const lines& block) { return sum + block.size(); });
        };

        // What does not fit is left out: what has ended first, then what is below.
        std::size_t left_out = 0;
        for (std::size_t i = 0; i < rows.size() && used() + (left_out > 0) > height; ++i)
            if (!rows[i].running)
                blocks[i].clear(), ++left_out;
        for (std::size_t i = rows.size(); i-- > 0 && used() + (left_out > 0) > height;)
            if (!blocks[i].empty())
                blocks[i].clear(), ++left_out;
        if (left_out > 0)
            blocks.push_back({detail::wrap(std::to_string(left_out) + " more", columns).front()});

        // The rest has what room is left.
        std::size_t spare = height - std::min(height, used());
        const auto fits = [&](std::size_t count) {
            return spare >= count && (spare -= count, true);
        };
        const lines intro = detail::wrap(intro_, columns);
        lines text;
        if (fits(intro.size()))
            text = intro;
        else if (keys_.size() <= columns && fits(1))
            text = {keys_};
        if (!text.empty() && fits(2)) // an empty line goes with the heading
            text.emplace_back(), text.push_back(detail::heading(out_, columns));
        for (lines& block : blocks)
            text.insert(text.end(), block.begin(), block.end());
        if (fits(2)) {
            detail::line last(out_, columns);
            last.cell(footer, footer.size(), colour::dim);
            text.emplace_back(), text.push_back(std::move(last).text());
        }
        show(std::move(text), size);
    }

    /// Writes the lines that differ from what is there.
    void show(lines text, std::pair<std::size_t, std::size_t> size) {
        std::string out;
        if (std::exchange(size_, size) != size) {
            out = "\x1b[2J";
            shown_.clear();
        }
        text.resize(std::max(text.size(), shown_.size()));
        shown_.resize(text.size());
        for (std::size_t i = 0; i < text.size(); ++i)
            if (text[i] != shown_[i])
                out += "\x1b[" + std::to_string(i + 1) + ";1H\x1b[K" + text[i];
        shown_ = std::move(text);
        put(out);
    }

    void log(const std::vector<row>& rows) {
        const auto quarters = [](const row& r) { return static_cast<int>(4 * r.done.value_or(0)); };
        for (std::size_t i = 0; i < rows.size(); ++i)
            if (rows_.empty() || rows[i].status != rows_[i].status ||
                quarters(rows[i]) != quarters(rows_[i]))
                for (const std::string& text :
                     detail::format(rows[i], out_, out_.rows_and_columns().second))
                    put(text + '\n');
    }

    void leave() {
        if (std::exchange(live_, false))
            put("\x1b[?7h\x1b[?25h\x1b[?1049l");
    }

    static void put(std::string_view text) {
        std::fwrite(text.data(), 1, text.size(), stdout);
        std::fflush(stdout);
    }

    const detail::medium out_;
    const std::string intro_, keys_;
    bool live_ = false;
    std::vector<row> rows_;
    lines shown_;
    std::pair<std::size_t, std::size_t> size_;
};

} // namespace demo

#endif // EXAMPLE_DOWNLOADS_SCREEN_HPP
