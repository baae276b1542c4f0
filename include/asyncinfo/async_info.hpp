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
#include <asyncinfo/ending.hpp>
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

/// A handle to an asynchronous operation of any kind. It says what has become of the operation,
/// waits for it, and asks it to stop. Every handle converts to it, so a `std::vector<IAsyncInfo>`
/// holds operations of all kinds.
///
/// Handles are values. All copies share one operation. They compare equal and have the same hash,
/// also if they are of different kinds, and also after `Close`. A handle can be empty.
///
/// Executor and threads: call members from any thread. As with a `shared_ptr`, only assigning to a
/// handle while another thread uses the same object is a race.
///
/// Lifetime: dropping every handle does not cancel; the operation runs to its end.
/// (`cancel_on_destroy` cancels.) The I/O object and the buffers must outlive the operation, as
/// always in Asio.
///
/// Errors: a member throws `boost::system::system_error`, with `errc::empty_handle` on an empty
/// handle and with `errc::illegal_method_call` after `Close`, unless it says otherwise. `what()`
/// names the operation and says what to do. Of each such member there is an overload that ends in
/// `error_code&`: it sets that instead of throwing.
///
/// Example:
///
///     std::vector<IAsyncInfo> running{read, wait};
///     for (const IAsyncInfo& op : running)
///         std::cout << op.Id() << ": " << op.Status() << '\n';
///
/// Source: Windows.Foundation.IAsyncInfo, for the names in PascalCase; the others are Asio's style.
class [[nodiscard]] ASYNCINFO_DECL IAsyncInfo {
public:
    /// The type that `GetResults` of the handle's kind returns.
    using result_type = void;

    /// Makes an empty handle.
    IAsyncInfo() = default;
    IAsyncInfo(std::nullptr_t) noexcept {}

    IAsyncInfo(const IAsyncInfo&) noexcept = default;
    IAsyncInfo(IAsyncInfo&&) noexcept = default;
    IAsyncInfo& operator=(const IAsyncInfo&) noexcept = default;
    IAsyncInfo& operator=(IAsyncInfo&&) noexcept = default;
    ~IAsyncInfo() = default;

    /// Whether there is an operation.
    explicit operator bool() const noexcept { return operation_ != nullptr; }

    /// The operation's number. It is not zero, and no other operation of this process ever has it.
    std::uint64_t Id() const;
    std::uint64_t Id(boost::system::error_code& error) const noexcept;

    /// The name that `use_async_info.named("login")` gave the operation; empty if it has none. It
    /// can be read after Close, too, because logs need it.
    ///
    /// Lifetime: the text is valid as long as there is a handle to the operation.
    std::string_view name() const;
    std::string_view name(boost::system::error_code& error) const noexcept;

    /// What has become of the operation. It is one atomic load, so ask as often as you like. Who
    /// sees that the operation has ended also sees its result.
    AsyncStatus Status() const {
        if (operation_) {
            if (operation_->is_tracked()) [[unlikely]]
                operation_->identity().polled();
            const auto word = operation_->load();
            if (!(word & detail::lifecycle::closed)) [[likely]]
                return static_cast<AsyncStatus>(detail::lifecycle::status(word));
        }
        refuse(operation_ ? errc::illegal_method_call : errc::empty_handle, "Status");
    }
    AsyncStatus Status(boost::system::error_code& error) const noexcept;

    /// The code by which the operation has ended; success while it runs, and if it completed. If it
    /// ended by an exception, this is the code of a `system_error`, or else
    /// `errc::unhandled_exception`.
    boost::system::error_code ErrorCode() const;
    boost::system::error_code ErrorCode(boost::system::error_code& error) const noexcept;

    /// The exception by which the operation has ended, as it was; null if there was none.
    std::exception_ptr exception() const;
    std::exception_ptr exception(boost::system::error_code& error) const noexcept;

    /// Why the operation has ended, and who asked it to stop. The reason is known always. Who
    /// asked, and when, is known if the registry was on when the operation started: see
    /// `registry::enable`. While the operation runs, it tells whether somebody has asked.
    ///
    /// Example:
    ///
    ///     std::clog << info.name() << ": " << info.ending() << '\n';
    async_ending ending() const;
    async_ending ending(boost::system::error_code& error) const noexcept;

    /// Asks the operation to stop. Call it from any thread, any number of times. It does not wait
    /// for the operation, does nothing once that has ended, and throws only on an empty handle.
    ///
    /// Cancellation: the request is kept until the operation ends. It is given to the cancellation
    /// handler that the operation has set, and to each one that the operation sets later, once. (An
    /// `async_compose` operation can hear it again after each step, until it resets its
    /// cancellation state.) The operation decides whether it stops, and whether it ends as
    /// Canceled.
    ///
    /// Executor and threads: the request is posted to the operation's executor. It arrives between
    /// two steps of the operation and never during one, so you need no strand. (Operations whose
    /// steps run on an executor of their own, such as `co_spawn` and `make_parallel_group`, need
    /// that to be a strand, as in Asio.) An operation that has no executor is told on this thread.
    /// If there is no memory for the post, the next step or the next Cancel delivers the request.
    ///
    /// Lifetime: the I/O object must be alive, or its operation must have ended. In a program with
    /// one thread it is safe to destroy the I/O object first.
    ///
    /// Example:
    ///
    ///     read.Cancel();
    void Cancel() const;
    /// The same with types of cancellation of your choice; `Cancel()` asks for all. A later call
    /// can add types; the operation then hears of all types so far.
    void Cancel(boost::asio::cancellation_type_t types) const;
    void Cancel(boost::system::error_code& error) const noexcept;
    void Cancel(boost::asio::cancellation_type_t types,
                boost::system::error_code& error) const noexcept;

    /// Gives the operation a deadline: when `duration` is over it is asked to stop, as `Cancel`
    /// does. If it then ends as aborted, its status is Error and its code is
    /// `asio::error::timed_out`, which also equals `condition::deadline_expired`. Partial results
    /// are kept. If it succeeds all the same, it is Completed.
    ///
    /// If there are a Cancel and a deadline, the first one decides how an abort is reported. Of
    /// several deadlines the earliest counts, for each type of cancellation. A deadline that can
    /// never act costs nothing. You cannot take one back; `renew_deadline` makes one that moves.
    /// Zero and negative durations ask at once; huge and infinite ones never do. Once the operation
    /// has ended this does nothing, also after Close.
    ///
    /// Cancellation: of all types, unless you give others. Most composed operations serve only
    /// `terminal` (`async_compose`, Beast, MySQL, coroutines). After `terminal` you can perhaps
    /// only close the I/O object, and Boost.MQTT5 stops its whole client. If the operation has
    /// something milder, ask for `total` or `partial`, and perhaps for `terminal` later.
    ///
    /// Executor and threads: a timer in the context of `get_executor()`; somebody must run that. If
    /// the operation has no executor, this is `asio::system_executor`, whose thread then asks. One
    /// timer serves all deadlines of an operation.
    ///
    /// Lifetime: the timer is cancelled when the operation ends, so the context's `run()` can
    /// return. The context must be alive during the call. If it is destroyed before the time is
    /// over, there is no deadline.
    ///
    /// Errors: `asio::error::invalid_argument` for a duration that is no time, such as NaN. If
    /// making the timer throws (`std::bad_alloc`, say), so does every overload. Then there is no
    /// new deadline, and the operation runs on.
    ///
    /// Example:
    ///
    ///     read.cancel_after(5s, asio::cancellation_type::total);
    ///     read.cancel_after(6s); // and then by force
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

    /// The same at a time of any clock. The time is converted to the steady clock here.
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

    /// Gives the operation a deadline that you can move: to cancel it if nothing has happened for
    /// so long. Call it at the start, and again whenever something has happened. The time counts
    /// from the last call, whose types are the ones that are asked for. Deadlines of `cancel_after`
    /// remain beside it. A duration that never ends takes it back, until the next call.
    ///
    /// You can call it for every message: moving it to a later time touches no timer and allocates
    /// nothing. All else is as with `cancel_after`. In the body of a coroutine use
    /// `cancellation_token::renew_deadline`.
    ///
    /// Example:
    ///
    ///     download.Progress([](const auto& sender, auto) { sender.renew_deadline(30s); });
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

    /// Whether the operation has been asked to stop: by `Cancel`, by a bound slot, or by its
    /// deadline.
    bool cancel_requested() const;
    bool cancel_requested(boost::system::error_code& error) const noexcept;

    /// Releases the result of an operation that has ended, for all handles to it. Afterwards you
    /// can only use `Cancel`, `Close`, `name`, comparison and hash. Calling it again does nothing.
    ///
    /// Errors: `errc::illegal_state_change` while the operation runs; it runs on unharmed.
    void Close() const;
    void Close(boost::system::error_code& error) const noexcept;

    /// Blocks until the operation has ended, and returns its status. It does not throw for Canceled
    /// or Error. Any number of threads can wait, any number of times.
    ///
    /// Errors: `errc::would_deadlock` at once, if the operation runs and this thread is running a
    /// context that it needs: that of its associated executor or of its I/O object.
    AsyncStatus wait() const;
    AsyncStatus wait(boost::system::error_code& error) const;

    /// Blocks as `wait` does, but no longer than `duration`. When the time is over it returns
    /// `Started`, and nothing is cancelled. Zero and negative durations poll; huge ones wait for
    /// ever.
    template <typename Rep, typename Period>
    AsyncStatus wait_for(std::chrono::duration<Rep, Period> duration) const;
    template <typename Rep, typename Period>
    AsyncStatus wait_for(std::chrono::duration<Rep, Period> duration,
                         boost::system::error_code& error) const;

    /// Blocks as `wait_for` does, until a time of any clock.
    template <typename Clock, typename Duration>
    AsyncStatus wait_until(std::chrono::time_point<Clock, Duration> time) const;
    template <typename Clock, typename Duration>
    AsyncStatus wait_until(std::chrono::time_point<Clock, Duration> time,
                           boost::system::error_code& error) const;

    /// Runs `context`, an `asio::io_context` or a `completion_queue`, on this thread until the
    /// operation has ended, on whatever thread, or the time is over. An io_context that was stopped
    /// is restarted. When the context has no work left, it blocks as `wait_for` does.
    ///
    /// Errors: what the context's handlers throw.
    ///
    /// Example:
    ///
    ///     if (read.wait_for(context, 5s) == AsyncStatus::Started)
    ///         std::cout << "it takes long\n";
    template <typename Rep, typename Period>
    AsyncStatus wait_for(detail::driven_context context,
                         std::chrono::duration<Rep, Period> duration) const;
    template <typename Rep, typename Period>
    AsyncStatus wait_for(detail::driven_context context,
                         std::chrono::duration<Rep, Period> duration,
                         boost::system::error_code& error) const;

    /// The executor where waits such as `op(token)` are served if they have none of their own. It
    /// is the first of these that there is: the executor that is bound to the operation; the one
    /// that its initiating function publishes, which is that of the I/O object; the one that a step
    /// of it has asked with; `asio::system_executor`. After the end of an operation on a strand it
    /// is the executor inside the strand, because a handle can outlive the context, and a strand
    /// must not. If the context of a coroutine has been destroyed, it is `asio::system_executor`.
    ///
    /// Lifetime: use it only while its context lives.
    boost::asio::any_io_executor get_executor() const;
    boost::asio::any_io_executor get_executor(boost::system::error_code& error) const;

    /// Waits for the end as an asynchronous operation of Asio, with the signature
    /// `void(error_code)` and any completion token. Any number can wait, before or after the end.
    ///
    /// When it completes: when the operation has ended, but never within this call.
    ///
    /// Cancellation: ends this wait, and leaves the operation alone. The token's slot is used in
    /// this call and on the token's executor only.
    ///
    /// Executor and threads: the token's associated executor, else `get_executor()`.
    ///
    /// Errors: `operation_aborted` if the wait was cancelled; otherwise the operation's own code,
    /// which is `errc::unhandled_exception` for an exception of another type than `system_error`.
    ///
    /// Example:
    ///
    ///     read.async_wait([](error_code error) { std::cout << error.message() << '\n'; });
    template <typename Token>
    detail::wait_result_t<void, Token> async_wait(Token&& token) const;

    /// The handle of the operation's own kind; an empty one if `Handle` is of another kind.
    ///
    /// Example:
    ///
    ///     if (auto found = info.try_as<IAsyncOperation<std::size_t>>())
    ///         use(found.try_get());
    template <typename Handle>
    Handle try_as() const noexcept;

    /// Whether both are handles to one operation, or empty.
    friend bool operator==(const IAsyncInfo& a, const IAsyncInfo& b) noexcept {
        return a.operation_ == b.operation_;
    }
    /// Whether it is empty.
    friend bool operator==(const IAsyncInfo& a, std::nullptr_t) noexcept { return !a; }
    /// Some order, so that handles can be keys of a `std::map`.
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

/// Handles to one operation have one hash.
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
