//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
// What threads do that wait for a group: take the next member that ends, or wait for all.

#include <asyncinfo/detail/group/group_core.hpp>

#include <asyncinfo/detail/block/trampoline.hpp>
#include <asyncinfo/detail/handle/handle_access.hpp>
#include <asyncinfo/detail/observe/run_until_ended.hpp>

#include <boost/system/system_error.hpp>

#include <utility>

namespace asyncinfo::detail {

/// Visits the running members in the order of their Ids, up to the last present member, until
/// `visit` returns false.
template <typename Visit>
void group_core::visit_running(Visit visit) {
    const group_ptr keep(this);
    lock_type lock(mutex_);
    if (members_.empty())
        return;
    const auto last = members_.rbegin()->operation->id();
    std::uint64_t before = 0;
    for (;;) {
        auto next = members_.upper_bound(before);
        while (next != members_.end() && next->has_ended)
            ++next;
        if (next == members_.end() || next->operation->id() > last)
            return;
        operation_ptr operation = next->operation;
        before = operation->id();
        lock.unlock();
        if (!visit(*operation))
            return;
        operation = nullptr;
        lock.lock();
    }
}

group_member_owner group_core::take(deadline until) {
    if (auto next = take(); next || until.is_poll())
        return next;
    const group_ptr keep(this);
    trampoline::run_queued();
    bool any = false;
    bool all = true;
    visit_running([&](operation_base& o) {
        any = true;
        return all = o.needs_this_thread();
    });
    if (any && all)
        throw boost::system::system_error(errc::would_deadlock);
    lock_type lock(mutex_);
    const auto come = [this] { return !ready_.empty() || is_over(); };
    if (until.is_never())
        next_.wait(lock, come);
    else
        next_.wait_until(lock, until.time(), come);
    return take_first();
}

void group_core::cancel_all(boost::asio::cancellation_type_t types, cancel_source by) noexcept {
    visit_running([=](operation_base& o) {
        o.cancel(types, by);
        return true;
    });
}

void group_core::refuse_deadlock(deadline until, const driven_context* driven) {
    trampoline::run_queued();
    bool needed = false;
    if (!until.is_poll() && !(driven && driven->running_in_this_thread()))
        visit_running([&](operation_base& o) { return !(needed = o.needs_this_thread()); });
    if (needed)
        throw boost::system::system_error(errc::would_deadlock);
}

std::vector<IAsyncInfo> group_core::wait_all(deadline until, const driven_context* driven) {
    const group_ptr keep(this);
    refuse_deadlock(until, driven);
    return await_all(until, driven);
}

std::vector<IAsyncInfo> group_core::shut_down(deadline until,
                                              boost::asio::cancellation_type_t types,
                                              const driven_context* driven) {
    const group_ptr keep(this);
    refuse_deadlock(until, driven);
    by_ticket in_vain;
    {
        const lock_type lock(mutex_);
        shut_down_ = true;
        if (is_over()) {
            next_.notify_all();
            in_vain.swap(waiters_);
        }
    }
    notify(in_vain, errc::group_shut_down);
    cancel_all(types, cancel_source::shutdown);
    trampoline::run_queued();
    return await_all(until, driven);
}

/// Members may be added meanwhile, above all by functions that the context runs.
void group_core::drive_all(deadline until, const driven_context& driven) {
    boost::system::error_code refused;
    bool any = true;
    while (std::exchange(any, false)) {
        visit_running([&](operation_base& o) {
            any |= o.status() == AsyncStatus::Started;
            return drive(o, driven, until, refused) != AsyncStatus::Started ||
                   !(refused || until.is_over());
        });
        if (refused)
            throw boost::system::system_error(refused);
        any &= !until.is_over();
    }
}

std::vector<IAsyncInfo> group_core::await_all(deadline until, const driven_context* driven) {
    if (driven)
        drive_all(until, *driven);
    lock_type lock(mutex_);
    const auto idle = [this] { return running() == 0; };
    if (until.is_never())
        idle_.wait(lock, idle);
    else if (!until.is_poll())
        idle_.wait_until(lock, until.time(), idle);
    std::vector<IAsyncInfo> left;
    left.reserve(running());
    for (group_member& m : members_)
        if (!m.has_ended && m.operation->status() == AsyncStatus::Started)
            left.push_back(handle_access::make<IAsyncInfo>(m.operation));
    return left;
}

} // namespace asyncinfo::detail
