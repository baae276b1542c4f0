//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_BLOCK_OPERATION_BASE_HPP
#define ASYNCINFO_DETAIL_BLOCK_OPERATION_BASE_HPP

#include <asyncinfo/async_status.hpp>
#include <asyncinfo/detail/asio/held_executor.hpp>
#include <asyncinfo/detail/base/config.hpp>
#include <asyncinfo/detail/base/this_thread.hpp>
#include <asyncinfo/detail/block/canceled.hpp>
#include <asyncinfo/detail/block/delegate_target.hpp>
#include <asyncinfo/detail/block/gate.hpp>
#include <asyncinfo/detail/block/observer.hpp>
#include <asyncinfo/detail/block/slot.hpp>
#include <asyncinfo/detail/block/trampoline.hpp>
#include <asyncinfo/detail/core/deadline.hpp>
#include <asyncinfo/detail/registry/identity.hpp>
#include <asyncinfo/error.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/type_index.hpp>

#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

class blocked_thread;
class context_life;
class context_dependent;

void intrusive_ptr_add_ref(operation_base* operation) noexcept;
void intrusive_ptr_release(operation_base* operation) noexcept;

/// The part of the shared block that does not depend on the result's type: lifecycle, error,
/// cancellation and observers. What differs between the types of operations is virtual.
class ASYNCINFO_DECL operation_base : public gate<operation_base> {
public:
    std::uint64_t id() const noexcept { return identity_.id(); }
    /// What the registry knows of this operation, if it is on.
    detail::identity& identity() noexcept { return identity_; }
    bool is_tracked() const noexcept { return identity_.is_tracked(); }
    /// Puts the operation in the registry, if that is on. Called when the block has been made and
    /// before anything has been started. `describe` returns an `operation_description`.
    template <typename Describe>
    void track(Describe describe) {
        if (registry_is_on.load(std::memory_order_relaxed)) [[unlikely]]
            track_now(describe);
    }
    /// A reference to the operation if it is running, else null. For a thread that has none, but
    /// knows that the block is not destroyed meanwhile.
    static boost::intrusive_ptr<operation_base> retain_running(operation_base& operation) noexcept {
        return {operation.retain_if_running() ? &operation : nullptr, false};
    }
    /// Why it has ended, and who asked it to stop.
    async_ending ending() noexcept;

    /// The `operation_kind` of what it holds, for `try_as`.
    virtual boost::typeindex::type_index kind() const noexcept = 0;
    virtual std::string_view name() const noexcept { return {}; }

    AsyncStatus status() const noexcept {
        return static_cast<AsyncStatus>(lifecycle::status(load()));
    }

    /// The error of a finished operation. The code of an exception is that of a `system_error`,
    /// else `errc::unhandled_exception`. Sets `refused` if Close came in between.
    boost::system::error_code code(boost::system::error_code& refused) noexcept;
    std::exception_ptr exception(boost::system::error_code& refused) noexcept;
    /// Under `as_tuple` the error is part of the result, which is then readable in every status.
    bool error_is_in_result() const noexcept { return error_is_in_result_; }
    /// Tells the registry that somebody has asked how it went, who gets the error in the result.
    void seen_in_result() noexcept {
        if (error_is_in_result_ && is_tracked()) [[unlikely]]
            identity_.seen();
    }

    void cancel(boost::asio::cancellation_type_t types, cancel_source by) noexcept;
    /// The types of all requests so far.
    boost::asio::cancellation_type_t requested_types() const noexcept;
    /// Same as `cancel`, for cancellation handlers that pass a request on to another operation.
    /// However long a chain of such handlers is, one is on the stack at a time, if there is memory
    /// for the rest.
    void pass_on_cancel(boost::asio::cancellation_type_t types, cancel_source by) noexcept;
    /// The operation's own deadline is over: requests cancellation, with these `request_types`. An
    /// abort then ends the operation as timed out, unless cancellation was requested before.
    void expire(unsigned types) noexcept;
    operation_slot slot() noexcept { return operation_slot(place_); }

    /// The three ways to store an outcome. The owner of the completion handler calls one of them,
    /// once, and then `end`.
    ///
    /// `fail` returns false if it stores `timed_out` instead (contract, §3): an abort after the
    /// deadline.
    void succeed() noexcept { final_status_ = static_cast<unsigned char>(AsyncStatus::Completed); }
    bool fail(const boost::system::error_code& code) noexcept;
    bool fail(std::exception_ptr exception) noexcept;
    /// For a code that is stored elsewhere: makes an abort after the deadline a `timed_out`
    /// (contract, §3).
    void mend_if_timed_out(boost::system::error_code& code) const noexcept;
    void error_goes_into_result() noexcept { error_is_in_result_ = true; }

    /// Sets whether any thread may deliver a request; by default it is delivered on the operation's
    /// executor only. Called from inside.
    void set_emits_anywhere(bool anywhere) noexcept {
        emits_anywhere_.store(anywhere, std::memory_order_relaxed);
    }
    bool emits_anywhere() const noexcept { return emits_anywhere_.load(std::memory_order_relaxed); }

    /// Publishes the stored outcome, on this thread, or, if another thread is inside, on that one.
    void end() {
        if (is_tracked()) [[unlikely]]
            record_end();
        gate::end();
    }

    /// Blocks until the operation has ended or the time is over. Waiting on a thread of the
    /// operation's own context gives `errc::would_deadlock`.
    AsyncStatus wait(deadline until, boost::system::error_code& error);

    /// True if the operation is running and to block this thread would deadlock: the thread is
    /// inside its gate, or runs one of its contexts.
    bool needs_this_thread() noexcept;

    /// While the operation runs: returns, with a reference, a coroutine of that context, which is
    /// the operation itself or one that it waits for. Null if there is none.
    context_dependent* dependent_of(context_life& life) noexcept;

    /// The executor for observers that have none of their own. After the end: the same one if it is
    /// plain, the plain executor under it if it was a strand, else `system_executor`. A strand is
    /// given back, since it must not outlive its context.
    boost::asio::any_io_executor executor();
    /// Calls `use(executor)`, with the observers locked, if the operation has not ended. It cannot
    /// end before `use` returns, so its context is alive.
    template <typename Use>
    void visit_executor(Use use) {
        if (!lock())
            return;
        const struct guard {
            operation_base& self;
            ~guard() { self.unlock(); }
        } holding{*this};
        use(current_executor());
    }

    /// Registers an observer. Returns false if the operation has ended; the observer is then never
    /// notified.
    bool observe(observer& added) noexcept;
    /// The same. It is cheaper if the caller has the only handle, in its own hands.
    bool observe_as_owner(observer& added) noexcept;
    /// Takes the caller's reference and registers an heir, if the caller has the only handle. Else
    /// returns false and changes nothing.
    bool observe_as_heir(observer& added) noexcept {
        bool stored = false;
        if (gate::observe_as_heir([&] {
                added.is_heir_ = stored = true;
                observers_.push_back(added);
            }))
            return true;
        if (stored) {
            observers_.remove(added);
            added.is_heir_ = false;
        }
        return false;
    }
    /// Calls `visit` with the observer that has the operation's deadlines, or null, and registers
    /// the observer that it returns, if any. The deadlines cannot be notified meanwhile. Returns
    /// false if the operation has ended.
    template <typename Visit>
    bool visit_deadlines(Visit visit) noexcept {
        if (!lock())
            return false;
        if (observer* const added = visit(observers_.find(observer::rank::deadline)))
            observers_.push_back(*added);
        unlock_observers();
        return true;
    }
    /// Removes an observer. Returns false if the observer has been notified or is about to be.
    bool unobserve(observer& gone) noexcept;
    /// Removes an observer that is destroyed before it has been notified, on the thread that is
    /// notifying the observers.
    void forget(observer& gone) noexcept {
        if (!owes_completed_)
            observers_.remove(gone);
    }

    /// For the observer that is being notified: true if no other observer and no Completed comes
    /// after it. The operation then belongs to the notifying thread and the observer alone.
    bool notified_all() const noexcept { return observers_.empty() && !completed_; }

    void set_completed(completed_ptr handler, boost::system::error_code& error);
    completed_ptr completed() noexcept;
    /// After the end: calls `handler` on this thread. If handlers are nested too deep here, the
    /// level above calls it. In a chain of operations, each ended by the handler of the one before,
    /// only a few are on the stack at a time. Takes over a reference to the handler and one to this
    /// operation.
    void call_completed(delegate_target<AsyncStatus>* handler);

    using gate::lock; ///< the observers and the executor are this thread's until `unlock`
    using gate::unlock;

protected:
    explicit operation_base(held_executor held, bool hears_requests = false) noexcept
        : observers_(), held_(held), hears_requests_(hears_requests) {}
    ~operation_base() {
        if (failure_ == failure::exception)
            std::destroy_at(&exception_);
    }

    /// Called when the last reference is gone.
    virtual void destroy() noexcept = 0;
    /// Called by Close.
    virtual void discard_result() noexcept = 0;
    virtual void submit(delivery&& request) = 0;
    /// See `executor`; null stands for `system_executor`.
    virtual boost::asio::any_io_executor own_executor(const any_executor_maker& make) = 0;
    /// Called at the end with the observers locked, unless the executor is a plain one.
    virtual void give_back_executor() noexcept = 0;
    /// True if blocking this thread would block what the operation waits for. Called with the
    /// observers locked.
    virtual bool runs_here() const noexcept = 0;
    /// If the operation hears requests: called with each delivery, before the slot's handler, and,
    /// with `false`, when a request has come to a thread outside the executor.
    virtual void requested(bool /*delivered*/) {}
    /// Likewise: called on the thread that makes a request, after that was latched, or ignored
    /// because the operation has ended. Defined in src/: so the virtual table is in the library, of
    /// which a DLL's users import it.
    virtual void latched() noexcept;
    /// Returns, with a reference, a coroutine of that context: the operation itself, or one that
    /// the operation waits for. Null if there is none. Called with the observers locked.
    virtual context_dependent* own_dependent(context_life&) noexcept { return nullptr; }

    /// How the executor is held. Changed by the constructor and `give_back_executor` only.
    std::atomic<held_executor>& held() noexcept { return held_; }
    held_executor held() const noexcept { return held_.load(std::memory_order_acquire); }

    /// True if a failure is stored. For the thread that stored the outcome.
    bool has_failed() const noexcept { return failure_ != failure::none; }

private:
    friend class gate<operation_base>;
    friend class owed_calls;

    /// Unlocks the observers after they have been changed.
    void unlock_observers() noexcept { unlock(!observers_.empty() || completed_); }

    enum class failure : unsigned char { none, code, exception };

    void wait_for_ever(blocked_thread& waiter);
    void deliver(unsigned types);
    void arrived_here() {
        if (hears_requests_)
            requested(false);
    }
    bool has_clear_slot() const noexcept { return place_.is_trivial(); }
    void clear_slot() noexcept { place_.clear(); }
    bool keeps_executor() const noexcept { return held_ != held_executor::whole; }
    void drop_executor() noexcept {
        if (held() == held_executor::whole)
            give_back_executor();
    }
    /// See `executor`. Called with the observers locked, or after the end.
    boost::asio::any_io_executor current_executor();
    unsigned final_status() const noexcept { return final_status_; }
    // Not here, where the compiler would guess at what `observer::ended` calls: a guess is linked.
    void notify_observers();
    void notify_many();
    ASYNCINFO_NOINLINE void set_completed_slowly(completed_ptr handler,
                                                 boost::system::error_code& error);
    void discard() noexcept {
        if (failure_ == failure::exception)
            exception_ = nullptr;
        discard_result();
    }

    bool failed(const boost::system::error_code& code) noexcept;
    void store(const boost::system::error_code& code) noexcept;
    void store(std::exception_ptr&& exception) noexcept;

    // Apart, so that what is rare does not take registers from what is not.
    template <typename Describe>
    ASYNCINFO_NOINLINE void track_now(const Describe& describe) {
        identity_.track(*this, describe());
    }
    ASYNCINFO_NOINLINE void record_end() noexcept;
    ending_reason reason_of(AsyncStatus status,
                            const boost::system::error_code& code) const noexcept;
    boost::system::error_code read_code(boost::system::error_code& refused) noexcept;
    std::exception_ptr read_exception(boost::system::error_code& refused) noexcept;

    detail::identity identity_;
    union {
        observer_list observers_;        ///< until all have been notified
        operation_base* next_that_owes_; ///< a call of Completed; a circular list
    };
    completed_ptr completed_;
    union {
        boost::system::error_code code_;
        std::exception_ptr exception_;
    };
    ASYNCINFO_NO_UNIQUE_ADDRESS cancellation_place place_;
    failure failure_ : 2 = failure::none;
    bool error_is_in_result_ : 1 = false; // shares a byte: the completion handler writes both
    unsigned char final_status_ = 0;
    bool owes_completed_ = false;
    std::atomic<held_executor> held_;
    const bool hears_requests_; // no virtual call for what most operations do not have
    std::atomic<bool> emits_anywhere_{false};
};

extern template class gate<operation_base>; // compiled once

/// Throws a code as its exception class: `operation_canceled` or `system_error`.
[[noreturn]] ASYNCINFO_DECL void throw_code(const boost::system::error_code& code,
                                            const char* what = nullptr);

/// Throws what a member that was refused throws: it names the member and the operation, if any, and
/// says what to do.
[[noreturn]] ASYNCINFO_DECL void throw_refusal(const operation_base* operation,
                                               const boost::system::error_code& error,
                                               const char* member);

inline void intrusive_ptr_add_ref(operation_base* operation) noexcept { operation->retain(); }
inline void intrusive_ptr_release(operation_base* operation) noexcept { operation->release(); }

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_BLOCK_OPERATION_BASE_HPP
