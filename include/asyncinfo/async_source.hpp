//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_ASYNC_SOURCE_HPP
#define ASYNCINFO_ASYNC_SOURCE_HPP

#include <asyncinfo/async_action.hpp>
#include <asyncinfo/async_action_with_progress.hpp>
#include <asyncinfo/async_operation.hpp>
#include <asyncinfo/async_operation_with_progress.hpp>
#include <asyncinfo/detail/produce/source_operation.hpp>

#include <boost/asio/cancellation_type.hpp>
#include <boost/system/error_code.hpp>

#include <concepts>
#include <cstddef>
#include <exception>
#include <string_view>
#include <type_traits>
#include <utility>

namespace asyncinfo {

/// The producer's end of an operation that is no operation of Asio's: a callback library, a
/// thread's job, a condition.
///
/// | source                | handle                              |
/// |-----------------------|-------------------------------------|
/// | `async_source<>`      | `IAsyncAction`                      |
/// | `async_source<T>`     | `IAsyncOperation<T>`                |
/// | `async_source<void, P>` | `IAsyncActionWithProgress<P>`     |
/// | `async_source<T, P>`  | `IAsyncOperationWithProgress<T, P>` |
///
/// The operation runs from the source's construction, and ends when the first of `set_value`,
/// `set_error` and `set_canceled` says so; these say whether they were the first. A source that is
/// destroyed, or assigned to, without one ends the operation as Error with `errc::abandoned`.
///
/// Cancellation: `Cancel` calls what `on_cancel` was given, which may end the operation, or make
/// the producer end it, or ignore the request.
///
/// Executor and threads: all members but those that move it may be called from any thread at any
/// time, handlers of the operation included. The operation ends on the thread that ends it, and has
/// no executor of its own: `get_executor()` is the `asio::system_executor`.
///
/// Lifetime: a source can be moved and not copied; one that was moved from is empty. What its
/// members call may destroy the source.
///
/// Errors: what a Completed handler throws is thrown by the member that ends the operation; beyond
/// 32 of them on the stack it is called later, see `async_completed_handler.hpp`.
///
/// Example:
///
///     asyncinfo::async_source<int> source;
///     asyncinfo::IAsyncOperation<int> op = source.operation();
///     library.start([source = std::move(source)](int value) { source.set_value(value); });
template <typename T = void, typename P = void>
class async_source {
    using block = detail::source_operation<T, P>;

public:
    using handle_type = detail::handle_t<T, P>;

    /// Starts an operation, with a name or without one.
    async_source() : async_source(std::string_view()) {}
    explicit async_source(std::string_view name);

    async_source(async_source&& other) noexcept
        : handle_(std::exchange(other.handle_, handle_type())) {}
    async_source& operator=(async_source&& other) noexcept {
        async_source(std::move(other)).swap(*this);
        return *this;
    }
    ~async_source();

    void swap(async_source& other) noexcept { std::swap(handle_, other.handle_); }

    /// A handle to the operation, any number of times.
    ///
    /// Errors: `errc::empty_handle` on a source that was moved from.
    handle_type operation() const;

    /// Ends the operation as Completed, with a T made from `args`. If that throws, the operation
    /// ends as Error with the exception. False if it has ended before, or the source is empty.
    template <typename... Args>
        requires detail::makes_result<T, Args...>
    bool set_value(Args&&... args) const;

    /// Ends the operation as Error with a code or an exception; as Canceled if it is, or stands
    /// for, `operation_aborted`. False if it has ended before, or the source is empty. A T made
    /// from `part` is what had come of the result; without it, what was last published. `outcome()`
    /// gives both, and so does `op(token)`. If making the T throws, the operation ends by that
    /// exception instead.
    ///
    /// Errors: `invalid_argument` for what is no error, a code that means success or a null
    /// pointer.
    ///
    /// Example: `source.set_error(asio::error::eof, std::move(body));`
    template <typename... Part>
        requires detail::makes_part<T, Part...>
    bool set_error(const boost::system::error_code& error, Part&&... part) const;
    template <typename... Part>
        requires detail::makes_part<T, Part...>
    bool set_error(std::exception_ptr error, Part&&... part) const;

    /// Ends the operation as Canceled, with `asio::error::operation_aborted`, and with what had
    /// come. False if it has ended before, or the source is empty.
    template <typename... Part>
        requires detail::makes_part<T, Part...>
    bool set_canceled(Part&&... part) const;

    /// Publishes what there is of the result so far, a T made from `args`, in the place of what was
    /// published before. It is part of `outcome()` however the operation ends without a value: by
    /// an error, a deadline, or because the source is gone. With progress `GetResults()` gives it
    /// while the operation runs, too. False if that has ended, or the source is empty.
    ///
    /// Errors: what making or moving the T throws.
    template <typename... Args>
        requires(!std::is_void_v<T> && detail::makes_result<T, Args...>)
    bool set_partial_result(Args&&... args) const;

    /// Tells the operation's Progress handler, and whoever polls `progress()`. False if the
    /// operation has ended, or the source is empty. What the handler throws is thrown; the
    /// operation goes on.
    template <typename Progress = P>
        requires(!std::is_void_v<P> && std::convertible_to<Progress, P>)
    bool report(Progress&& progress) const;

    /// Has `f()`, or `f(asio::cancellation_type_t)`, called once for a request, and once more for
    /// each that asks for more; replaces the one before. False if the operation has ended, or the
    /// source is empty; then it is never called. Null takes the one before away.
    ///
    /// Executor and threads: called on the thread that calls `Cancel`, or in here if the request
    /// came before. Never twice at once: what is asked for during a call is told by the same thread
    /// afterwards. It may end the operation, whose status changes when it has returned, and may
    /// call `on_cancel`; waiting for the end inside it gives `errc::would_deadlock`.
    ///
    /// Lifetime: released at the end of the operation, or after a call that is being made then.
    ///
    /// Errors: what it throws is thrown by `on_cancel`, and lost in `Cancel`.
    template <typename F>
        requires detail::cancel_callable<F>
    bool on_cancel(F&& f) const;
    bool on_cancel(std::nullptr_t) const noexcept;

private:
    /// With a reference for as long as it is used: what it calls may destroy the source.
    boost::intrusive_ptr<block> target() const noexcept;

    template <typename Error, typename... Part>
    bool fail(Error error, Part&&... part) const;

    template <typename Store>
    bool end_by(Store store) const;

    handle_type handle_;
};

} // namespace asyncinfo

#include <asyncinfo/impl/async_source.hpp>

#endif // ASYNCINFO_ASYNC_SOURCE_HPP
