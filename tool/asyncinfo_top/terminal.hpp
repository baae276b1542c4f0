//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_TOP_TERMINAL_HPP
#define ASYNCINFO_TOP_TERMINAL_HPP

#include "ansi.hpp"

#include <termios.h>

#include <string_view>
#include <utility>
#include <vector>

namespace asyncinfo_top {

/// The terminal, as long as it is taken. The destructor gives it back as it was.
class terminal {
public:
    /// Throws `std::runtime_error` if there is none, or one that cannot move its cursor.
    explicit terminal(abilities of);
    terminal(const terminal&) = delete;
    terminal& operator=(const terminal&) = delete;
    ~terminal();

    /// Keys come from here. It is opened anew, so that Asio can make it non-blocking: the others who
    /// have the terminal open do not notice.
    int input() const { return input_; }
    void take();
    void give_back();
    void draw(const std::vector<line>& lines, size of);
    /// The next picture is drawn as a whole.
    void forget() { shown_.clear(); }
    static size measure();

private:
    static void write(std::string_view text);

    abilities abilities_;
    int input_ = -1;
    bool is_taken_ = false;
    ::termios before_ = {};
    std::vector<line> shown_;
    size size_ = {0, 0};
};

} // namespace asyncinfo_top

#endif // ASYNCINFO_TOP_TERMINAL_HPP
