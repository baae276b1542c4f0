//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_DEADLINE_HPP
#define ASYNCINFO_DETAIL_DEADLINE_HPP

#include <algorithm>
#include <chrono>
#include <optional>
#include <type_traits>

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

    /// A time of any clock; what has come already is not at all.
    template <typename Clock, typename Duration>
    static deadline at(std::chrono::time_point<Clock, Duration> time) {
        // In floating point first: the ends of a clock's range must not overflow.
        using seconds = std::chrono::duration<double>;
        const auto now = Clock::now();
        const seconds left = seconds(time.time_since_epoch()) - seconds(now.time_since_epoch());
        constexpr seconds exact = std::chrono::years(1);
        return left < exact && left > -exact ? after(time - now) : after(left);
    }

    bool is_poll() const noexcept { return !time_; }
    bool is_never() const noexcept { return time_ == clock::time_point::max(); }
    bool is_over() const noexcept { return is_poll() || (!is_never() && clock::now() >= time()); }
    clock::time_point time() const noexcept { return *time_; }

    friend deadline earlier(const deadline& a, const deadline& b) noexcept {
        return a.time_ < b.time_ ? a : b; // nothing is less than any time
    }

private:
    explicit deadline(std::optional<clock::time_point> time) noexcept : time_(time) {}

    std::optional<clock::time_point> time_;
};

/// The deadline that a token has for the operations it will start: so long after the start, or at a
/// time. Of several the earliest counts.
class planned_deadline {
public:
    using clock = deadline::clock;

    template <typename Rep, typename Period>
    constexpr planned_deadline after(std::chrono::duration<Rep, Period> duration) const {
        planned_deadline both = *this;
        both.after_ = std::min(after_, saturated(duration));
        return both;
    }

    planned_deadline at(const deadline& time) const {
        planned_deadline both = *this;
        both.at_ = std::min(at_, time.is_poll() ? clock::time_point::min() : time.time());
        return both;
    }

    /// For an operation that starts now.
    deadline from_now() const { return earlier(deadline::after(after_), deadline::at(at_)); }

private:
    template <typename Rep, typename Period>
    static constexpr clock::duration saturated(std::chrono::duration<Rep, Period> duration) {
        using seconds = std::chrono::duration<double>;
        if (!(duration > duration.zero()))
            return clock::duration::zero();
        if (seconds(duration) >= seconds(clock::duration::max()))
            return clock::duration::max();
        return std::chrono::ceil<clock::duration>(duration);
    }

    clock::duration after_ = clock::duration::max();
    clock::time_point at_ = clock::time_point::max();
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_DEADLINE_HPP
