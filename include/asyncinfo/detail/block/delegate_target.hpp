//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_BLOCK_DELEGATE_TARGET_HPP
#define ASYNCINFO_DETAIL_BLOCK_DELEGATE_TARGET_HPP

#include <asyncinfo/async_status.hpp>
#include <asyncinfo/detail/block/throttle.hpp>
#include <asyncinfo/detail/block/trampoline.hpp>

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <atomic>

namespace asyncinfo::detail {

class operation_base;
class submission;

using operation_ptr = boost::intrusive_ptr<operation_base>;

/// The target of a delegate, without the sender's type. `intrusive_ptr` counts its references.
///
/// A target may own the source of another operation, whose handler owns the next source. However
/// long such a chain is, its destruction has only a few targets on the stack at a time.
template <typename Argument>
class delegate_target : resumable {
public:
    /// Calls the handler with a handle to the operation, or submits the call to its executor.
    virtual void run(operation_ptr sender, const Argument& argument) = 0;

    /// Calls the handler on this thread; for callers that have come to its executor by `submit`.
    virtual void call(operation_ptr sender, const Argument& argument) = 0;
    virtual bool has_executor() const noexcept = 0;
    virtual void submit(submission&& call) = 0;
    /// The throttle of the handler; null if it is called for every value.
    virtual const throttle* get_throttle() const noexcept = 0;

    friend void intrusive_ptr_add_ref(delegate_target* target) noexcept {
        target->references_.fetch_add(1, std::memory_order_relaxed);
    }

    friend void intrusive_ptr_release(delegate_target* target) noexcept {
        if (target->give_up())
            target->destroy_at_bounded_depth();
    }

    /// Gives up a reference. For a caller who is a level of the trampoline: if the handler owns the
    /// source of another operation, that one's handler is destroyed at the next level.
    static void release_here(delegate_target* target) noexcept {
        if (target->give_up())
            target->destroy();
    }

protected:
    delegate_target() = default;
    virtual ~delegate_target() = default;
    virtual void destroy() noexcept = 0;

private:
    /// Returns true if the reference was the last one. A sole owner need not change the count.
    bool give_up() noexcept {
        return references_.load(std::memory_order_acquire) == 1 ||
               references_.fetch_sub(1, std::memory_order_acq_rel) == 1;
    }
    void resume() override { destroy(); }
    ASYNCINFO_NOINLINE void destroy_at_bounded_depth() noexcept {
        trampoline::run_quietly(*this, [this] { destroy(); });
    }

    std::atomic<unsigned> references_{1};
};

template <typename Argument>
using target_ptr = boost::intrusive_ptr<delegate_target<Argument>>;
using completed_ptr = target_ptr<AsyncStatus>;

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_BLOCK_DELEGATE_TARGET_HPP
