//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/group/group_core.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <utility>

namespace asyncinfo::detail {

void group_member::ended() { group->member_ended(*this); }

group_call::~group_call() {
    if (group_)
        group_->call_lost(*feed_);
}

void group_call::operator()() {
    const group_ptr group = std::move(group_);
    if (auto next = group->call_came(*feed_))
        feed_->call(std::move(next));
}

bool group_core::add(group_member_owner added) {
    lock_type lock(mutex_);
    if (shut_down_)
        throw boost::system::system_error(errc::group_shut_down);
    // As a rule the new operation was started after the present members, so its Id is the highest.
    if (&*members_.insert(members_.end(), *added) != added.get())
        return false;
    group_member& m = *added.release();
    m.group = this;
    if (m.operation->is_tracked()) [[unlikely]]
        m.operation->identity().belongs_to(id_, true);
    if (!m.operation->observe(m))
        ended(m, std::move(lock));
    return true;
}

void group_core::member_ended(group_member& m) {
    const group_ptr keep(this);
    lock_type lock(mutex_);
    if (!closed_)
        return ended(m, std::move(lock));
    leave(m);
    lock.unlock();
    m.destroy();
}

void group_core::ended(group_member& m, lock_type lock) {
    m.has_ended = true;
    ++ended_[static_cast<std::size_t>(m.operation->status())];
    if (running() == 0)
        idle_.notify_all();
    offer(m, false, std::move(lock));
}

void group_core::offer(group_member& m, bool first, lock_type lock) {
    while (!closed_ && !waiters_.empty()) {
        group_waiter& waiter = *waiters_.begin();
        waiters_.erase(waiters_.begin());
        waiter.member = &m;
        lock.unlock();
        if (waiter.submit())
            return;
        lock.lock();
    }
    if (closed_) {
        leave(m);
        lock.unlock();
        return m.destroy();
    }
    ready_.insert(first ? ready_.begin() : ready_.end(), m);
    next_.notify_one();
    // One call for this member, and one in place of a lost call.
    submit_calls(2, lock);
}

void group_core::submit_calls(std::size_t most, lock_type& lock) {
    const group_feed_ptr feed = feed_;
    if (!feed)
        return;
    const group_ptr keep(this);
    for (; most != 0 && feed == feed_ && feed->on_their_way < ready_.size(); --most) {
        ++feed->on_their_way;
        lock.unlock();
        feed->submit(group_call(this, feed));
        lock.lock();
    }
}

group_member_owner group_core::take() noexcept {
    const lock_type lock(mutex_);
    return take_first();
}

group_member_owner group_core::take_first() noexcept {
    if (ready_.empty())
        return nullptr;
    group_member& m = ready_.front();
    ready_.pop_front();
    leave(m);
    if (is_over())
        next_.notify_all();
    return group_member_owner(&m);
}

void group_core::leave(group_member& m) noexcept {
    if (!m.group_member::set_base_hook::is_linked())
        return; // the group has been closed meanwhile
    members_.erase(members_.iterator_to(m));
    if (m.has_ended)
        --ended_[static_cast<std::size_t>(m.operation->status())];
}

std::uint64_t group_core::new_ticket() noexcept {
    const lock_type lock(mutex_);
    return next_ticket_++;
}

void group_core::wait(group_waiter& waiter) {
    lock_type lock(mutex_);
    if (closed_) {
        waiter.error = boost::asio::error::operation_aborted;
    } else if (!ready_.empty()) {
        waiter.member = &ready_.front();
        ready_.pop_front();
    } else if (is_over()) {
        waiter.error = errc::group_shut_down;
    } else {
        waiters_.insert(waiters_.end(), waiter);
        return;
    }
    lock.unlock();
    group_member* const member = waiter.member;
    if (!waiter.submit() && member)
        put_back(*member);
}

void group_core::cancel_wait(std::uint64_t ticket) {
    if (group_waiter* const waiter = forget(ticket)) {
        waiter->error = boost::asio::error::operation_aborted;
        waiter->submit();
    }
}

group_waiter* group_core::forget(std::uint64_t ticket) noexcept {
    const lock_type lock(mutex_);
    const auto found = waiters_.find(ticket);
    if (found == waiters_.end())
        return nullptr;
    group_waiter& waiter = *found;
    waiters_.erase(found);
    return &waiter;
}

group_member_owner group_core::delivered(group_member& m) noexcept {
    by_ticket in_vain;
    {
        const lock_type lock(mutex_);
        leave(m);
        if (is_over()) {
            next_.notify_all();
            in_vain.swap(waiters_);
        }
    }
    notify(in_vain, errc::group_shut_down);
    return group_member_owner(&m);
}

void group_core::put_back(group_member& m) noexcept {
    const group_ptr keep(this);
    try {
        offer(m, true, lock_type(mutex_));
    } catch (...) {
        // The function that was to be submitted is lost; the operation is not.
    }
}

void group_core::notify(by_ticket& waiters, const boost::system::error_code& error) noexcept {
    while (!waiters.empty()) {
        group_waiter& waiter = *waiters.begin();
        waiters.erase(waiters.begin());
        waiter.error = error;
        try {
            waiter.submit();
        } catch (...) {
            // The waiter's handler is destroyed, so there is no one to report the failure to.
        }
    }
}

void group_core::feed(group_feed_ptr feed) {
    const group_feed_ptr added = feed;
    lock_type lock(mutex_);
    feed_.swap(feed);
    try {
        submit_calls(ready_.size(), lock);
    } catch (...) {
        lock.lock();
        if (feed_ == added)
            feed_.reset(); // `added` keeps it until the lock is gone
        throw;
    }
}

group_member_owner group_core::call_came(group_feed& feed) noexcept {
    const lock_type lock(mutex_);
    --feed.on_their_way;
    return feed_.get() == &feed ? take_first() : nullptr;
}

void group_core::call_lost(group_feed& feed) noexcept {
    const lock_type lock(mutex_);
    --feed.on_their_way;
}

std::array<std::size_t, 4> group_core::counts() const noexcept {
    const lock_type lock(mutex_);
    auto counted = ended_;
    counted[static_cast<std::size_t>(AsyncStatus::Started)] = running();
    return counted;
}

std::size_t group_core::size() const noexcept {
    const lock_type lock(mutex_);
    return members_.size();
}

void group_core::close() noexcept {
    by_ticket aborted;
    group_feed_ptr feed;
    {
        const lock_type lock(mutex_);
        closed_ = true;
        aborted.swap(waiters_);
        feed.swap(feed_);
    }
    notify(aborted, boost::asio::error::operation_aborted);
    // One member at a time, so that threads on which other members end are not held up.
    while (take()) {
    }
    for (;;) {
        group_member_owner gone;
        const lock_type lock(mutex_);
        if (members_.empty())
            return;
        group_member& m = *members_.begin();
        leave(m);
        // Otherwise the thread that is about to notify the member destroys it, or the waiter to
        // which it is being delivered.
        if (!m.has_ended && m.operation->unobserve(m))
            gone.reset(&m);
    }
}

} // namespace asyncinfo::detail
