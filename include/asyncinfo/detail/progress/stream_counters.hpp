//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_PROGRESS_STREAM_COUNTERS_HPP
#define ASYNCINFO_DETAIL_PROGRESS_STREAM_COUNTERS_HPP

#include <asyncinfo/detail/progress/latest_value.hpp>
#include <asyncinfo/detail/progress/transfer_tracker.hpp>
#include <asyncinfo/transfer_progress.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace asyncinfo::detail {

class stream_tracker;

/// Counts the bytes that have passed a `progress_stream`, and notifies the trackers of operations.
/// Handlers of the stream's operations share the counters, as they may outlive the stream.
class ASYNCINFO_DECL stream_counters {
public:
    stream_counters() { start(std::nullopt); }

    std::uint64_t passed(traffic way) const noexcept {
        std::uint64_t bytes = 0;
        if (way != traffic::written)
            bytes += read_.load(std::memory_order_relaxed);
        if (way != traffic::read)
            bytes += written_.load(std::memory_order_relaxed);
        return bytes;
    }

    void start(std::optional<std::uint64_t> total) noexcept {
        start_.store({passed(traffic::both), total, std::chrono::steady_clock::now()});
    }

    transfer_progress progress() const noexcept {
        const auto from = *start_.load(); // first: the count only grows
        return {passed(traffic::both) - from.bytes, from.total,
                std::chrono::steady_clock::now() - from.time};
    }

    static void count(const std::shared_ptr<stream_counters>& counters, traffic way,
                      std::uint64_t bytes) noexcept {
        auto& counted = way == traffic::read ? counters->read_ : counters->written_;
        counted.fetch_add(bytes, std::memory_order_relaxed);
        if (counters->is_watched_.load(std::memory_order_acquire)) [[unlikely]]
            report(counters);
    }

    void watch(stream_tracker& watching) noexcept;
    /// True if another thread is notifying the tracker, and may do so too late.
    bool unwatch(stream_tracker& watching) noexcept;

private:
    struct beginning {
        std::uint64_t bytes;
        std::optional<std::uint64_t> total;
        std::chrono::steady_clock::time_point time;
    };

    static void report(std::shared_ptr<stream_counters> counters) noexcept;
    stream_tracker* next_due() const noexcept;

    std::atomic<std::uint64_t> read_{0};
    std::atomic<std::uint64_t> written_{0};
    latest_value<beginning> start_;
    std::atomic<bool> is_watched_{false};
    std::mutex mutex_;
    stream_tracker* first_ = nullptr;
};

/// What the token of `with_progress` carries to the operation.
struct by_stream {
    using value_type = transfer_progress;
    using tracker = stream_tracker;

    std::shared_ptr<stream_counters> counters;
    std::optional<std::uint64_t> total;
    traffic way;
};

/// Notified by the stream, on the thread on which bytes pass it. That thread may be running a step
/// of another operation than this one.
class stream_tracker : public transfer_tracker {
public:
    explicit stream_tracker(const by_stream& reporter) noexcept
        : transfer_tracker(reporter.total), counters_(reporter.counters), way_(reporter.way) {}

    template <typename Block>
    void begin(Block& begun) {
        operation_ = &begun;
        from_ = counters_->passed(way_);
        start(begun);
        counters_->watch(*this);
    }

    template <typename Block>
    void end(Block& ended) {
        const bool is_told = counters_->unwatch(*this);
        std::optional<transfer_progress> last;
        if (const auto bytes = passed(); bytes != bytes_ || is_told)
            last = measured(bytes);
        end_block(ended, last);
    }

private:
    friend class stream_counters;

    std::uint64_t passed() const noexcept { return counters_->passed(way_) - from_; }

    std::shared_ptr<stream_counters> counters_;
    traffic way_;
    operation_base* operation_ = nullptr;
    std::uint64_t from_ = 0;

    // Under the counters' mutex.
    std::uint64_t bytes_ = 0; ///< reported last
    bool is_watching_ = false;
    bool is_due_ = false;       ///< more bytes may have passed since
    bool is_reporting_ = false; ///< a thread is reporting, and reports what passes meanwhile
    stream_tracker* next_ = nullptr;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_PROGRESS_STREAM_COUNTERS_HPP
