//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_TOP_ANSI_HPP
#define ASYNCINFO_TOP_ANSI_HPP

#include "screen.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace asyncinfo_top {

/// What a terminal can show.
struct abilities {
    bool has_colours = true;
    bool is_ascii = false; ///< and nothing else
};

/// What to write to a terminal of this size so that it shows `lines` where it shows `before`. Only
/// the lines that have changed are written.
std::string paint(const std::vector<line>& lines, const std::vector<line>& before, size of,
                  abilities of_terminal);

/// Makes keys of what a terminal sends.
class key_reader {
public:
    std::vector<key> feed(std::string_view bytes);
    /// Whether the bytes so far are the beginning of a key. Escape is the beginning of many, so if
    /// nothing follows soon, it was Escape.
    bool is_within() const { return !left_.empty(); }
    std::vector<key> nothing_follows();

private:
    /// How many bytes the first key takes; zero: it is not complete.
    std::size_t take(std::vector<key>& to);
    std::size_t take_sequence(std::vector<key>& to);

    std::string left_;
    bool is_pasted_ = false;
};

} // namespace asyncinfo_top

#endif // ASYNCINFO_TOP_ANSI_HPP
