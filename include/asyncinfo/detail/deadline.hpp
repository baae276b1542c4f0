//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_DEADLINE_HPP
#define ASYNCINFO_DETAIL_DEADLINE_HPP

#include <chrono>
#include <optional>

namespace asyncinfo::detail {

/// How long to wait: not at all, until a time, or for ever.
class deadline {
public:
    using clock = std::chrono::steady_clock;

    static deadline never() noexcept { return deadline(clock::time_point::max()); }

    /// Zero and less is not at all; what the clock cannot hold is for ever.
    template <typename Rep, typename Period>
    static deadline after(std::chrono::duration<Rep, Period> duration) {
        if (!(duration > duration.zero()))
            return deadline(std::nullopt);
        // Compared as seconds in floating point, which no duration overflows.
        using seconds = std::chrono::duration<double>;
        const auto now = clock::now();
        if (seconds(duration) >= seconds(clock::time_point::max() - now))
            return never();
        return deadline(now + std::chrono::ceil<clock::duration>(duration));
    }

    bool is_poll() const noexcept { return !time_; }
    bool is_never() const noexcept { return time_ == clock::time_point::max(); }
    clock::time_point time() const noexcept { return *time_; }

private:
    explicit deadline(std::optional<clock::time_point> time) noexcept : time_(time) {}

    std::optional<clock::time_point> time_;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_DEADLINE_HPP
