//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_TOP_SCREEN_HPP
#define ASYNCINFO_TOP_SCREEN_HPP

#include "snapshot.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asyncinfo_top {

enum class look { normal, dim, strong, good, warn, bad, name };

/// A line of a picture: texts, each with its look.
struct line {
    struct span {
        std::string text;
        look as;
    };
    std::vector<span> spans;
    bool chosen = false;

    line() = default;
    explicit line(std::string text, look as = look::normal) { add(std::move(text), as); }
    line& add(std::string text, look as = look::normal);
    int columns() const;
    std::string text() const;
    /// Cuts off what does not fit.
    void clip(int columns);
};

struct size {
    int columns = 80, rows = 24;
};

/// What the keyboard says.
struct key {
    enum kind {
        character, ///< `text` is the character
        pasted,    ///< the same, but nobody has pressed it
        up,
        down,
        left,
        right,
        page_up,
        page_down,
        home,
        end,
        enter,
        tab,
        back_tab,
        backspace,
        escape,
        refresh ///< draw it all again
    } is;
    std::string text = {};
};

/// What a key asks the program for.
struct wish {
    enum kind { nothing, quit, cancel } is = nothing;
    std::uint64_t operation = 0;
};

enum class view { why, operations, ended, durations, lints };
constexpr std::size_t views = 5;
/// The word for it that `--view` takes.
std::string_view word(view of);

/// What is shown: the last picture of the program, and how somebody looks at it. It knows no
/// terminal: it makes lines of texts, and takes keys.
class screen {
public:
    void show(snapshot next);
    /// There are no pictures any more: the console has said goodbye, or `reason`. A program that is
    /// started again `has_same_address` only with a Unix socket.
    void lose(bool has_ended, std::string_view reason, bool has_same_address = false);
    /// No picture has come for so many seconds.
    void wait(double seconds) { silent_ = seconds; }
    /// Shown until the next key.
    void say(std::string sentence) { said_ = std::move(sentence); }
    void open(view which) { view_ = which; }

    wish press(const key& pressed);

    /// Lines that fit: not more than `of.rows`, of not more than `of.columns`.
    std::vector<line> draw(size of);
    /// The same with all rows and columns, and without what is for the keyboard.
    std::vector<line> print();

private:
    struct item {
        enum kind { operation, group, ended, family, lint } is;
        std::size_t at;
        int depth = 0;
        bool folds = false, is_open = false;
        std::string label = {}; ///< of a group
        std::size_t many = 0;
        double age = 0;
    };
    struct column {
        std::string_view head;
        int least; ///< columns, without which it is left out
        int rank;  ///< the last ones are left out first
        bool to_the_right, sorts, down_first;
    };
    struct sort_key {
        bool is_known;
        double number;
        std::string text;
    };
    /// How somebody looks at one view.
    struct stand {
        std::string chosen = {}; ///< empty: nobody has moved yet
        std::size_t index = 0;
        std::size_t top = 0;
        std::optional<std::size_t> sort = {};
        bool down = false;
        int columns = 0;              ///< for which `widths` are
        std::vector<int> widths = {}; ///< they only grow, so that columns stand still
    };

    stand& now() { return stands_[static_cast<std::size_t>(view_)]; }
    static const std::vector<column>& columns_of(view which);
    std::vector<item> items() const;
    std::vector<item> tree() const;
    std::vector<item> table() const;
    bool matches(const std::string& text) const;
    std::string searched(std::size_t operation) const;
    std::string name_of(const item& one) const;
    sort_key sorted_by(const item& one, std::size_t by) const;
    void sort(std::vector<item>& which) const;
    std::vector<line::span> cells(const item& one) const;
    std::uint64_t operation_of(const item& one) const;
    std::size_t find_chosen(const std::vector<item>& among);
    void move(std::ptrdiff_t by);
    void choose();
    void fold(bool open);
    void scroll(std::ptrdiff_t by);
    wish press_in_filter(const key& pressed);

    line header(int columns) const;
    line tabs(int columns) const;
    line bottom(int columns) const;
    std::string notice() const;
    std::vector<line> body(int columns, int rows, bool is_complete);
    std::vector<line> rows_of(int columns, int rows, bool with_heads);
    std::vector<line> why_it_runs(int columns, std::size_t most) const;
    std::vector<line> details(int columns) const;
    std::vector<line> operation_details(std::size_t at, int columns) const;
    std::vector<line> ended_details(const ending& one, int columns) const;
    std::vector<line> family_details(const family& one, int columns) const;
    std::vector<line> help(int columns) const;
    std::string nothing_to_show() const;
    std::uint64_t total_ended() const;

    snapshot picture_;
    std::optional<snapshot> held_; ///< the newest, while paused
    bool has_picture_ = false, is_paused_ = false, is_lost_ = false;
    double silent_ = 0;
    std::string lost_, said_;
    std::deque<std::pair<double, std::uint64_t>> samples_; ///< when, and how many had ended

    view view_ = view::why;
    std::array<stand, views> stands_;
    std::string filter_;
    bool is_typing_ = false, is_helping_ = false;
    std::string detail_; ///< what the details are of, as of name_of(); empty: there are none
    std::uint64_t detail_operation_ = 0;
    std::size_t scrolled_ = 0, page_ = 10;
    std::uint64_t asks_ = 0; ///< the operation that Cancel was pressed for
    std::size_t group_ = 0;
    std::set<std::string> open_groups_;
    std::set<std::uint64_t> closed_;
};

} // namespace asyncinfo_top

#endif // ASYNCINFO_TOP_SCREEN_HPP
