//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_TOP_TEXT_HPP
#define ASYNCINFO_TOP_TEXT_HPP

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace asyncinfo_top {

/// The text as it can be shown: a control character, and one that cannot be seen or changes the
/// direction of what stands beside it, becomes its number, such as `\x1b`. Whatever comes from a
/// program goes through here, so that a terminal never interprets it.
std::string printable(std::string_view text);

/// How many columns a printable text takes.
int width(std::string_view text);

/// At most so many columns of a printable text; what is cut off becomes "…".
std::string cut(std::string_view text, int columns);

/// The same, but what is cut off is at the beginning.
std::string cut_front(std::string_view text, int columns);

/// Exactly so many columns.
std::string fit(std::string_view text, int columns, bool to_the_right = false);

/// Lines of at most so many columns, broken between words where that is possible.
std::vector<std::string> wrap(std::string_view text, int columns);

/// For terminals that show ASCII only. It takes as many columns.
std::string to_ascii(std::string_view text);

/// "1 min 35 s"
std::string duration(double seconds);

/// "12 345"
std::string count(std::uint64_t number);

std::string to_lower(std::string text);

/// A function or a type without what says nothing to people.
std::string plain(std::string text);

} // namespace asyncinfo_top

#endif // ASYNCINFO_TOP_TEXT_HPP
