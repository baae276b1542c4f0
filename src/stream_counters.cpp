//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include <asyncinfo/detail/progress/stream_counters.hpp>

namespace asyncinfo::detail {

void stream_counters::watch(stream_tracker& watching) noexcept {
    const std::lock_guard guard(mutex_);
    watching.is_watching_ = true;
    watching.next_ = std::exchange(first_, &watching);
    is_watched_.store(true, std::memory_order_release);
}

bool stream_counters::unwatch(stream_tracker& watching) noexcept {
    const std::lock_guard guard(mutex_);
    watching.is_watching_ = false;
    for (auto** at = &first_; *at; at = &(*at)->next_)
        if (*at == &watching) {
            *at = watching.next_;
            break;
        }
    is_watched_.store(first_ != nullptr, std::memory_order_relaxed);
    return watching.is_reporting_;
}

stream_tracker* stream_counters::next_due() const noexcept {
    auto* found = first_;
    while (found && (!found->is_due_ || found->is_reporting_))
        found = found->next_;
    return found;
}

/// Notifies the trackers. One thread at a time notifies a tracker, so that its progress does not go
/// backwards. No lock is held during the call, and the operation may end meanwhile.
void stream_counters::report(std::shared_ptr<stream_counters> counters) noexcept {
    std::unique_lock lock(counters->mutex_);
    for (auto* each = counters->first_; each; each = each->next_)
        each->is_due_ = true;
    while (auto* const reporting = counters->next_due()) {
        reporting->is_due_ = false;
        const auto bytes = reporting->passed();
        if (std::exchange(reporting->bytes_, bytes) == bytes)
            continue;
        reporting->is_reporting_ = true;
        operation_ptr keep(reporting->operation_); // it is watching, so it has not ended
        lock.unlock();
        auto thrown = reporting->report(reporting->measured(bytes));
        lock.lock();
        reporting->is_reporting_ = false;
        if (reporting->is_watching_)
            reporting->keep_thrown(std::move(thrown));
        lock.unlock();
        keep.reset(); // may destroy the operation
        lock.lock();
    }
}

} // namespace asyncinfo::detail
