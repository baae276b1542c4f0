// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "row.hpp"

#if defined(__linux__)

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace bench {

namespace {

/// The yardstick: the io thread writes to an eventfd, and the loop reads it.
class eventfd_ping {
public:
    ~eventfd_ping() { ::close(descriptor_); }

    int descriptor() const { return descriptor_; }
    void start() {}
    void complete() {
        const std::uint64_t one = 1;
        expect(::write(descriptor_, &one, sizeof one) == sizeof one, "cannot write");
    }
    std::size_t handle() {
        std::uint64_t count = 0;
        expect(::read(descriptor_, &count, sizeof count) == sizeof count, "cannot read");
        return static_cast<std::size_t>(count);
    }

private:
    const int descriptor_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
};

/// An operation ends on the io thread; its Completed handler is called on the loop's.
class completed_in_queue {
public:
    int descriptor() { return queue_.native_handle(); }
    void start() {
        source_.emplace();
        source_->operation().Completed(
            asio::bind_executor(queue_, [this](auto&, auto) { ++called_; }));
    }
    void complete() {
        // Out of the loop's hands: it goes on before `set_value` has returned.
        const auto source = std::move(*source_);
        source.set_value();
    }
    std::size_t handle() {
        const auto before = called_;
        queue_.poll();
        return called_ - before;
    }

private:
    ::asyncinfo::completion_queue queue_;
    std::optional<::asyncinfo::async_source<>> source_;
    std::size_t called_ = 0;
};

/// To the io thread, which completes, and back to a loop that sleeps in epoll_wait.
template <class Way>
class wake_latency_row final : public row {
public:
    explicit wake_latency_row(const setup&) {
        epoll_event event{};
        event.events = EPOLLIN;
        expect(::epoll_ctl(epoll_, EPOLL_CTL_ADD, way_.descriptor(), &event) == 0, "no epoll");
    }

    ~wake_latency_row() override {
        work_.reset();
        thread_.join();
        ::close(epoll_);
    }

    double run(std::size_t operations) override {
        stopwatch watch;
        watch.start();
        for (std::size_t i = 0; i != operations; ++i) {
            way_.start();
            asio::post(io_, [this] { way_.complete(); });
            epoll_event event{};
            std::size_t handled = 0;
            while (handled == 0)
                if (::epoll_wait(epoll_, &event, 1, -1) == 1)
                    handled = way_.handle();
            expect(handled == 1, "one at a time");
        }
        watch.stop();
        return watch.seconds();
    }

private:
    const int epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    Way way_;
    asio::io_context io_{1};
    asio::executor_work_guard<asio::io_context::executor_type> work_ = asio::make_work_guard(io_);
    std::thread thread_{[this] { io_.run(); }};
};

} // namespace

void add_wake_latency(table& rows) {
    add_row<wake_latency_row<eventfd_ping>>(rows, "wake_latency", "raw", 1, 1'000);
    add_row<wake_latency_row<eventfd_ping>>(rows, "wake_latency", "raw2", 1, 1'000);
    add_row<wake_latency_row<completed_in_queue>>(rows, "wake_latency", "asyncinfo", 1, 1'000);
}

} // namespace bench

#else

namespace bench {
void add_wake_latency(table&) {}
} // namespace bench

#endif
