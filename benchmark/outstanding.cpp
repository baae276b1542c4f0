// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "pending_timers.hpp"
#include "row.hpp"

#include <deque>

namespace bench {

namespace {

using timer = pending_timers::timer;

/// The handles to a crowd of operations, as their user would keep them.
template <class Wrapper>
class handles;

// A callback has no handle. What it writes to belongs to its user: it is there before.
template <>
class handles<raw> {
public:
    void prepare(std::size_t count) { ended_.resize(count); }
    void reserve(std::size_t) {}

    void start(timer& t, std::size_t i) {
        t.async_wait([ended = &ended_[i]](error_code) { *ended = true; });
    }

    bool pending(std::size_t i) const { return !ended_[i]; }

private:
    std::deque<bool> ended_;
};

template <class Handle>
class handle_vector {
public:
    void prepare(std::size_t) {}
    void reserve(std::size_t count) { list_.reserve(count); }

protected:
    std::vector<Handle> list_;
};

template <>
class handles<use_future> : public handle_vector<std::future<void>> {
public:
    void start(timer& t, std::size_t) {
        list_.push_back(t.async_wait(asio::use_future([](error_code) {})));
    }

    bool pending(std::size_t i) const {
        return list_[i].wait_for(std::chrono::seconds(0)) != std::future_status::ready;
    }
};

template <>
class handles<use_promise>
    : public handle_vector<asio::experimental::promise<void(error_code), asio::any_io_executor>> {
public:
    void start(timer& t, std::size_t) {
        list_.push_back(t.async_wait(asio::experimental::use_promise));
    }

    bool pending(std::size_t i) const { return !list_[i].completed(); }
};

template <>
class handles<asyncinfo> : public handle_vector<::asyncinfo::IAsyncAction> {
public:
    void start(timer& t, std::size_t) {
        list_.push_back(t.async_wait(::asyncinfo::use_async_info));
    }

    bool pending(std::size_t i) const {
        return list_[i].Status() == ::asyncinfo::AsyncStatus::Started;
    }
};

/// A crowd of pending timers: the bytes that starting them takes, with the handles, and the time
/// of one sweep that asks each handle whether it is still pending. The first run sets up the crowd
/// that the others sweep.
template <class Wrapper>
class outstanding_row final : public row {
public:
    explicit outstanding_row(const setup&) {}

    ~outstanding_row() override {
        while (!timers_.empty())
            timers_.pop_back();
        context_.run();
    }

    double run(std::size_t count) override {
        if (timers_.empty())
            start(count);
        stopwatch watch;
        watch.start();
        std::size_t pending = 0;
        for (std::size_t i = 0; i != count; ++i)
            pending += handles_.pending(i);
        watch.stop();
        expect(pending == count, "expected to be pending");
        return watch.seconds();
    }

    heap::count counted() const override { return counted_; }

private:
    void start(std::size_t count) {
        const auto expiry = std::chrono::steady_clock::now() + std::chrono::hours(1);
        for (std::size_t i = 0; i != count; ++i)
            timers_.emplace_back(context_, expiry + std::chrono::seconds(i));
        handles_.prepare(count);
        heap::start();
        handles_.reserve(count);
        for (std::size_t i = 0; i != count; ++i)
            handles_.start(timers_[i], i);
        counted_ = heap::stop();
    }

    asio::io_context context_;
    std::deque<timer> timers_;
    handles<Wrapper> handles_;
    heap::count counted_;
};

} // namespace

void add_outstanding(table& rows) { add_rows<outstanding_row>(rows, "outstanding", 1, 1'000'000); }

} // namespace bench
