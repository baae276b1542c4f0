//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/asio/context_keeper.hpp>

#include <atomic>

namespace asyncinfo::detail {
namespace {

/// Null until there is a queue. Relaxed: whoever has an executor of a queue has come to it after
/// the queue was made, and the table is a constant.
constinit std::atomic<const context_keepers*> made_known{nullptr};

const context_keepers* keepers() noexcept { return made_known.load(std::memory_order_relaxed); }

} // namespace

void make_known(const context_keepers& keepers) noexcept {
    made_known.store(&keepers, std::memory_order_relaxed);
}

bool holds_context_keeper(const boost::asio::any_io_executor& executor) noexcept {
    return keepers() && keepers()->holds(executor);
}

bool holds_busy_context_keeper(const boost::asio::any_io_executor& executor) noexcept {
    return keepers() && keepers()->holds_busy(executor);
}

boost::asio::any_io_executor
context_keeper_under_strand(const boost::asio::any_io_executor& executor) noexcept {
    return keepers() ? keepers()->under_strand(executor) : boost::asio::any_io_executor();
}

} // namespace asyncinfo::detail
