// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_BENCHMARK_PENDING_TIMERS_HPP
#define ASYNCINFO_BENCHMARK_PENDING_TIMERS_HPP

#include "slot_allocator.hpp"

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <deque>

namespace bench {

/// Timers that do not expire while a row runs.
class pending_timers {
public:
    using timer = boost::asio::steady_timer;

    pending_timers(boost::asio::io_context& context, std::size_t count)
        : earlier_(context, std::chrono::hours(1)) {
        for (std::size_t i = 0; i != count; ++i)
            timers_.emplace_back(context, earlier_.expiry() + std::chrono::seconds(1 + i));
    }

    /// Arms one that is earlier than all others: to start those makes no system call.
    void arm() {
        earlier_.async_wait(boost::asio::bind_allocator(slot_allocator<void>(storage_),
                                                        [](boost::system::error_code) {}));
    }

    void disarm() { earlier_.cancel(); }

    timer& operator[](std::size_t index) { return timers_[index]; }

private:
    slot storage_;
    timer earlier_;
    std::deque<timer> timers_;
};

} // namespace bench

#endif
