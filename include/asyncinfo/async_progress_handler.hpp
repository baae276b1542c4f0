//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_ASYNC_PROGRESS_HANDLER_HPP
#define ASYNCINFO_ASYNC_PROGRESS_HANDLER_HPP

#include <asyncinfo/async_completed_handler.hpp>
#include <asyncinfo/async_info.hpp>
#include <asyncinfo/detail/progress/operation_with_progress.hpp>

#include <optional>

namespace asyncinfo {

/// Called when an action reports progress.
template <typename P>
using AsyncActionProgressHandler = delegate<IAsyncActionWithProgress<P>, P>;
/// Called when an operation with a result reports progress.
template <typename T, typename P>
using AsyncOperationProgressHandler = delegate<IAsyncOperationWithProgress<T, P>, P>;

/// The members `Progress` and `progress`, which a handle with progress has beside those of `Base`.
/// P is the type of the values that the operation reports.
///
/// Example:
///
///     if (const std::optional<double> done = op.progress()) // whenever you like
///         draw(*done);
template <typename Base, typename Handle, typename P>
class [[nodiscard]] basic_progress : public Base {
public:
    using Base::Base;
    /// The type of the values that are reported.
    using progress_type = P;
    /// The type of the Progress handler.
    using progress_handler = delegate<Handle, P>;

    /// Sets the handler that is called as `handler(sender, value)` for each value that is reported
    /// from now on. Values that were reported before are not repeated. You can replace the handler
    /// at any time; null removes it. The handler before can be in the middle of a call when this
    /// returns. After the end a handler is accepted and never called.
    ///
    /// Executor and threads: the values come in order and one at a time, never after Completed has
    /// been called. No lock is held meanwhile.
    ///
    /// A handler without an associated executor is called on the thread that reports, before the
    /// report returns. If several threads report at once, one of them calls for all. The operation
    /// ends when the call has returned, so nothing is called after the end. (Waiting for the end
    /// inside the call gives `errc::would_deadlock`.)
    ///
    /// A handler with an associated executor is called there. The end does not wait for it: values
    /// that have not arrived when Completed is called are dropped. If the operation ends during a
    /// call of the handler, Completed is called right after that call, on its thread. Each value
    /// is kept until the handler was called with it. `every(100ms, handler)` keeps only the latest,
    /// and is always called with the last.
    ///
    /// Lifetime: the operation releases the handler when it ends.
    ///
    /// Errors: what the handler throws leaves the operation as it is. It goes to whoever runs the
    /// handler: to its executor's `run()`; out of the `report` of a source; for a coroutine, to
    /// whoever runs the body, when that suspends or ends; for a transfer, to whoever runs its last
    /// step.
    ///
    /// Example:
    ///
    ///     op.Progress([](const auto& sender, double done) {
    ///         std::cout << "operation " << sender.Id() << " is at " << done << '\n';
    ///     });
    void Progress(progress_handler handler) const;
    void Progress(progress_handler handler, boost::system::error_code& error) const noexcept;

    /// The handler that was set; null after the end.
    progress_handler Progress() const;
    progress_handler Progress(boost::system::error_code& error) const noexcept;

    /// The value that was reported last, also after the end; nothing before the first.
    ///
    /// Executor and threads: from any thread. If P is trivially copyable, neither this nor the
    /// report takes a lock. For any other P the report does not wait while the value is copied
    /// here.
    std::optional<P> progress() const;
    std::optional<P> progress(boost::system::error_code& error) const;

protected:
    explicit basic_progress(detail::operation_ptr operation) noexcept
        : Base(std::move(operation)) {}

private:
    /// Null, and the error set, on an empty handle or after Close.
    detail::progress_state<P>* place(boost::system::error_code& error) const noexcept;
};

} // namespace asyncinfo

#include <asyncinfo/impl/async_progress_handler.hpp>

#endif // ASYNCINFO_ASYNC_PROGRESS_HANDLER_HPP
