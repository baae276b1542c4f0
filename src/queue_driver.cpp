//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/completion_queue.hpp>
#include <asyncinfo/detail/asio/polling_frame.hpp>
#include <asyncinfo/detail/block/blocked_thread.hpp>
#include <asyncinfo/detail/observe/run_until_ended.hpp>

#include <atomic>

namespace asyncinfo::detail {
namespace {

/// Runs a `completion_queue` while an operation runs.
class queue_driver final : public blocked_thread {
public:
    queue_driver(operation_base& operation, queue_core& queue)
        : operation_(operation), queue_(&queue), observing_(operation.observe(*this)) {}

    ~queue_driver() override {
        if (observing_ && !operation_.unobserve(*this))
            blocked_thread::wait();
    }

    void ended() override {
        has_ended_ = true;
        queue_->wake();
        blocked_thread::ended();
    }

    void run_some(deadline until) {
        if (queue_->wait(until, false, &has_ended_))
            queue_->run(queue_core::what_is_ready, until, &has_ended_);
    }

    static void poll(operation_base& operation, queue_core& queue) {
        queue_driver driver(operation, queue);
        queue.run(queue_core::what_is_ready, deadline::never(), &driver.has_ended_);
    }

private:
    operation_base& operation_;
    const queue_core_ptr queue_; // a handler may destroy the queue
    std::atomic<bool> has_ended_{false};
    const bool observing_;
};

} // namespace

driven_context::driven_context(completion_queue& queue) noexcept : context_(queue.core_.get()) {
    static constexpr methods driving{
        [](const void* driven) noexcept {
            return polling_frame::of(*static_cast<const queue_core*>(driven)) != nullptr;
        },
        [](void* driven, operation_base& operation, deadline until) {
            drive_with<queue_driver>(*static_cast<queue_core*>(driven), operation, until);
        }};
    methods_ = &driving;
}

} // namespace asyncinfo::detail
