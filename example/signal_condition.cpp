// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// A condition that is set once and that many look at: the program's wish to stop, from a signal.

#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>
#include <csignal>
#include <iostream>

namespace asio = boost::asio;

/// Becomes true when a signal arrives. Whoever holds the handle can poll it, wait for it, be called.
class stop_condition {
public:
    explicit stop_condition(const asio::any_io_executor& executor)
        : signals_(executor, SIGINT, SIGTERM) {
        signals_.async_wait([this](boost::system::error_code error, int number) {
            if (!error)
                source_.set_value(number);
            // Else the source goes with this object: those who wait see errc::abandoned.
        });
    }

    asyncinfo::IAsyncOperation<int> operation() const { return source_.operation(); }

private:
    asyncinfo::async_source<int> source_;
    asio::signal_set signals_;
};

int main() {
    asio::thread_pool pool(1);
    const stop_condition condition(pool.get_executor());
    const asyncinfo::IAsyncOperation<int> stop = condition.operation();

    // One looks in every round, one is called, one waits.
    asio::steady_timer timer(pool, asio::steady_timer::time_point::max());
    const asyncinfo::IAsyncAction work = timer.async_wait(asyncinfo::use_async_info);
    stop.Completed([work](auto&, asyncinfo::AsyncStatus) { work.Cancel(); });
    int rounds = 0;
    while (!stop.try_get())
        if (++rounds == 3)
            std::raise(SIGTERM);
        else if (rounds > 3)
            stop.wait();

    std::cout << "signal " << stop.get() << " after " << rounds << " rounds, work " << work.wait()
              << '\n';
    const bool right = stop.get() == SIGTERM && work.Status() == asyncinfo::AsyncStatus::Canceled;
    pool.join();
    return right ? 0 : 1;
}
