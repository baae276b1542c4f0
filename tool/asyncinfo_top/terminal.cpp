//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
// The terminal itself: by termios and by what it is sent, without ncurses.

#include "terminal.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <string>

namespace asyncinfo_top {

terminal::terminal(abilities of) : abilities_(of) {
    const char* const kind = std::getenv("TERM");
    if (!kind || !*kind || std::string_view(kind) == "dumb")
        throw std::runtime_error("this terminal cannot move its cursor (TERM says so): use --once");
    input_ = ::open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);
    if (input_ < 0 || ::tcgetattr(input_, &before_) != 0)
        throw std::runtime_error("there is no terminal to read keys from: use --once");
    take();
}

terminal::~terminal() {
    give_back();
    ::close(input_);
}

void terminal::take() {
    auto raw = before_;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | IEXTEN); // Ctrl-C and Ctrl-Z stay signals
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    ::tcsetattr(input_, TCSADRAIN, &raw);
    is_taken_ = true;
    // The other screen; no cursor; no new line at the end of one; what is pasted is marked.
    write("\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?2004h");
    forget();
}

void terminal::give_back() {
    if (!std::exchange(is_taken_, false))
        return;
    write("\x1b[0m\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[?1049l");
    ::tcsetattr(input_, TCSAFLUSH, &before_);
}

size terminal::measure() {
    ::winsize is = {};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &is) != 0 || !is.ws_col || !is.ws_row)
        return {};
    return {is.ws_col, is.ws_row};
}

void terminal::draw(const std::vector<line>& lines, size of) {
    if (!is_taken_)
        return;
    std::string text;
    if (shown_.empty() || size_.columns != of.columns || size_.rows != of.rows) {
        shown_.clear();
        text = "\x1b[0m\x1b[2J";
    }
    text += paint(lines, shown_, of, abilities_);
    size_ = of;
    shown_ = lines;
    write(text);
}

void terminal::write(std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(STDOUT_FILENO, text.data(), text.size());
        if (written > 0)
            text.remove_prefix(static_cast<std::size_t>(written));
        else if (errno == EAGAIN) { // somebody else has made it non-blocking
            ::pollfd ready = {STDOUT_FILENO, POLLOUT, 0};
            ::poll(&ready, 1, -1);
        } else if (errno != EINTR)
            return; // it is gone, and a signal says so
    }
}

} // namespace asyncinfo_top
