//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_BLOCK_WAIT_WATCH_HPP
#define ASYNCINFO_DETAIL_BLOCK_WAIT_WATCH_HPP

#include <asyncinfo/detail/block/operation.hpp>
#include <asyncinfo/detail/core/deadline.hpp>

#include <atomic>
#include <memory>

namespace asyncinfo::detail {

struct long_wait_settings;

/// Watches a wait without a time limit, if `set_long_wait_handler` has asked for that.
class wait_watch {
public:
    explicit wait_watch(operation_base& operation)
        : operation_(operation), methods_(installed.load(std::memory_order_relaxed)) {
        if (methods_) [[unlikely]]
            (this->*methods_->begin)();
    }

    /// The time to call `warn`.
    deadline until() const noexcept { return until_; }
    bool is_due() const noexcept { return settings_ && until_.is_over(); }

    /// Calls the handler, once. Throws what the handler throws.
    void warn() {
        if (methods_)
            (this->*methods_->report)();
    }

private:
    friend struct long_wait_settings;

    struct methods {
        void (wait_watch::*begin)();
        void (wait_watch::*report)();
    };

    /// Null unless somebody has asked, so a program that does not ask links nothing of this.
    static std::atomic<const methods*> installed;

    void begin();
    void report();
    void send_probe();

    operation_base& operation_;
    const methods* const methods_;
    deadline until_ = deadline::never();
    std::shared_ptr<const long_wait_settings> settings_;
    std::shared_ptr<std::atomic<bool>> context_has_run_; ///< null if the context cannot be asked
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_BLOCK_WAIT_WATCH_HPP
