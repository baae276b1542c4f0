// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// An event that any number of coroutines, threads and loops wait for.

#include "cookbook.hpp"

namespace cookbook::event {

class event {
public:
    IAsyncAction happened() const { return source_.operation(); }
    void set() const { source_.set_value(); } // from any thread

private:
    asyncinfo::async_source<> source_{"event"};
};

IAsyncAction worker(asio::any_io_executor, const event& start, std::atomic<int>& started) {
    co_await start.happened()(deferred); // here a coroutine waits, and can be cancelled
    ++started;
}

void run() {
    asio::thread_pool pool(2);
    event start;
    std::atomic<int> started = 0;
    const auto one = worker(pool.get_executor(), start, started);
    const auto two = worker(pool.get_executor(), start, started);
    const auto tired = worker(pool.get_executor(), start, started);
    tired.Cancel();
    check(tired.wait() == AsyncStatus::Canceled);
    check(start.happened().Status() == AsyncStatus::Started && started == 0);
    start.set();
    when_all(one, two).get();
    check(started == 2);
    worker(pool.get_executor(), start, started).get(); // too late for the event, and goes on
    check(started == 3);
}

const recipe here("event", run);

} // namespace cookbook::event
