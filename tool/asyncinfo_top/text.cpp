//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
// Texts on a terminal: what can be shown, and how many columns it takes.

#include "text.hpp"

#include "../../src/console/utf8.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cwchar>
#include <iterator>
#include <utility>

namespace asyncinfo_top {
namespace {

/// One base character can have so many marks above and below it. More of them would make a line
/// endless that takes few columns.
constexpr int most_marks = 8;

struct character {
    std::string_view bytes;
    char32_t code;
    int columns; ///< negative: it is not printable
};

/// What cannot be seen, or changes the direction of what stands beside it. The page has the same
/// list, in console.js.
constexpr std::pair<char32_t, char32_t> unseen[] = {
    {0x00, 0x1F},     {0x7F, 0x9F},       {0xAD, 0xAD},       {0x34F, 0x34F},    {0x61C, 0x61C},
    {0x115F, 0x1160}, {0x17B4, 0x17B5},   {0x180B, 0x180F},   {0x200B, 0x200F},  {0x2028, 0x202E},
    {0x2060, 0x206F}, {0x3164, 0x3164},   {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},  {0xFFA0, 0xFFA0},
    {0xFFF0, 0xFFFB}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF}};

/// Of a text that is not empty. What is no UTF-8 is a character that is not printable.
character first(std::string_view text) {
    const std::size_t size = asyncinfo::detail::console::character(text);
    const auto byte = [&](std::size_t n) { return static_cast<unsigned char>(text[n]); };
    if (size == 0)
        return {text.substr(0, 1), byte(0), -1};
    char32_t code = byte(0);
    if (size > 1) {
        code &= 0x7Fu >> size;
        for (std::size_t n = 1; n < size; ++n)
            code = (code << 6) | (byte(n) & 0x3Fu);
    }
    const bool hides = std::any_of(std::begin(unseen), std::end(unseen), [&](const auto& range) {
        return code >= range.first && code <= range.second;
    });
    const int columns = hides ? -1 : code < 0x7F ? 1 : ::wcwidth(static_cast<wchar_t>(code));
    return {text.substr(0, size), code, columns};
}

template <typename Visit>
void each(std::string_view text, Visit visit) {
    while (!text.empty()) {
        const auto next = first(text);
        text.remove_prefix(next.bytes.size());
        visit(next);
    }
}

void replace_all(std::string& in, std::string_view from, std::string_view to) {
    for (std::size_t at = 0; (at = in.find(from, at)) != in.npos; at += to.size())
        in.replace(at, from.size(), to);
}

} // namespace

std::string printable(std::string_view text) {
    std::string result;
    bool stands = false; // whether there is something that a mark can be above or below
    int marks = 0;
    each(text, [&](const character& one) {
        if (one.columns == 0 && stands) {
            if (marks++ < most_marks)
                result += one.bytes;
            return;
        }
        stands = true;
        marks = 0;
        if (one.columns > 0) {
            result += one.bytes;
            return;
        }
        char number[16];
        std::snprintf(number, sizeof(number), one.code < 0x100 ? "\\x%02x" : "\\u%04x",
                      static_cast<unsigned>(one.code));
        result += one.code == '\n' ? "\\n" : number;
    });
    return result;
}

int width(std::string_view text) {
    int columns = 0;
    each(text, [&](const character& one) { columns += std::max(0, one.columns); });
    return columns;
}

std::string cut(std::string_view text, int columns) {
    if (columns <= 0)
        return {};
    // No character takes more columns than bytes.
    if (text.size() <= static_cast<std::size_t>(columns) || width(text) <= columns)
        return std::string(text);
    std::string result;
    int left = columns - 1;
    while (!text.empty()) {
        const auto next = first(text);
        if (next.columns > left)
            break;
        left -= std::max(0, next.columns);
        result += next.bytes;
        text.remove_prefix(next.bytes.size());
    }
    return result + "…";
}

std::string cut_front(std::string_view text, int columns) {
    int wide = width(text);
    if (wide <= columns)
        return std::string(text);
    if (columns <= 0)
        return {};
    while (!text.empty()) { // marks go with what they stand on
        const auto next = first(text);
        if (wide <= columns - 1 && next.columns != 0)
            break;
        wide -= std::max(0, next.columns);
        text.remove_prefix(next.bytes.size());
    }
    return "…" + std::string(text);
}

std::string fit(std::string_view text, int columns, bool to_the_right) {
    std::string result = cut(text, columns);
    const int left = columns - width(result);
    if (left > 0)
        result.insert(to_the_right ? 0 : result.size(), static_cast<std::size_t>(left), ' ');
    return result;
}

std::vector<std::string> wrap(std::string_view text, int columns) {
    columns = std::max(1, columns);
    std::vector<std::string> lines(1);
    int used = 0;
    while (!text.empty()) {
        auto word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        int wide = width(word);
        if (used > 0 && used + 1 + wide > columns) {
            lines.emplace_back();
            used = 0;
        }
        if (used > 0) {
            lines.back() += ' ';
            ++used;
        }
        for (; wide > columns - used; wide = width(word)) { // it is longer than a line
            int left = columns - used;
            const auto before = word.size();
            while (!word.empty()) {
                const auto next = first(word);
                // In one column, a character that takes two is shown all the same.
                if (next.columns > left && (left < columns || columns > 1))
                    break;
                left -= std::max(0, next.columns);
                lines.back() += next.bytes;
                word.remove_prefix(next.bytes.size());
                if (left <= 0)
                    break;
            }
            if (word.empty() || word.size() == before)
                break;
            lines.emplace_back();
            used = 0;
        }
        lines.back() += word;
        used += wide;
    }
    return lines;
}

std::string to_ascii(std::string_view text) {
    static constexpr std::pair<std::string_view, char> similar[] = {
        {"…", '~'}, {"·", '-'}, {"▾", 'v'}, {"▸", '>'}, {"↓", 'v'}, {"↑", '^'},
        {"→", '>'}, {"←", '<'}, {"−", '-'}, {"µ", 'u'}, {"█", '#'}, {"●", '*'},
        {"─", '-'}, {"│", '|'}, {"├", '|'}, {"└", '`'}, {"×", 'x'}};
    std::string result;
    each(text, [&](const character& one) {
        if (one.bytes.size() == 1) {
            result += one.bytes;
            return;
        }
        const auto* at = std::find_if(std::begin(similar), std::end(similar),
                                      [&](const auto& pair) { return pair.first == one.bytes; });
        result.append(static_cast<std::size_t>(std::max(0, one.columns)),
                      at == std::end(similar) ? '?' : at->second);
    });
    return result;
}

std::string duration(double seconds) {
    if (!(seconds >= 0))
        return seconds < 0 ? "−" + duration(-seconds) : "";
    char text[64];
    const auto print = [&](const char* format, double value) {
        std::snprintf(text, sizeof(text), format, value);
        return std::string(text);
    };
    if (seconds < 0.0009995)
        return print("%.0f µs", seconds * 1e6);
    if (seconds < 0.00995)
        return print("%.1f ms", seconds * 1e3);
    if (seconds < 0.9995)
        return print("%.0f ms", seconds * 1e3);
    if (seconds < 9.95)
        return print("%.1f s", seconds);
    if (seconds < 59.5)
        return print("%.0f s", seconds);
    const auto print_two = [&](const char* format, double unit, double smaller) {
        const double first = std::floor(seconds / unit);
        std::snprintf(text, sizeof(text), format, first,
                      std::floor((seconds - first * unit) / smaller));
        return std::string(text);
    };
    seconds = std::round(seconds);
    if (seconds < 3600)
        return print_two("%.0f min %.0f s", 60, 1);
    if (seconds < 86400)
        return print_two("%.0f h %.0f min", 3600, 60);
    return print_two("%.0f d %.0f h", 86400, 3600);
}

std::string count(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
        digits.insert(static_cast<std::size_t>(at), 1, ' ');
    return digits;
}

std::string to_lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return text;
}

std::string plain(std::string text) {
    replace_all(text, "{anonymous}::", "");
    replace_all(text, "(anonymous namespace)::", "");
    replace_all(text, "std::__cxx11::", "std::");
    replace_all(text, "std::__1::", "std::");
    replace_all(text, "std::basic_string<char, std::char_traits<char>, std::allocator<char> >",
                "std::string");
    replace_all(text, "std::basic_string<char, std::char_traits<char>, std::allocator<char>>",
                "std::string");
    return text;
}

} // namespace asyncinfo_top
