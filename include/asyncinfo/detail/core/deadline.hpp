//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_CORE_DEADLINE_HPP
#define ASYNCINFO_DETAIL_CORE_DEADLINE_HPP

#include <asyncinfo/detail/core/schedule.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <optional>

namespace asyncinfo::detail {

/// False for a duration that is no time at all, as 0.0 / 0.0 is, and so must not be a deadline.
template <typename Rep, typename Period>
constexpr bool is_time(const std::chrono::duration<Rep, Period>& duration) noexcept {
    return duration <= duration.zero() || duration > duration.zero();
}

inline boost::system::error_code no_time() noexcept { return boost::asio::error::invalid_argument; }

/// How long to wait: not at all, until a time, or for ever.
class deadline {
public:
    using clock = std::chrono::steady_clock;

    static deadline never() noexcept { return deadline((clock::time_point::max)()); }

    /// Zero and less means not at all; a duration that the clock cannot hold means for ever.
    template <typename Rep, typename Period>
    static deadline after(std::chrono::duration<Rep, Period> duration) {
        if (!(duration > duration.zero()))
            return deadline(std::nullopt);
        // The comparison is in seconds as floating point, which no duration overflows.
        using seconds = std::chrono::duration<double>;
        const auto now = clock::now();
        if (seconds(duration) >= seconds((clock::time_point::max)() - now))
            return never();
        return deadline(now + std::chrono::ceil<clock::duration>(duration));
    }

    /// Takes a time of any clock; a time that has come already means not at all.
    template <typename Clock, typename Duration>
    static deadline at(std::chrono::time_point<Clock, Duration> time) {
        // The first subtraction is in floating point: the ends of a clock's range must not
        // overflow. Times within a year are then subtracted exactly.
        using seconds = std::chrono::duration<double>;
        const auto now = Clock::now();
        const seconds left = seconds(time.time_since_epoch()) - seconds(now.time_since_epoch());
        constexpr seconds exact = std::chrono::years(1);
        return left < exact && left > -exact ? after(time - now) : after(left);
    }

    bool is_poll() const noexcept { return !time_; }
    bool is_never() const noexcept { return time_ == (clock::time_point::max)(); }
    bool is_over() const noexcept { return is_poll() || (!is_never() && clock::now() >= time()); }
    clock::time_point time() const noexcept { return *time_; }
    /// The same deadline as a `schedule` stores it: not at all is `schedule::at_once`.
    clock::time_point scheduled() const noexcept { return time_.value_or(schedule::at_once); }

private:
    explicit deadline(std::optional<clock::time_point> time) noexcept : time_(time) {}

    std::optional<clock::time_point> time_;
};

/// The deadlines that a token gives to each operation it starts: a duration after the start, or a
/// time. Of several the earliest counts, for each type of cancellation.
class planned_deadline {
public:
    using clock = deadline::clock;

    template <typename Rep, typename Period>
    constexpr planned_deadline after(std::chrono::duration<Rep, Period> duration,
                                     unsigned types) const {
        if (!is_time(duration))
            throw boost::system::system_error(no_time());
        planned_deadline both = *this;
        both.after_.add(saturated(duration), types);
        return both;
    }

    template <typename Clock, typename Duration>
    planned_deadline at(std::chrono::time_point<Clock, Duration> time, unsigned types) const {
        if (!is_time(time.time_since_epoch()))
            throw boost::system::system_error(no_time());
        planned_deadline both = *this;
        both.at_.add(deadline::at(time).scheduled(), types);
        return both;
    }

    /// The schedule of an operation that starts now.
    schedule from_now() const {
        schedule plan;
        const auto add = [&](const deadline& time, unsigned types) {
            plan.add(time.scheduled(), types);
        };
        after_.for_each([&](auto duration, auto types) { add(deadline::after(duration), types); });
        at_.for_each([&](auto time, auto types) { add(deadline::at(time), types); });
        return plan;
    }

private:
    template <typename Rep, typename Period>
    static constexpr clock::duration saturated(std::chrono::duration<Rep, Period> duration) {
        using seconds = std::chrono::duration<double>;
        if (duration <= duration.zero())
            return clock::duration::zero();
        if (seconds(duration) >= seconds((clock::duration::max)()))
            return (clock::duration::max)();
        return std::chrono::ceil<clock::duration>(duration);
    }

    earliest_times<clock::duration> after_;
    earliest_times<clock::time_point> at_;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_CORE_DEADLINE_HPP
