// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

#include <atomic>
#include <thread>

namespace reference::async_source_hpp {

/// Calls back once.
struct callback_library {
    template <typename F>
    void start(F f) {
        thread = std::thread([f = std::move(f)] { f(7); });
    }

    std::thread thread;
};

void ended_by_a_callback() {
    callback_library library;

    async_source<int> source;
    IAsyncOperation<int> op = source.operation();
    library.start([source = std::move(source)](int value) { source.set_value(value); });

    check(op.get() == 7);
    library.thread.join();
}

void failed_with_a_part() {
    async_source<std::string, double> source;
    auto op = source.operation();
    std::string body = "hel";

    source.report(0.25);

    source.set_error(asio::error::eof, std::move(body));

    check(op.progress() == 0.25);
    check(op.outcome() ==
          std::tuple(error_code(asio::error::eof), std::optional<std::string>("hel")));
}

struct some_job {
    void request_stop() { stops = true; }
    std::atomic<bool> stops = false;
};

void stopped() {
    async_source<> source;
    some_job job;

    source.on_cancel([&] { job.request_stop(); });

    source.operation().Cancel();
    check(job.stops);
    source.set_canceled();
}

const page first("async_source.hpp", ended_by_a_callback),
    second("async_source.hpp", failed_with_a_part), third("async_source.hpp", stopped);

} // namespace reference::async_source_hpp
