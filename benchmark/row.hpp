// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_BENCHMARK_ROW_HPP
#define ASYNCINFO_BENCHMARK_ROW_HPP

#include "heap.hpp"
#include "wrappers.hpp"

#include <asyncinfo/registry.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace bench {

/// How a row is set up; the timed rows take the work's own defaults.
struct setup {
    /// Operations outstanding at a time; 0 is what the row is timed with.
    std::size_t outstanding = 0;
    /// After so many rounds the heap is counted, until the run ends; 0 is never.
    std::size_t count_after = 0;
    /// Handles are dropped on another thread.
    bool drop_elsewhere = false;
};

/// One row of the table: a work under a wrapper, set up and ready to run.
class row {
public:
    virtual ~row() = default;

    /// Runs `operations` operations inside a running loop; returns the seconds measured.
    virtual double run(std::size_t operations) = 0;

    /// What the last run asked of the heap, if the setup says to count.
    virtual heap::count counted() const { return {}; }
};

/// A row that can be set up any number of times.
struct row_source {
    std::string work;
    std::string wrapper;
    /// Operations of one round, unless the setup says other.
    std::size_t outstanding;
    /// Operations in one repetition.
    std::size_t operations;
    std::function<std::unique_ptr<row>(const setup&)> make;

    std::string name() const { return work + "/" + wrapper; }
};

using table = std::vector<row_source>;

/// Adds one row, timed with so many operations outstanding unless the setup says other.
///
/// The first row of a work is its yardstick, and the second is the same once more, under the same
/// name with a 2, to show the noise.
template <class Row>
void add_row(table& rows, const std::string& work, const std::string& wrapper,
             std::size_t outstanding, std::size_t operations) {
    rows.push_back({work, wrapper, outstanding, operations, [outstanding](setup s) {
                        if (s.outstanding == 0)
                            s.outstanding = outstanding;
                        return std::make_unique<Row>(s);
                    }});
}

/// The same work while the registry is on.
template <class Row>
class tracked final : public Row {
public:
    using Row::Row;

    double run(std::size_t operations) override {
        ::asyncinfo::registry::enable();
        const double seconds = Row::run(operations);
        ::asyncinfo::registry::disable();
        return seconds;
    }
};

/// The rows of a work under the wrappers of one operation.
template <template <class> class Work>
void add_rows(table& rows, const std::string& work, std::size_t outstanding,
              std::size_t operations) {
    add_row<Work<raw>>(rows, work, "raw", outstanding, operations);
    add_row<Work<raw>>(rows, work, "raw2", outstanding, operations);
    add_row<Work<use_future>>(rows, work, "use_future", outstanding, operations);
    add_row<Work<use_promise>>(rows, work, "use_promise", outstanding, operations);
    add_row<Work<asyncinfo>>(rows, work, "asyncinfo", outstanding, operations);
}

void add_post(table& rows);
void add_timer(table& rows);
void add_socket_read(table& rows);
void add_composed_read(table& rows);
void add_read_with_progress(table& rows);
void add_timer_16(table& rows);
void add_cancel(table& rows);
void add_cancel_16(table& rows);
void add_cross_thread_cancel(table& rows);
void add_poll_status(table& rows);
void add_await(table& rows);
void add_await_ready(table& rows);
void add_coroutine_call(table& rows);
void add_coroutine_call_100(table& rows);
void add_when_all(table& rows);
void add_when_all_range(table& rows);
void add_when_all_await(table& rows);
void add_queue_post(table& rows);
void add_wake_latency(table& rows);
void add_drain(table& rows);
void add_echo(table& rows);
void add_echo_4_threads(table& rows);
void add_outstanding(table& rows);
void add_snapshot(table& rows);

/// A clock for the parts of a row that are measured.
class stopwatch {
public:
    using clock = std::chrono::steady_clock;

    void start() { begin_ = clock::now(); }
    void stop() { total_ += clock::now() - begin_; }
    double seconds() const { return std::chrono::duration<double>(total_).count(); }

private:
    clock::time_point begin_;
    clock::duration total_{};
};

} // namespace bench

#endif
