//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_LOOP_POLL_CALLBACK_HPP
#define ASYNCINFO_DETAIL_LOOP_POLL_CALLBACK_HPP

#include <asyncinfo/completion_queue.hpp>

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <utility>

namespace asyncinfo::detail {

/// The function that a foreign loop calls when the queue is ready. The poller and the loop's
/// callback share it, since a handler may destroy the poller: the loop calls it through a copy of
/// the pointer.
class poll_callback {
public:
    using budget_type = std::chrono::nanoseconds;
    using exception_handler = std::function<void(std::exception_ptr)>;

    /// Long enough to be worth a turn of the loop, and short beside a frame of 16 ms.
    static constexpr budget_type default_budget = std::chrono::milliseconds(4);

    poll_callback(completion_queue& queue, budget_type budget, exception_handler handler)
        : queue_(queue), budget_(budget), on_exception_(std::move(handler)) {}

    /// Polls the queue. No exception leaves it: its callers are the loop's functions, often in C.
    void operator()() const noexcept {
        try {
            queue_.poll_for(budget_);
        } catch (...) {
            if (!on_exception_)
                std::terminate(); // which sees the exception
            on_exception_(std::current_exception());
        }
    }

private:
    completion_queue& queue_;
    const budget_type budget_;
    const exception_handler on_exception_;
};

using loop_turn_ptr = std::shared_ptr<const poll_callback>;

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_LOOP_POLL_CALLBACK_HPP
