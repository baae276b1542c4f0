// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "loop.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/bind_allocator.hpp>

#include <deque>

namespace bench {

namespace {

/// A clock that stands still until it is set.
struct manual_clock {
    using duration = std::chrono::steady_clock::duration;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<manual_clock>;

    static constexpr bool is_steady = false;

    static time_point at(rep ticks) noexcept { return time_point(duration(ticks)); }
    static time_point now() noexcept { return at(time); }

    static inline rep time = 0;
};

/// The reactor waits long for a timer that has not expired: until another one expires.
struct manual_wait_traits {
    static manual_clock::duration to_wait_duration(const manual_clock::duration& d) {
        return d.count() <= 0 ? d : std::chrono::hours(1);
    }

    static manual_clock::duration to_wait_duration(const manual_clock::time_point& t) {
        return to_wait_duration(t - manual_clock::now());
    }
};

using timer = asio::basic_waitable_timer<manual_clock, manual_wait_traits, asio::any_io_executor>;

template <class Wrapper>
using operation = typename Wrapper::template operation<void(error_code), asio::any_io_executor>;

/// Timers that expire.
///
/// An expiry costs system calls (timerfd_settime, epoll_wait), beside which every wrapper looks
/// alike. So the timers of a round start while an earlier one is armed, which leaves the
/// reactor's own timer alone, and expire together with it, in order. What is measured is starting
/// them, and the time from the handler of that first one to the handler of a last one: all that
/// the loop does for them, without a system call.
template <class Wrapper>
class timer_row final : public looping_row<operation<Wrapper>> {
public:
    explicit timer_row(const setup& s) : looping_row<operation<Wrapper>>(s) {
        for (std::size_t i = 0; i != this->count_; ++i)
            timers_.emplace_back(this->context_, manual_clock::at(3 + manual_clock::rep(i)));
    }

    double run(std::size_t count) override {
        this->begin(count);
        this->context_.run();
        return this->watch_.seconds();
    }

private:
    static constexpr manual_clock::rep end = 1'000'000;

    bool turn() override {
        if (!this->next_round())
            return false;
        manual_clock::time = 0;
        first_.async_wait(asio::bind_allocator(slot_allocator<void>(first_slot_),
                                               [this](error_code) { this->watch_.start(); }));
        last_.async_wait(asio::bind_allocator(slot_allocator<void>(last_slot_), [this](error_code) {
            this->operations_.consume(0, this->count_);
            this->watch_.stop();
            this->post_turn();
        }));

        this->watch_.start();
        for (std::size_t i = 0; i != this->count_; ++i)
            this->operations_[i].start(
                [this, i](auto token) { return timers_[i].async_wait(std::move(token)); });
        this->watch_.stop();

        // The reactor learns that time has passed from a timer that is earlier still.
        manual_clock::time = end;
        wake_up_.async_wait(
            asio::bind_allocator(slot_allocator<void>(wake_up_slot_), [](error_code) {}));
        return false;
    }

    slot wake_up_slot_;
    slot first_slot_;
    slot last_slot_;
    timer wake_up_{this->context_, manual_clock::at(1)};
    timer first_{this->context_, manual_clock::at(2)};
    timer last_{this->context_, manual_clock::at(end)};
    std::deque<timer> timers_;
};

} // namespace

// As many as Asio recycles blocks for: raw makes no heap allocation.
void add_timer(table& rows) { add_rows<timer_row>(rows, "timer", 2, 500); }

void add_timer_16(table& rows) { add_rows<timer_row>(rows, "timer_16", 16, 1'600); }

} // namespace bench
