// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "heap.hpp"
#include "row.hpp"

#include <boost/asio/executor_work_guard.hpp>

namespace bench {

namespace {

/// A handler that belongs to a loop that polls: posted, then polled for, one at a time.
template <class Context>
class queue_post_row final : public row {
public:
    explicit queue_post_row(const setup& s) : count_after_(s.count_after) {}

    double run(std::size_t operations) override {
        std::size_t called = 0;
        stopwatch watch;
        watch.start();
        for (std::size_t i = 0; i != operations; ++i) {
            if (count_after_ != 0 && i == count_after_)
                heap::start();
            asio::post(context_, [&called] { ++called; });
            context_.poll();
        }
        watch.stop();
        if (count_after_ != 0)
            counted_ = heap::stop();
        expect(called == operations, "handlers are missing");
        return watch.seconds();
    }

    heap::count counted() const override { return counted_; }

private:
    const std::size_t count_after_;
    heap::count counted_;
    Context context_;
    /// An io_context stops when its queue is empty, unless there is work.
    decltype(asio::make_work_guard(context_)) work_ = asio::make_work_guard(context_);
};

} // namespace

void add_queue_post(table& rows) {
    add_row<queue_post_row<asio::io_context>>(rows, "queue_post", "raw", 1, 10'000);
    add_row<queue_post_row<asio::io_context>>(rows, "queue_post", "raw2", 1, 10'000);
    add_row<queue_post_row<::asyncinfo::completion_queue>>(rows, "queue_post", "asyncinfo", 1,
                                                           10'000);
}

} // namespace bench
