//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_PROGRESS_OPERATION_WITH_PROGRESS_HPP
#define ASYNCINFO_DETAIL_PROGRESS_OPERATION_WITH_PROGRESS_HPP

#include <asyncinfo/detail/block/operation.hpp>
#include <asyncinfo/detail/progress/progress_state.hpp>

#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

/// A result that is published while the operation runs.
template <typename T>
class partial_place {
public:
    /// Returns a copy; a T that cannot be copied is moved out, so only the first call returns it.
    std::optional<T> partial_result() {
        const std::lock_guard guard(mutex_);
        if constexpr (std::is_copy_constructible_v<T>) {
            return partial_;
        } else {
            std::optional<T> taken = std::move(partial_);
            partial_.reset();
            return taken;
        }
    }

    template <typename... Args>
    void set_partial_result(Args&&... args) {
        std::optional<T> made(std::in_place, std::forward<Args>(args)...);
        const std::lock_guard guard(mutex_);
        partial_.reset();
        partial_.emplace(*std::move(made));
    }

protected:
    void discard_partial_result() noexcept {
        const std::lock_guard guard(mutex_);
        partial_.reset();
    }

private:
    std::mutex mutex_;
    std::optional<T> partial_;
};

template <>
class partial_place<void> {
protected:
    void discard_partial_result() noexcept {}
};

/// The part of the block that a handle with progress uses.
///
/// The producer holds a reference of its own while it reports: a Progress handler may drop all
/// others.
template <typename T, typename P>
class operation_with_progress : public operation<T>,
                                public partial_place<T>,
                                public progress_state<P> {
public:
    /// Reports `last`, then publishes the stored outcome. If another thread is calling a Progress
    /// handler, that thread publishes after the handler has returned.
    void end(std::optional<P> last = std::nullopt) {
        if constexpr (!std::is_void_v<T>)
            if (this->has_failed() && !this->result())
                keep_partial_result();
        this->end_operation(std::move(last));
    }

protected:
    explicit operation_with_progress(held_executor held, bool hears_requests = false) noexcept
        : operation<T>(held, hears_requests),
          progress_state<P>(static_cast<operation_base&>(*this)) {}
    ~operation_with_progress() = default;

    void discard_result() noexcept override {
        operation<T>::discard_result();
        this->discard_partial_result();
        this->discard_progress();
    }

private:
    /// Moves the partial result to the place of the result, where every reader looks after the end.
    void keep_partial_result() noexcept {
        try {
            if (auto part = this->partial_result())
                this->set_result(*std::move(part));
        } catch (...) {
            // Without memory for a copy, `outcome()` finds the partial result in its own place.
        }
    }
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_PROGRESS_OPERATION_WITH_PROGRESS_HPP
