//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/asio/context_life.hpp>

#include <asyncinfo/detail/base/recycling.hpp>
#include <asyncinfo/detail/base/this_thread.hpp>

#include <utility>

namespace asyncinfo::detail {

/// Notifies the life of the context's end.
class context_life::service final : public boost::asio::execution_context::service {
public:
    static inline boost::asio::execution_context::id id;

    explicit service(boost::asio::execution_context& context)
        : boost::asio::execution_context::service(context), life_(new context_life(context)) {}
    /// Ends the life, too: `shutdown` is not called on a service made while the context shuts down.
    ~service() override { life_->end(); }

    const context_life_ptr& life() const noexcept { return life_; }

private:
    void shutdown() override { life_->end(); }

    const context_life_ptr life_;
};

context_life::context_life(boost::asio::execution_context& context)
    : context_(&context), scheduler_(scheduler_of(context)) {}

context_life_ptr context_life::of(boost::asio::execution_context& context) {
    // A cache, since Asio looks for a service under a lock.
    if (context_life* const last = last_of(context))
        return context_life_ptr(last);
    context_life_ptr found = boost::asio::use_service<service>(context).life();
    if (recycling::ends_with_thread()) {
        forget_last();
        this_thread().last_life = context_life_ptr(found).detach();
    }
    return found;
}

bool context_life::add(context_dependent& dependent) {
    const lock_guard guard(*this);
    if (is_over())
        return false;
    append(dependents_, dependent);
    return true;
}

bool context_life::add_worker(context_dependent& dependent,
                              const boost::asio::io_context::executor_type& executor) {
    const lock_guard guard(*this);
    if (is_over())
        return false;
    if (!is_listed(dependent))
        append(dependents_, dependent);
    if (workers_.join() == shared_work::next::begin) [[unlikely]]
        begin_work(executor);
    return true;
}

ASYNCINFO_NOINLINE void
context_life::begin_work(const boost::asio::io_context::executor_type& executor) noexcept {
    work_.emplace(boost::asio::prefer(executor, boost::asio::execution::outstanding_work.tracked));
}

ASYNCINFO_NOINLINE void context_life::end_work() noexcept { work_.reset(); }

void context_life::remove(context_dependent& dependent) noexcept {
    const lock_guard guard(*this);
    unlink(dependent);
}

void context_life::remove_worker(context_dependent& dependent) noexcept {
    const lock_guard guard(*this);
    unlink(dependent);
    // With the lock held: as soon as it is free, the context can end on another thread.
    if (workers_.leave() == shared_work::next::end)
        end_work();
}

void context_life::postpone(context_dependent& dependent) noexcept {
    const lock_guard guard(*this);
    append(postponed_, dependent);
}

void context_life::hasten(context_dependent& dependent) noexcept {
    const lock_guard guard(*this);
    if (!is_listed(dependent))
        return;
    unlink(dependent);
    append(dependents_, dependent);
}

bool context_life::hold_if_listed(context_dependent& dependent) noexcept {
    const lock_guard guard(*this);
    if (!is_listed(dependent))
        return false;
    dependent.hold();
    return true;
}

void context_life::unlink(context_link& l) noexcept {
    l.previous_->next_ = l.next_;
    l.next_->previous_ = l.previous_;
    l.next_ = l.previous_ = &l;
}

void context_life::append(list& to, context_link& l) noexcept {
    l.previous_ = to.previous_;
    l.next_ = &to;
    to.previous_->next_ = &l;
    to.previous_ = &l;
}

void context_life::end() noexcept {
    {
        const lock_guard guard(*this);
        users_.fetch_or(over, std::memory_order_acq_rel);
        if (workers_.context_ends() == shared_work::next::end)
            end_work();
    }
    unsigned left = over;
    for (const context_use* use = this_thread().innermost_use; use; use = use->outer)
        left += &use->life == this;
    for (unsigned users = users_.load(); users != left; users = users_.load())
        wait_while_equal(users_, users);
    for (;;) {
        if (context_dependent* const next = take_next())
            next->context_ends(*this, false);
        else if (context_dependent* const postponed = take_postponed())
            postponed->context_ends(*this, true);
        else
            return;
    }
}

context_dependent* context_life::take_next() noexcept {
    const lock_guard guard(*this);
    if (!is_listed(dependents_))
        return nullptr;
    auto& next = static_cast<context_dependent&>(*dependents_.next_);
    unlink(next);
    next.hold();
    return &next;
}

/// Takes a postponed dependent; all of these wait for something that does not end with the context.
/// A dependent that another one awaits, as a coroutine awaits one that it has called, comes first:
/// it may use objects of the other's.
context_dependent* context_life::take_postponed() noexcept {
    context_dependent* taken = nullptr;
    {
        const lock_guard guard(*this);
        if (!is_listed(postponed_))
            return nullptr;
        taken = static_cast<context_dependent*>(postponed_.next_);
        taken->hold();
    }
    // The bound ends the loop where coroutines await each other in a circle.
    for (int depth = 0; depth != 1'000'000; ++depth) {
        context_dependent* const inner = taken->awaits(*this);
        if (!inner)
            break;
        taken->let_go();
        taken = inner;
    }
    const lock_guard guard(*this);
    unlink(*taken);
    return taken;
}

} // namespace asyncinfo::detail
