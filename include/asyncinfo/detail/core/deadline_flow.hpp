//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_CORE_DEADLINE_FLOW_HPP
#define ASYNCINFO_DETAIL_CORE_DEADLINE_FLOW_HPP

#include <asyncinfo/detail/core/schedule.hpp>

#include <compare>

namespace asyncinfo::detail {

/// When the one timer of an operation's deadlines is started, moved, cancelled and freed.
///
/// Pure: each event changes the state and says what the caller does next, before another event
/// comes. The caller holds a lock for both. Nothing here knows a clock, a timer or the lock.
class deadline_flow {
public:
    using time_point = schedule::time_point;

    enum class next {
        nothing,
        start,  ///< make a timer and wait until `when`; if that throws: `start_failed`
        move,   ///< have the wait end at `when`, which is earlier; the handler runs then
        wait,   ///< the handler that runs waits again, until `when`; if that throws: `wait_failed`
        cancel, ///< have the wait end now; the handler runs
        free    ///< nothing waits: free the timer
    };

    struct action {
        next then = next::nothing;
        time_point when = schedule::never;
        unsigned types = 0; ///< to request

        friend constexpr bool operator==(const action&, const action&) = default;
    };

    /// The timer never moves to a later time: its handler finds that time when it runs.
    template <typename Change>
    constexpr action set(Change change) {
        if (!running_)
            return {};
        before_ = schedule_;
        change(schedule_);
        const auto first = schedule_.next();
        if (first >= until_)
            return {};
        const bool waits = until_ != schedule::never;
        until_ = first;
        return {waits ? next::move : next::start, first};
    }

    /// What was set last has no effect.
    constexpr action start_failed() noexcept {
        schedule_ = before_;
        until_ = schedule::never;
        return {next::free};
    }

    /// The timer's handler runs, be it early.
    constexpr action woke(time_point now) noexcept {
        if (!running_) {
            until_ = schedule::never;
            return {next::free};
        }
        const unsigned types = schedule_.take(now);
        until_ = schedule_.next();
        return {until_ == schedule::never ? next::free : next::wait, until_, types};
    }

    /// All deadlines count as expired: an operation is not left without its deadline.
    constexpr action wait_failed() noexcept {
        until_ = schedule::never;
        return {next::free, schedule::never, schedule_.take(schedule::never)};
    }

    /// The handler is destroyed uncalled, as by the end of its context.
    constexpr action lose_handler() noexcept {
        until_ = schedule::never;
        return {next::free};
    }

    /// The next deadline, or `never`.
    constexpr time_point next_deadline() const noexcept { return schedule_.next(); }

    constexpr action end() noexcept {
        running_ = false;
        return {until_ == schedule::never ? next::nothing : next::cancel};
    }

    friend constexpr auto operator<=>(const deadline_flow&, const deadline_flow&) = default;

private:
    bool running_ = true;                ///< the operation
    time_point until_ = schedule::never; ///< when the timer's wait ends; `never` without a timer
    schedule schedule_;
    schedule before_; ///< what is due if the timer cannot be started
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_CORE_DEADLINE_FLOW_HPP
