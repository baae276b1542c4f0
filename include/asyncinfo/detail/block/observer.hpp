//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_BLOCK_OBSERVER_HPP
#define ASYNCINFO_DETAIL_BLOCK_OBSERVER_HPP

#include <utility>

namespace asyncinfo::detail {

/// Somebody to tell when an operation ends: a blocked thread, an awaiter, a group. The observer
/// provides the memory, so telling it allocates nothing.
///
/// Once told it may be gone; the operation does not touch it again.
class observer {
public:
    /// Blocked threads are woken, and the timer of the deadlines is cancelled, before anything is
    /// submitted to an executor.
    enum class rank : unsigned char { deadline, blocked_thread, submitted };

    explicit observer(rank r) noexcept : rank_(r) {}
    observer(const observer&) = delete;
    observer& operator=(const observer&) = delete;

    /// The status is out. May throw what submitting a handler throws; the others are told first.
    virtual void ended() = 0;

protected:
    virtual ~observer() = default;

private:
    friend class observer_list;

    observer* next_ = nullptr;
    const rank rank_;
};

/// Observers in order of registration: a circular list, by its last member. Guarded by the
/// lifecycle's lock, and after the end owned by the thread that ended the operation.
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

    /// The only one there is, or null.
    observer* take_only() noexcept {
        if (!last_ || last_->next_ != last_)
            return nullptr;
        return std::exchange(last_, nullptr);
    }

    /// Does nothing if it is not there any more.
    void remove(observer& gone) noexcept {
        take_first([&](observer& o) { return &o == &gone; });
    }

    /// Tells the observers up to a rank, in order; `told(observer&)` makes the call, during which
    /// others may be removed.
    template <typename Told>
    void tell(observer::rank last, Told told) {
        while (observer* next = take_first([=](observer& o) { return o.rank_ <= last; }))
            told(*next);
    }

    /// The first of a rank, or null.
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
