//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_CORE_SCHEDULE_HPP
#define ASYNCINFO_DETAIL_CORE_SCHEDULE_HPP

#include <asyncinfo/detail/core/request_types.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <compare>

namespace asyncinfo::detail {

/// The earliest of any number of times, for each type of cancellation.
template <typename Time>
class earliest_times {
public:
    constexpr earliest_times() noexcept { times_.fill((Time::max)()); }

    constexpr void add(Time time, unsigned types) noexcept {
        for (unsigned n = 0; n < request_types::count; ++n)
            if (types & (1U << n))
                times_[n] = (std::min)(times_[n], time);
    }

    constexpr Time first() const noexcept {
        return *std::min_element(times_.begin(), times_.end());
    }

    /// Calls `function(time, types)` for each type; `Time::max()` if there is no time for it.
    template <typename Function>
    constexpr void for_each(Function function) const {
        for (unsigned n = 0; n < request_types::count; ++n)
            function(times_[n], 1U << n);
    }

    /// Returns the types whose time has come, and removes their times.
    constexpr unsigned take(Time now) noexcept {
        unsigned types = 0;
        for (unsigned n = 0; n < request_types::count; ++n)
            if (times_[n] <= now && times_[n] != (Time::max)()) {
                types |= 1U << n;
                times_[n] = (Time::max)();
            }
        return types;
    }

    friend constexpr auto operator<=>(const earliest_times&, const earliest_times&) = default;

private:
    std::array<Time, request_types::count> times_{};
};

/// When an operation's own deadlines request its cancellation, and for which types. Pure: it knows
/// no clock, no timer and no lock.
///
/// Fixed deadlines are only ever added, so one time for each type is enough, however many there
/// are. One more deadline can be moved.
class schedule {
public:
    using time_point = std::chrono::steady_clock::time_point;

    static constexpr time_point at_once = (time_point::min)();
    static constexpr time_point never = (time_point::max)();

    constexpr void add(time_point time, unsigned types) noexcept { fixed_.add(time, types); }
    constexpr void merge(const schedule& other) noexcept {
        other.fixed_.for_each([this](time_point time, unsigned types) { add(time, types); });
    }

    /// Moves the deadline that can be moved; without types there is none.
    constexpr void renew(time_point time, unsigned types) noexcept {
        renewed_ = types ? time : never;
        renewed_types_ = types;
    }

    constexpr time_point next() const noexcept { return (std::min)(fixed_.first(), renewed_); }

    /// Returns the types that are due. Each deadline is due once.
    constexpr unsigned take(time_point now) noexcept {
        unsigned types = fixed_.take(now);
        if (renewed_ <= now && renewed_ != never) {
            types |= renewed_types_;
            renewed_ = never;
        }
        return types;
    }

    friend constexpr auto operator<=>(const schedule&, const schedule&) = default;

private:
    earliest_times<time_point> fixed_;
    time_point renewed_ = never;
    unsigned renewed_types_ = 0;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_CORE_SCHEDULE_HPP
