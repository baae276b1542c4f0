//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_BLOCK_OBSERVER_HPP
#define ASYNCINFO_DETAIL_BLOCK_OBSERVER_HPP

#include <utility>

namespace asyncinfo::detail {

/// Notified when an operation ends: a blocked thread, an awaiter, a group. The observer brings its
/// own memory, so a notification allocates nothing.
///
/// Once notified an observer may be gone; the operation does not touch it again.
///
/// Whoever keeps an operation for its observer has a reference to it. An *heir* has none before it
/// is notified: the notification gives it the one that the completion handler had.
class observer {
public:
    /// The timer of the deadlines is cancelled and blocked threads are woken before any handler is
    /// submitted to an executor.
    enum class rank : unsigned char { deadline, blocked_thread, submitted };

    explicit observer(rank r) noexcept : rank_(r) {}
    observer(const observer&) = delete;
    observer& operator=(const observer&) = delete;

    /// Notifies the observer: the status is published. May throw what submitting a handler throws;
    /// the other observers are notified first.
    virtual void ended() = 0;

    bool is_heir() const noexcept { return is_heir_; }

protected:
    virtual ~observer() = default;

private:
    friend class observer_list;
    friend class operation_base;

    observer* next_ = nullptr;
    const rank rank_;
    bool is_heir_ = false;
};

/// Observers in order of registration: a circular list, known by its last element. The lifecycle's
/// lock guards it; after the end the thread that ended the operation owns it.
class observer_list {
public:
    bool empty() const noexcept { return last_ == nullptr; }

    void push_back(observer& added) noexcept {
        if (last_) {
            added.next_ = last_->next_;
            last_->next_ = &added;
        } else {
            added.next_ = &added;
        }
        last_ = &added;
    }

    /// Removes and returns the only observer; null if there is none, or more than one.
    observer* take_only() noexcept {
        if (!last_ || last_->next_ != last_)
            return nullptr;
        return std::exchange(last_, nullptr);
    }

    /// Removes an observer, if it is in the list.
    void remove(observer& gone) noexcept {
        take_first([&](observer& o) { return &o == &gone; });
    }

    /// Removes the observers up to a rank, in order, and calls `notify(observer&)` for each, which
    /// notifies it. Others may be removed during that call.
    template <typename Notify>
    void notify(observer::rank last, Notify notify) {
        while (observer* next = take_first([=](observer& o) { return o.rank_ <= last; }))
            notify(*next);
    }

    /// The first observer of a rank, or null.
    observer* find(observer::rank wanted) const noexcept {
        observer* candidate = last_;
        if (candidate)
            do {
                candidate = candidate->next_;
                if (candidate->rank_ == wanted)
                    return candidate;
            } while (candidate != last_);
        return nullptr;
    }

private:
    template <typename Predicate>
    observer* take_first(Predicate wanted) noexcept {
        if (!last_)
            return nullptr;
        observer* before = last_;
        do {
            observer* const candidate = before->next_;
            if (wanted(*candidate)) {
                unlink(*before);
                return candidate;
            }
            before = candidate;
        } while (before != last_);
        return nullptr;
    }

    void unlink(observer& before) noexcept {
        observer& gone = *before.next_;
        before.next_ = gone.next_;
        if (last_ == &gone)
            last_ = &before == &gone ? nullptr : &before;
    }

    observer* last_ = nullptr;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_BLOCK_OBSERVER_HPP
