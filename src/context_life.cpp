//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/context_life.hpp>

#include <asyncinfo/detail/asio_internals.hpp>
#include <asyncinfo/detail/polling_frame.hpp>

#include <utility>

namespace asyncinfo::detail {

/// Tells the life of its end.
class context_life::service final : public boost::asio::execution_context::service {
public:
    static inline boost::asio::execution_context::id id;

    explicit service(boost::asio::execution_context& context)
        : boost::asio::execution_context::service(context), life_(new context_life(context)) {}
    /// One that is made while the context shuts down is not told of it.
    ~service() override { life_->end(); }

    const context_life_ptr& life() const noexcept { return life_; }

private:
    void shutdown() override { life_->end(); }

    const context_life_ptr life_;
};

context_life::context_life(boost::asio::execution_context& context)
    : context_(&context), scheduler_(scheduler_of(context)) {}

context_life_ptr context_life::of(boost::asio::execution_context& context) {
    // Asio looks for a service under a lock. Another context at the same address finds the life of
    // this one over.
    struct cache {
        context_life_ptr life;
        bool gone = false; ///< with its thread, but for the destructors that follow
        ~cache() {
            life.reset();
            gone = true;
        }
    };
    static thread_local cache last;
    if (last.life && last.life->context_ == &context && !last.life->is_over())
        return last.life;
    context_life_ptr found = boost::asio::use_service<service>(context).life();
    if (!last.gone)
        last.life = found;
    return found;
}

bool context_life::runs_here() const noexcept {
    return !is_over() && (scheduler_runs_here(scheduler_) || polling_frame::of(*context_));
}

bool context_life::add(context_dependent& dependent) {
    const std::lock_guard guard(mutex_);
    if (is_over())
        return false;
    dependent.next_ = first_;
    if (first_)
        first_->previous_ = &dependent;
    first_ = &dependent;
    dependent.listed_ = true;
    return true;
}

void context_life::remove(context_dependent& dependent) noexcept {
    const std::lock_guard guard(mutex_);
    if (!std::exchange(dependent.listed_, false))
        return;
    (dependent.previous_ ? dependent.previous_->next_ : first_) = dependent.next_;
    if (dependent.next_)
        dependent.next_->previous_ = dependent.previous_;
    dependent.next_ = dependent.previous_ = nullptr;
}

void context_life::end() noexcept {
    {
        const std::lock_guard guard(mutex_);
        users_.fetch_or(over, std::memory_order_acq_rel);
    }
    for (unsigned users = users_.load(); users != over; users = users_.load())
        users_.wait(users);
    for (;;) {
        context_dependent* next = nullptr;
        {
            const std::lock_guard guard(mutex_);
            if (!first_)
                return;
            next = std::exchange(first_, first_->next_);
            if (first_)
                first_->previous_ = nullptr;
            next->next_ = nullptr;
            next->listed_ = false;
            next->hold();
        }
        next->context_ends(*this);
    }
}

} // namespace asyncinfo::detail
