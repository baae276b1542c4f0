//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_TOP_SNAPSHOT_HPP
#define ASYNCINFO_TOP_SNAPSHOT_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace asyncinfo_top {

// What the console sends, as doc/guides/console.md lists it. All texts are printable. Times are
// seconds.

/// What runs, or a group of operations.
struct operation {
    struct asked {
        std::string by;
        double age;
    };
    struct reached {
        double value;
        std::optional<double> total;
        double age;
    };
    struct awaited {
        std::uint64_t id;
        std::string what, at;
    };

    std::uint64_t id = 0;
    std::string name, what, origin, result, at, context;
    double age = 0;
    std::uint64_t parent = 0, polls = 0;
    bool parent_is_group = false, is_group = false;
    std::optional<asked> request;
    std::optional<double> deadline;
    std::optional<reached> progress;
    std::optional<awaited> awaits;

    /// The name, or what it does.
    const std::string& title() const { return !name.empty() ? name : what.empty() ? origin : what; }
    /// Both.
    std::string label() const;
};

/// What has ended.
struct ending {
    std::uint64_t id = 0, parent = 0;
    std::string name, what, origin, at, status;
    std::string why;   ///< a sentence without its point
    std::string error; ///< the code that it ended with
    double ago = 0, took = 0;

    const std::string& title() const { return !name.empty() ? name : what.empty() ? origin : what; }
};

/// All of one name.
struct family {
    std::string name, what;
    std::uint64_t outstanding = 0, started = 0, completed = 0, canceled = 0, failed = 0, unseen = 0;
    double sum = 0;
    std::vector<std::pair<double, std::uint64_t>> histogram; ///< an upper limit, and how many

    const std::string& title() const { return name.empty() ? what : name; }
    std::uint64_t ended() const { return completed + canceled + failed; }
    /// What this share of them stayed below.
    std::optional<double> quantile(double share) const;
};

struct lint {
    std::string name, what, text, remedy;
    std::uint64_t operation = 0;
};

/// An execution context, by its address.
struct context {
    std::string address, name;
    std::optional<double> waits; ///< nobody has run it for so long, if it is watched
    bool is_stopped = false;
};

/// The text is not what a console sends.
struct not_a_snapshot : std::runtime_error {
    using runtime_error::runtime_error;
};

/// A picture of the program, and what follows from it.
class snapshot {
public:
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    snapshot() = default;
    /// Throws `not_a_snapshot`.
    explicit snapshot(std::string_view json);

    double taken = 0;
    std::int64_t pid = 0;
    std::string program;
    bool registry = true, may_cancel = false;
    std::uint64_t running = 0;         ///< of which it can list fewer
    std::size_t listed = 0;            ///< how many of `operations` are no groups
    std::vector<operation> operations; ///< the oldest first; behind them the groups
    std::vector<ending> ended;         ///< the latest first
    std::vector<family> families;
    std::vector<context> contexts;
    std::vector<lint> lints;

    /// Where the operation is, or `none`.
    std::size_t find(std::uint64_t id) const;
    const ending* find_ended(std::uint64_t id) const;

    // Who waits for whom.
    std::size_t parent_of(std::size_t n) const { return parents_[n]; }
    const std::vector<std::size_t>& children_of(std::size_t n) const { return children_[n]; }
    const std::vector<std::size_t>& roots() const { return roots_; }
    bool in_a_circle(std::size_t n) const { return circle_[n] != 0; }
    /// From a root down to the operation itself.
    std::vector<std::size_t> chain(std::size_t n) const;
    /// Those that wait for each other, from this one down.
    std::vector<std::size_t> circle_of(std::size_t n) const;

    /// What holds everything up, the most suspect first: operations that wait for no other operation
    /// of the list, and how many are like it.
    struct culprit {
        std::size_t at;
        std::size_t many;
    };
    std::vector<culprit> culprits() const;

    /// What is wrong with an operation: a sentence, and the same in two or three words.
    struct trouble {
        std::string sentence, words;
    };
    std::vector<trouble> troubles(std::size_t n) const;

    std::string awaits_text(const operation& one) const;

private:
    void relate();
    std::size_t awaited_by(std::size_t n) const;
    std::unordered_set<std::size_t> reach(std::size_t from) const;

    std::unordered_map<std::uint64_t, std::size_t> ids_;
    std::vector<std::size_t> parents_;
    std::vector<std::vector<std::size_t>> children_;
    std::vector<std::size_t> roots_;
    std::vector<char> circle_;
};

/// "by a handle"
std::string by_whom(const std::string& source);

} // namespace asyncinfo_top

#endif // ASYNCINFO_TOP_SNAPSHOT_HPP
