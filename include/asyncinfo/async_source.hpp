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

/// Makes an operation that you end yourself. Use it for what Asio knows nothing of: a library with
/// callbacks, the job of a thread, a condition of your program.
///
/// | source                  | handle                              |
/// |-------------------------|-------------------------------------|
/// | `async_source<>`        | `IAsyncAction`                      |
/// | `async_source<T>`       | `IAsyncOperation<T>`                |
/// | `async_source<void, P>` | `IAsyncActionWithProgress<P>`       |
/// | `async_source<T, P>`    | `IAsyncOperationWithProgress<T, P>` |
///
/// When it completes: the operation runs from the moment the source is made. The first call of
/// `set_value`, `set_error` or `set_canceled` ends it. That call returns true; later ones change
/// nothing and return false. If the source is destroyed or assigned to before, the operation ends
/// as Error with `errc::abandoned`.
///
/// Cancellation: `Cancel` calls the function that was given to `on_cancel`. It can end the
/// operation, or tell the producer to end it, or ignore the request.
///
/// Executor and threads: you can call all members, except those that move the source, from any
/// thread at any time, also in handlers of the operation. The operation ends on the thread that
/// ends it. It has no executor of its own: `get_executor()` is `asio::system_executor`.
///
/// Lifetime: a source can be moved, but not copied. After a move it is empty. What its members call
/// may destroy the source.
///
/// Errors: what a Completed handler throws comes out of the member that ends the operation; where
/// 32 handlers are nested already it comes out one level up (see `delegate`).
///
/// Example:
///
///     async_source<int> source;
///     IAsyncOperation<int> op = source.operation();
///     library.start([source = std::move(source)](int value) { source.set_value(value); });
template <typename T = void, typename P = void>
class async_source {
    using block = detail::source_operation<T, P>;

public:
    /// The kind of handle, from the table above.
    using handle_type = detail::handle_t<T, P>;

    /// Starts an operation without a name.
    async_source() : async_source(std::string_view()) {}
    /// Starts an operation that has this name, for `IAsyncInfo::name`.
    explicit async_source(std::string_view name);

    /// Takes the operation over; `other` is empty afterwards.
    async_source(async_source&& other) noexcept
        : handle_(std::exchange(other.handle_, handle_type())) {}
    /// Takes the operation over. The one it had before ends as if the source were destroyed.
    async_source& operator=(async_source&& other) noexcept {
        async_source(std::move(other)).swap(*this);
        return *this;
    }
    /// Ends the operation with `errc::abandoned`, if nobody has ended it.
    ~async_source();

    /// Exchanges the operations of two sources.
    void swap(async_source& other) noexcept { std::swap(handle_, other.handle_); }

    /// Returns a handle to the operation, any number of times.
    ///
    /// Errors: `errc::empty_handle` on an empty source.
    handle_type operation() const;

    /// Ends the operation as Completed, with a T made from `args`. If making the T throws, the
    /// operation ends as Error with that exception. Returns false if the operation has ended
    /// before, or the source is empty.
    template <typename... Args>
        requires detail::makes_result<T, Args...>
    bool set_value(Args&&... args) const;

    /// Ends the operation as Error with a code; as Canceled if the code equals
    /// `condition::canceled`. `part` makes the T that had come of the result until then; without it
    /// that is what `set_partial_result` published last. `outcome()` and `op(token)` give it
    /// together with the code. If making the T throws, the operation ends by that exception
    /// instead. Returns false if the operation has ended before, or the source is empty.
    ///
    /// Errors: throws `invalid_argument` for a code that means success.
    ///
    /// Example:
    ///
    ///     source.set_error(asio::error::eof, std::move(body));
    template <typename... Part>
        requires detail::makes_part<T, Part...>
    bool set_error(const boost::system::error_code& error, Part&&... part) const;
    /// The same with an exception. `GetResults` throws it as it is.
    ///
    /// Errors: throws `invalid_argument` for a null pointer.
    template <typename... Part>
        requires detail::makes_part<T, Part...>
    bool set_error(std::exception_ptr error, Part&&... part) const;

    /// Ends the operation as Canceled, as `set_error(asio::error::operation_aborted, part...)`
    /// does.
    template <typename... Part>
        requires detail::makes_part<T, Part...>
    bool set_canceled(Part&&... part) const;

    /// Publishes the part of the result that has come so far: a T made from `args`, which replaces
    /// the one before. If the operation ends without a value, by an error, a deadline or the
    /// source's destruction, `outcome()` has the part. If the operation has progress,
    /// `GetResults()` gives it while the operation runs, too. Returns false if the operation has
    /// ended, or the source is empty.
    ///
    /// Errors: what making or moving the T throws.
    template <typename... Args>
        requires(!std::is_void_v<T> && detail::makes_result<T, Args...>)
    bool set_partial_result(Args&&... args) const;

    /// Reports progress: `progress()` returns the value from now on, and the Progress handler is
    /// called with it. Returns false if the operation has ended, or the source is empty.
    ///
    /// Errors: what the handler throws; the operation goes on.
    ///
    /// Example:
    ///
    ///     source.report(0.25);
    template <typename Progress = P>
        requires(!std::is_void_v<P> && std::convertible_to<Progress, P>)
    bool report(Progress&& progress) const;

    /// Sets the function that is called when the operation is asked to stop: `f()`, or
    /// `f(asio::cancellation_type_t)` with the types of all requests so far. It is called once for
    /// the first request, and again for each that adds types. It replaces the one before. If a
    /// request has come already, it is called here. Returns false if the operation has ended, or
    /// the source is empty; then it is never called.
    ///
    /// Executor and threads: called on the thread that calls `Cancel`, and never twice at the same
    /// time: a request that comes during a call is told by the same thread afterwards. It may end
    /// the operation, whose status changes when it has returned, and may call `on_cancel`. Waiting
    /// for the end inside it gives `errc::would_deadlock`.
    ///
    /// Lifetime: released when the operation ends, or after a call that is being made then.
    ///
    /// Errors: what `f` throws comes out of `on_cancel` if it is called here; in `Cancel` it is
    /// lost.
    ///
    /// Example:
    ///
    ///     source.on_cancel([&] { job.request_stop(); });
    template <typename F>
        requires detail::cancel_callable<F>
    bool on_cancel(F&& f) const;
    /// Removes the function.
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
