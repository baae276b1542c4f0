//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_ASYNC_INFO_HPP
#define ASYNCINFO_ASYNC_INFO_HPP

#include <asyncinfo/async_status.hpp>
#include <asyncinfo/condition.hpp>
#include <asyncinfo/detail/asio/driven_context.hpp>
#include <asyncinfo/detail/block/operation.hpp>
#include <asyncinfo/detail/core/deadline.hpp>
#include <asyncinfo/detail/observe/waiting_handler.hpp>
#include <asyncinfo/error.hpp>

#include <boost/asio/cancellation_type.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <string_view>

namespace asyncinfo::detail {
struct handle_access;
}

namespace asyncinfo {

/// A handle to an asynchronous operation of any kind: its identity, its status, its cancellation.
///
/// Handles are values. All copies share one operation, compare equal across kinds and hash alike,
/// also after `Close`. A handle object is as thread-safe as a `shared_ptr`: members may be called
/// from any thread, but assigning to one object while another thread uses it is a race.
///
/// Dropping every handle does not cancel: the operation runs to its end (see `cancel_on_destroy`).
/// What the user owes Asio remains owed: the I/O object and the buffers outlive the operation.
///
/// Errors: every member throws `boost::system::system_error` with `errc::empty_handle` on an empty
/// handle, and with `errc::illegal_method_call` after `Close`, but for those that say otherwise;
/// `what()` says which operation it was, by number and name, and what to do about it.
/// The overload that ends in `error_code&` sets it instead and never throws.
///
/// Names are those of Windows.Foundation.IAsyncInfo where it has them; the rest is Asio's style.
class [[nodiscard]] ASYNCINFO_DECL IAsyncInfo {
public:
    /// What `GetResults` of the handle's kind returns.
    using result_type = void;

    /// An empty handle.
    IAsyncInfo() = default;
    IAsyncInfo(std::nullptr_t) noexcept {}

    IAsyncInfo(const IAsyncInfo&) noexcept = default;
    IAsyncInfo(IAsyncInfo&&) noexcept = default;
    IAsyncInfo& operator=(const IAsyncInfo&) noexcept = default;
    IAsyncInfo& operator=(IAsyncInfo&&) noexcept = default;
    ~IAsyncInfo() = default;

    /// Whether there is an operation.
    explicit operator bool() const noexcept { return operation_ != nullptr; }

    /// A number that no other operation of this process has, or will have; never zero.
    std::uint64_t Id() const;
    std::uint64_t Id(boost::system::error_code& error) const noexcept;

    /// What the operation was named by `use_async_info.named("login")`; empty if it was not. For
    /// logs, and so it stays readable after Close.
    ///
    /// Lifetime: the text is part of the operation, and there as long as a handle to it.
    std::string_view name() const;
    std::string_view name(boost::system::error_code& error) const noexcept;

    /// What has become of the operation: one atomic load. Whoever sees an end sees the result too.
    AsyncStatus Status() const {
        if (operation_) {
            const auto word = operation_->load();
            if (!(word & detail::lifecycle::closed)) [[likely]]
                return static_cast<AsyncStatus>(detail::lifecycle::status(word));
        }
        refuse(operation_ ? errc::illegal_method_call : errc::empty_handle, "Status");
    }
    AsyncStatus Status(boost::system::error_code& error) const noexcept;

    /// Success while the operation runs and when it completed, else the code that it delivered. For
    /// an exception: the code of a `system_error`, else `errc::unhandled_exception`.
    boost::system::error_code ErrorCode() const;
    boost::system::error_code ErrorCode(boost::system::error_code& error) const noexcept;

    /// The exception the operation ended by, as it was; null if it did not.
    std::exception_ptr exception() const;
    std::exception_ptr exception(boost::system::error_code& error) const noexcept;

    /// Asks the operation to stop. From any thread, any number of times; never blocks on the
    /// operation, does nothing once it has ended, and throws only on an empty handle.
    ///
    /// Cancellation: the request is latched. It is delivered to the cancellation handler that the
    /// operation has in its slot, and to each one placed there later, once; an `async_compose`
    /// operation, which passes it on, has it after each step until it resets its state. A later
    /// call that adds types delivers the union of all types so far. Needs no strand: it is
    /// delivered between the steps of the operation, never during one, on the operation's executor.
    /// Whether the operation ends as Canceled is for the operation to say.
    ///
    /// Executor and threads: delivered by a post to the operation's executor. If memory for the
    /// post is lacking, the next step or the next Cancel delivers.
    ///
    /// Lifetime: the I/O object must be alive or its operation ended; on a single thread destroying
    /// it first is safe as well.
    void Cancel() const;
    void Cancel(boost::asio::cancellation_type_t types) const;
    void Cancel(boost::system::error_code& error) const noexcept;
    void Cancel(boost::asio::cancellation_type_t types,
                boost::system::error_code& error) const noexcept;

    /// Asks the operation to stop, as `Cancel` does, once `duration` is over, unless it ends
    /// before. If it then ends as aborted, its status is Error and its code
    /// `asio::error::timed_out` wherever it is read; partial results are kept. A success stays a
    /// success. That code also equals `condition::deadline_expired`, as a time-out of the system's
    /// does not.
    ///
    /// Told apart from Cancel: whichever comes first decides. Of several deadlines the earliest
    /// counts, for each type of cancellation; one that can never act costs nothing, and there is no
    /// way to take one back (see `renew_deadline` for one that moves). Zero and negative durations
    /// ask at once; huge and infinite ones never do. Does nothing once the operation has ended, and
    /// throws for the state only on an empty handle.
    ///
    /// Cancellation: of all types if none are given. So every operation that can be cancelled is:
    /// most composed ones serve `terminal` alone (`async_compose`, Beast, MySQL, coroutines). What
    /// `terminal` costs is for the operation to say: after it an I/O object may be fit for nothing
    /// but closing, and Boost.MQTT5 stops its whole client. Ask for `total` or `partial` where an
    /// operation has something milder, if need be with `terminal` later; types of several deadlines
    /// add up.
    ///
    /// Executor and threads: a timer in the context of `get_executor()`, which has to be run; for
    /// an operation without an executor that is `asio::system_executor`, whose thread then asks.
    /// One timer serves all deadlines of an operation.
    ///
    /// Lifetime: when the operation ends the timer is cancelled: it keeps neither the operation nor
    /// its context's `run()`. The context must be alive during the call; if it is destroyed before
    /// the time is over there is no deadline.
    ///
    /// Errors: `asio::error::invalid_argument` for what is no time, such as NaN. `std::bad_alloc`,
    /// and what else making a timer throws, also of the overload with `error_code&`. Then there is
    /// no new deadline, and the operation is unharmed.
    ///
    /// Example: `op.cancel_after(5s, cancellation_type::total); op.cancel_after(6s);`
    template <typename Rep, typename Period>
    void cancel_after(
        std::chrono::duration<Rep, Period> duration,
        boost::asio::cancellation_type_t types = boost::asio::cancellation_type::all) const;
    template <typename Rep, typename Period>
    void cancel_after(std::chrono::duration<Rep, Period> duration,
                      boost::system::error_code& error) const;
    template <typename Rep, typename Period>
    void cancel_after(std::chrono::duration<Rep, Period> duration,
                      boost::asio::cancellation_type_t types,
                      boost::system::error_code& error) const;

    /// As `cancel_after`, at a time of any clock, which is converted to the steady clock here.
    template <typename Clock, typename Duration>
    void
    cancel_at(std::chrono::time_point<Clock, Duration> time,
              boost::asio::cancellation_type_t types = boost::asio::cancellation_type::all) const;
    template <typename Clock, typename Duration>
    void cancel_at(std::chrono::time_point<Clock, Duration> time,
                   boost::system::error_code& error) const;
    template <typename Clock, typename Duration>
    void cancel_at(std::chrono::time_point<Clock, Duration> time,
                   boost::asio::cancellation_type_t types, boost::system::error_code& error) const;

    /// A deadline that can be moved, for "cancel it if nothing has happened for so long": call it
    /// at the start, and again whenever something has happened. It then counts from the last call,
    /// which also says the types; those of `cancel_after` stay in force beside it. A duration that
    /// never ends takes it back, until the next call.
    ///
    /// Cheap enough for every message: no timer is touched by a later time, but when the earlier
    /// one comes, and nothing is allocated. All else is as for `cancel_after`; in a coroutine's
    /// body there is `cancellation_token::renew_deadline`.
    ///
    /// Example: `op.Progress([](const auto& sender, auto) { sender.renew_deadline(30s); });`
    template <typename Rep, typename Period>
    void renew_deadline(
        std::chrono::duration<Rep, Period> duration,
        boost::asio::cancellation_type_t types = boost::asio::cancellation_type::all) const;
    template <typename Rep, typename Period>
    void renew_deadline(std::chrono::duration<Rep, Period> duration,
                        boost::system::error_code& error) const;
    template <typename Rep, typename Period>
    void renew_deadline(std::chrono::duration<Rep, Period> duration,
                        boost::asio::cancellation_type_t types,
                        boost::system::error_code& error) const;

    /// Whether the operation has been asked to stop, by `Cancel`, a bound slot or its deadline.
    bool cancel_requested() const;
    bool cancel_requested(boost::system::error_code& error) const noexcept;

    /// Releases the result of an operation that has ended; afterwards only `Cancel`, `Close`,
    /// `name`, comparison and hashing remain. Calling it again does nothing.
    ///
    /// Errors: `errc::illegal_state_change` while the operation runs, which goes on unharmed.
    void Close() const;
    void Close(boost::system::error_code& error) const noexcept;

    /// Blocks until the operation has ended and returns its status; does not throw for Canceled or
    /// Error. Any number of threads may wait, any number of times.
    ///
    /// Errors: `errc::would_deadlock` at once, if the operation runs and this thread is running the
    /// context that it needs (of its associated executor, or of its I/O object).
    AsyncStatus wait() const;
    AsyncStatus wait(boost::system::error_code& error) const;

    /// As `wait`, but for at most `duration`; then it returns `Started`, and nothing is cancelled.
    /// Zero and negative durations poll; huge ones wait for ever.
    template <typename Rep, typename Period>
    AsyncStatus wait_for(std::chrono::duration<Rep, Period> duration) const;
    template <typename Rep, typename Period>
    AsyncStatus wait_for(std::chrono::duration<Rep, Period> duration,
                         boost::system::error_code& error) const;

    /// As `wait_for`, until a time of any clock.
    template <typename Clock, typename Duration>
    AsyncStatus wait_until(std::chrono::time_point<Clock, Duration> time) const;
    template <typename Clock, typename Duration>
    AsyncStatus wait_until(std::chrono::time_point<Clock, Duration> time,
                           boost::system::error_code& error) const;

    /// As `wait_for`, but runs `context`, an `asio::io_context` or a `completion_queue`, on this
    /// thread meanwhile, whatever thread the operation ends on. Restarts an io_context that was
    /// stopped; waits as `wait_for` does once it has no work left. What its handlers throw is
    /// thrown.
    template <typename Rep, typename Period>
    AsyncStatus wait_for(detail::driven_context context,
                         std::chrono::duration<Rep, Period> duration) const;
    template <typename Rep, typename Period>
    AsyncStatus wait_for(detail::driven_context context,
                         std::chrono::duration<Rep, Period> duration,
                         boost::system::error_code& error) const;

    /// Where those who observe the operation are served if they have no executor of their own: the
    /// executor bound to the operation, else the one its initiating function published, else the
    /// first that one of its steps asked with, else `asio::system_executor`. After the end of an
    /// operation on a strand it is the executor that the strand was made of: a strand must not
    /// outlive its context, and a handle may. Of a coroutine whose context has ended it is
    /// `asio::system_executor`.
    ///
    /// Lifetime: to be used only while its context lives.
    boost::asio::any_io_executor get_executor() const;
    boost::asio::any_io_executor get_executor(boost::system::error_code& error) const;

    /// Waits for the end as an asynchronous operation of Asio's, with any completion token and any
    /// number of times, before or after the end.
    ///
    /// When it completes: once the operation has ended; never within this call.
    ///
    /// Cancellation: cancels this wait, and not the operation. The token's slot is touched in this
    /// call and on the token's executor.
    ///
    /// Executor and threads: the token's associated executor, else `get_executor()`.
    ///
    /// Errors: `operation_aborted` if the wait was cancelled, else the operation's own code; an
    /// exception that is no `system_error` arrives as `errc::unhandled_exception`.
    ///
    /// Example: `op.async_wait([](boost::system::error_code error) { ... });`
    template <typename Token>
    detail::wait_result_t<void, Token> async_wait(Token&& token) const;

    /// The handle of the operation's own kind, or an empty one if `Handle` is of another kind.
    ///
    ///     if (auto read = info.try_as<IAsyncOperation<std::size_t>>()) use(read.try_get());
    template <typename Handle>
    Handle try_as() const noexcept;

    friend bool operator==(const IAsyncInfo& a, const IAsyncInfo& b) noexcept {
        return a.operation_ == b.operation_;
    }
    friend bool operator==(const IAsyncInfo& a, std::nullptr_t) noexcept { return !a; }
    friend std::strong_ordering operator<=>(const IAsyncInfo& a, const IAsyncInfo& b) noexcept {
        return std::compare_three_way()(a.operation_.get(), b.operation_.get());
    }

protected:
    explicit IAsyncInfo(detail::operation_ptr operation) noexcept
        : operation_(std::move(operation)) {}

    const detail::operation_ptr& operation() const noexcept { return operation_; }

    /// Throws why GetResults of an action cannot succeed, if it cannot.
    void explain() const;

    /// Null, and the error set, on an empty handle or after Close.
    detail::operation_base* usable(boost::system::error_code& error) const noexcept {
        error.clear();
        if (operation_ && !(operation_->load() & detail::lifecycle::closed)) [[likely]]
            return operation_.get();
        error = operation_ ? errc::illegal_method_call : errc::empty_handle;
        return nullptr;
    }

    /// The common case, decided by one load: Completed and not closed.
    bool has_succeeded() const noexcept {
        return operation_ && (operation_->load() &
                              (detail::lifecycle::status_mask | detail::lifecycle::closed)) ==
                                 static_cast<detail::lifecycle::word>(AsyncStatus::Completed);
    }

    [[noreturn]] void refuse(const boost::system::error_code& error, const char* member) const {
        detail::throw_refusal(operation_.get(), error, member);
    }

    /// The throwing spelling of a member, given the one that sets a code.
    template <typename Member>
    auto or_throw(const char* name, Member member) const {
        boost::system::error_code error;
        if constexpr (std::is_void_v<decltype(member(error))>) {
            member(error);
            if (error)
                refuse(error, name);
        } else {
            auto value = member(error);
            if (error)
                refuse(error, name);
            return value;
        }
    }

    void set_deadline(detail::deadline when, boost::asio::cancellation_type_t types,
                      boost::system::error_code& error) const;
    void move_deadline(detail::deadline when, boost::asio::cancellation_type_t types,
                       boost::system::error_code& error) const;
    AsyncStatus wait(detail::deadline until, boost::system::error_code& error) const;
    AsyncStatus drive(detail::driven_context context, detail::deadline until,
                      boost::system::error_code& error) const;

private:
    friend struct std::hash<IAsyncInfo>;
    friend struct detail::handle_access;

    detail::operation_ptr operation_;
};

} // namespace asyncinfo

template <>
struct std::hash<asyncinfo::IAsyncInfo> {
    std::size_t operator()(const asyncinfo::IAsyncInfo& handle) const noexcept {
        return std::hash<const void*>()(handle.operation_.get());
    }
};

template <std::derived_from<asyncinfo::IAsyncInfo> Handle>
struct std::hash<Handle> : std::hash<asyncinfo::IAsyncInfo> {};

#include <asyncinfo/impl/async_info.hpp>

#endif // ASYNCINFO_ASYNC_INFO_HPP
