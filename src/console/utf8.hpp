//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_CONSOLE_UTF8_HPP
#define ASYNCINFO_CONSOLE_UTF8_HPP

#include <cstddef>
#include <string>
#include <string_view>

namespace asyncinfo::detail::console {

/// How many bytes the character at the beginning has; zero if it is none: cut off, overlong, a
/// surrogate, or out of range.
inline std::size_t character(std::string_view text) noexcept {
    const auto at = [text](std::size_t n) {
        return n < text.size() ? static_cast<unsigned char>(text[n]) : 0u;
    };
    const auto follows = [&](std::size_t n, unsigned from = 0x80, unsigned to = 0xBF) {
        return at(n) >= from && at(n) <= to;
    };
    const unsigned first = at(0);
    if (first < 0x80)
        return 1;
    if (first >= 0xC2 && first <= 0xDF)
        return follows(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF)
        return follows(1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF) && follows(2)
                   ? 3
                   : 0;
    if (first >= 0xF0 && first <= 0xF4)
        return follows(1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF) && follows(2) &&
                       follows(3)
                   ? 4
                   : 0;
    return 0;
}

/// Appends the text. Each byte that is not part of a character becomes U+FFFD.
inline void append_utf8(std::string& to, std::string_view text) {
    while (!text.empty()) {
        std::size_t valid = 0;
        while (valid < text.size()) {
            const std::size_t bytes = character(text.substr(valid));
            if (!bytes)
                break;
            valid += bytes;
        }
        to.append(text.substr(0, valid));
        text.remove_prefix(valid);
        if (!text.empty()) {
            to.append("\xEF\xBF\xBD");
            text.remove_prefix(1);
        }
    }
}

} // namespace asyncinfo::detail::console

#endif // ASYNCINFO_CONSOLE_UTF8_HPP
