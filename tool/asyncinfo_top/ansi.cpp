//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
// The language of terminals: ECMA-48, which all of today's speak, and tmux and screen as well.

#include "ansi.hpp"

#include "text.hpp"

#include "../../src/console/utf8.hpp"

#include <algorithm>
#include <cstdlib>

namespace asyncinfo_top {
namespace {

/// Colours that can be read on light and on dark.
std::string_view code(look of, bool has_colours) {
    switch (of) {
    case look::normal:
        break;
    case look::dim:
        return "2";
    case look::strong:
        return "1";
    case look::good:
        return has_colours ? "32" : "";
    case look::warn:
        return has_colours ? "35" : "1";
    case look::bad:
        return has_colours ? "1;31" : "1";
    case look::name:
        return has_colours ? "36" : "";
    }
    return "";
}

bool is_ascii(const std::string& text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_same(const line& a, const line& b) {
    return a.chosen == b.chosen && std::equal(a.spans.begin(), a.spans.end(), b.spans.begin(),
                                              b.spans.end(), [](const auto& x, const auto& y) {
                                                  return x.as == y.as && x.text == y.text;
                                              });
}

} // namespace

std::string paint(const std::vector<line>& lines, const std::vector<line>& before, size of,
                  abilities of_terminal) {
    std::string result;
    for (std::size_t row = 0; row != lines.size(); ++row) {
        const auto& one = lines[row];
        if (row < before.size() && is_same(one, before[row]))
            continue;
        result += "\x1b[" + std::to_string(row + 1) + ";1H\x1b[0m\x1b[2K";
        int column = 0;
        for (const auto& [text, as] : one.spans) {
            result.append("\x1b[0;").append(one.chosen ? "7" : code(as, of_terminal.has_colours));
            result += 'm';
            result += of_terminal.is_ascii ? to_ascii(text) : text;
            column += width(text);
            // A terminal can have another opinion of how wide a character is. So the next text is
            // put where it belongs.
            if (!of_terminal.is_ascii && !is_ascii(text) && column < of.columns)
                result += "\x1b[" + std::to_string(column + 1) + "G";
        }
        if (one.chosen && column < of.columns)
            result.append("\x1b[0;7m").append(static_cast<std::size_t>(of.columns - column), ' ');
    }
    if (!result.empty())
        result += "\x1b[0m";
    return result;
}

std::vector<key> key_reader::feed(std::string_view bytes) {
    left_ += bytes;
    std::vector<key> keys;
    while (!left_.empty()) {
        const auto taken = take(keys);
        if (!taken)
            break;
        left_.erase(0, taken);
    }
    return keys;
}

std::vector<key> key_reader::nothing_follows() {
    std::vector<key> keys;
    if (!left_.empty() && left_.front() == '\x1b')
        keys.push_back({key::escape});
    left_.clear();
    return keys;
}

std::size_t key_reader::take(std::vector<key>& to) {
    const auto first = static_cast<unsigned char>(left_.front());
    if (first == 0x1B)
        return take_sequence(to);
    if (first < 0x20 || first == 0x7F) {
        if (is_pasted_) // as a line's end, which would end the filter
            to.push_back({key::pasted, " "});
        else if (first == '\r' || first == '\n')
            to.push_back({key::enter});
        else if (first == '\t')
            to.push_back({key::tab});
        else if (first == 0x7F || first == '\b')
            to.push_back({key::backspace});
        else if (first == 'L' - 0x40)
            to.push_back({key::refresh});
        return 1;
    }
    const std::size_t size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (left_.size() < size && first >= 0xC2 && first <= 0xF4)
        return 0;
    if (asyncinfo::detail::console::character(left_) != size)
        return 1; // it is no UTF-8
    to.push_back({is_pasted_ ? key::pasted : key::character, left_.substr(0, size)});
    return size;
}

std::size_t key_reader::take_sequence(std::vector<key>& to) {
    if (left_.size() < 2)
        return 0;
    if (left_[1] != '[' && left_[1] != 'O') { // Alt and a key, or Escape and another one
        to.push_back({key::escape});
        return 1;
    }
    std::size_t end = 2;
    while (end < left_.size() && left_[end] >= 0x20 && left_[end] < 0x40)
        ++end;
    if (end == left_.size())
        return end > 64 ? end : 0; // no terminal sends that
    const int number = std::atoi(left_.c_str() + 2);
    switch (left_[end]) {
    case 'A':
        to.push_back({key::up});
        break;
    case 'B':
        to.push_back({key::down});
        break;
    case 'C':
        to.push_back({key::right});
        break;
    case 'D':
        to.push_back({key::left});
        break;
    case 'H':
        to.push_back({key::home});
        break;
    case 'F':
        to.push_back({key::end});
        break;
    case 'Z':
        to.push_back({key::back_tab});
        break;
    case '~':
        switch (number) {
        case 1:
        case 7:
            to.push_back({key::home});
            break;
        case 4:
        case 8:
            to.push_back({key::end});
            break;
        case 5:
            to.push_back({key::page_up});
            break;
        case 6:
            to.push_back({key::page_down});
            break;
        case 200:
            is_pasted_ = true;
            break;
        case 201:
            is_pasted_ = false;
            break;
        default:
            break;
        }
        break;
    default:
        break;
    }
    return end + 1;
}

} // namespace asyncinfo_top
