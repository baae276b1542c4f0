//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_GROUP_GROUP_CORE_HPP
#define ASYNCINFO_DETAIL_GROUP_GROUP_CORE_HPP

#include <asyncinfo/async_info.hpp>
#include <asyncinfo/detail/asio/driven_context.hpp>
#include <asyncinfo/detail/block/observer.hpp>
#include <asyncinfo/detail/block/operation.hpp>
#include <asyncinfo/detail/core/deadline.hpp>

#include <boost/intrusive/list.hpp>
#include <boost/intrusive/set.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace asyncinfo::detail {

class group_core;
using group_ptr = boost::intrusive_ptr<group_core>;

/// An operation in a group, found by its Id, and, once it has ended, in the list of those that are
/// ready.
class ASYNCINFO_DECL group_member : public observer,
                                    public boost::intrusive::set_base_hook<>,
                                    public boost::intrusive::list_base_hook<> {
public:
    struct id {
        using type = std::uint64_t;
        type operator()(const group_member& m) const noexcept { return m.operation->id(); }
    };

    explicit group_member(operation_ptr o) noexcept
        : observer(rank::submitted), operation(std::move(o)) {}

    void ended() override;

    /// Calls users' destructors, so the caller must hold no lock.
    virtual void destroy() noexcept = 0;

    operation_ptr operation;
    group_ptr group; ///< from `add` on
    bool has_ended = false;

protected:
    ~group_member() override = default;
};

struct group_member_deleter {
    void operator()(group_member* m) const noexcept { m->destroy(); }
};
using group_member_owner = std::unique_ptr<group_member, group_member_deleter>;

/// A wait for the next operation that ends, by a completion handler.
class group_waiter : public boost::intrusive::set_base_hook<> {
public:
    struct number {
        using type = std::uint64_t;
        type operator()(const group_waiter& w) const noexcept { return w.ticket; }
    };

    explicit group_waiter(std::uint64_t t) noexcept : ticket(t) {}

    /// Once `error` or `member` is there. The waiter owns itself from here on. False if its
    /// executor's context has ended: then it has gone without the member.
    virtual bool submit() = 0;

    const std::uint64_t ticket;
    boost::system::error_code error;
    /// A member that is being delivered: still in the group, until `delivered` or `put_back`.
    group_member* member = nullptr;

protected:
    ~group_waiter() = default;
};

/// The function called on an executor for each operation that has ended.
class group_feed;
using group_feed_ptr = boost::intrusive_ptr<group_feed>;

/// A function submitted to the executor of a feed. It takes the next operation when it runs, so no
/// operation is lost if the function is.
class ASYNCINFO_DECL group_call {
public:
    group_call(group_ptr group, group_feed_ptr feed) noexcept
        : group_(std::move(group)), feed_(std::move(feed)) {}
    group_call(group_call&&) noexcept = default;
    group_call& operator=(group_call&&) = delete;
    ~group_call();

    void operator()();

private:
    group_ptr group_;
    group_feed_ptr feed_;
};

class group_feed {
public:
    group_feed() = default;
    group_feed(const group_feed&) = delete;
    group_feed& operator=(const group_feed&) = delete;

    virtual void submit(group_call call) = 0;
    virtual void call(group_member_owner next) = 0;

    friend void intrusive_ptr_add_ref(group_feed* feed) noexcept {
        feed->references_.fetch_add(1, std::memory_order_relaxed);
    }
    friend void intrusive_ptr_release(group_feed* feed) noexcept {
        if (feed->references_.fetch_sub(1, std::memory_order_acq_rel) == 1)
            feed->destroy();
    }

    std::size_t on_their_way = 0; ///< guarded by the group's lock

protected:
    ~group_feed() = default;
    virtual void destroy() noexcept = 0;

private:
    std::atomic<unsigned> references_{0};
};

/// The part of a group that does not depend on the tags: its members and waiters.
///
/// It lives until the group is closed and no thread is about to notify it. One lock guards it, and
/// nothing of a user's is called or destroyed under it. The operations' own locks are taken
/// inside it.
///
/// While a waiter is in the group, no member is ready.
class ASYNCINFO_DECL group_core : public boost::intrusive_ref_counter<group_core> {
public:
    group_core() = default;
    group_core(const group_core&) = delete;
    group_core& operator=(const group_core&) = delete;

    /// False if the operation is in the group already. Throws `errc::group_shut_down`.
    bool add(group_member_owner added);

    /// Returns the next member that has ended, or null.
    group_member_owner take() noexcept;
    /// The same, but waits for a member to end. Throws `errc::would_deadlock`.
    group_member_owner take(deadline until);

    std::uint64_t new_ticket() noexcept;
    void wait(group_waiter& waiter);
    void cancel_wait(std::uint64_t ticket);
    /// Removes the waiter and gives it to the caller. Null if it has been submitted, or is about to
    /// be.
    group_waiter* forget(std::uint64_t ticket) noexcept;
    /// Called when the waiter's handler has received the member, or never will.
    group_member_owner delivered(group_member& m) noexcept;
    void put_back(group_member& m) noexcept;

    void feed(group_feed_ptr feed);
    group_member_owner call_came(group_feed& feed) noexcept;
    void call_lost(group_feed& feed) noexcept;

    /// The numbers of members, by AsyncStatus.
    std::array<std::size_t, 4> counts() const noexcept;
    std::size_t size() const noexcept;

    void cancel_all(boost::asio::cancellation_type_t types, cancel_source by) noexcept;
    /// Both return the members that still run. `driven`: the context that this thread runs while it
    /// waits, or null.
    std::vector<IAsyncInfo> wait_all(deadline until, const driven_context* driven = nullptr);
    std::vector<IAsyncInfo> shut_down(deadline until, boost::asio::cancellation_type_t types,
                                      const driven_context* driven = nullptr);

    /// Forgets the members. Called when the group is destroyed.
    void close() noexcept;

    void member_ended(group_member& m);

private:
    using by_id =
        boost::intrusive::set<group_member, boost::intrusive::key_of_value<group_member::id>>;
    using in_order = boost::intrusive::list<group_member>;
    using by_ticket =
        boost::intrusive::set<group_waiter, boost::intrusive::key_of_value<group_waiter::number>>;
    using lock_type = std::unique_lock<std::mutex>;

    std::size_t running() const noexcept {
        return members_.size() - ended_[1] - ended_[2] - ended_[3];
    }
    bool is_over() const noexcept { return shut_down_ && members_.empty(); }

    void ended(group_member& m, lock_type lock);
    void offer(group_member& m, bool first, lock_type lock);
    void submit_calls(std::size_t most, lock_type& lock);
    group_member_owner take_first() noexcept;
    void leave(group_member& m) noexcept;
    static void notify(by_ticket& waiters, const boost::system::error_code& error) noexcept;
    template <typename Visit>
    void visit_running(Visit visit);
    void refuse_deadlock(deadline until, const driven_context* driven);
    void drive_all(deadline until, const driven_context& driven);
    std::vector<IAsyncInfo> await_all(deadline until, const driven_context* driven);

    const std::uint64_t id_ = identity::new_id(); ///< for the registry
    mutable std::mutex mutex_;
    by_id members_; ///< all: running, ready and being delivered to a waiter
    in_order ready_;
    std::array<std::size_t, 4> ended_{}; ///< of the members, by status
    by_ticket waiters_;
    std::uint64_t next_ticket_ = 0;
    group_feed_ptr feed_;
    bool shut_down_ = false;
    bool closed_ = false;
    std::condition_variable next_; ///< a member is ready, or there will be none
    std::condition_variable idle_; ///< no member is running
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_GROUP_GROUP_CORE_HPP
