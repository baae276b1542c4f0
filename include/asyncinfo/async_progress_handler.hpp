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

/// Called when an action or an operation reports progress.
template <typename P>
using AsyncActionProgressHandler = delegate<IAsyncActionWithProgress<P>, P>;
template <typename T, typename P>
using AsyncOperationProgressHandler = delegate<IAsyncOperationWithProgress<T, P>, P>;

/// What a handle with progress has beside the members of `Base`; P is what is reported.
template <typename Base, typename Handle, typename P>
class [[nodiscard]] basic_progress : public Base {
public:
    using Base::Base;
    using progress_type = P;
    using progress_handler = delegate<Handle, P>;

    /// Sets the handler to be called as `handler(sender, value)` for each value that is reported
    /// from now on. It may be replaced at any time; null takes it away. After the end it is
    /// accepted and never called. Returns while the handler before may be in the middle of a call.
    ///
    /// Executor and threads: the values come in order and one at a time, never after Completed has
    /// been called, and with no lock held.
    /// Without an associated executor the handler is called on the thread that reports, before the
    /// report returns; of several threads that report at once, one calls for all. The operation
    /// ends when that call has returned, so whoever has seen the end need not fear a call. (Waiting
    /// for the end inside it gives `errc::would_deadlock`.) With an associated executor the calls
    /// are made there, and the end does not wait for them: what has not come through when Completed
    /// is called is dropped. If Completed is to be called during a call of such a handler, it is
    /// called right after it, on its thread. Every value is kept until it has been told;
    /// `every(100ms, handler)` tells, and keeps, only the latest, and always the last.
    ///
    /// Lifetime: the operation releases the handler when it ends.
    ///
    /// Errors: what the handler throws leaves the operation as it is. It goes to whoever runs the
    /// handler: its executor; the `report` of a source; of a coroutine, whoever runs the body, when
    /// that suspends or ends; of a transfer, whoever runs its last step.
    ///
    /// Example: `op.Progress([](auto& sender, double done) { ... });`
    void Progress(progress_handler handler) const;
    void Progress(progress_handler handler, boost::system::error_code& error) const noexcept;

    /// The handler that was set; null after the end.
    progress_handler Progress() const;
    progress_handler Progress(boost::system::error_code& error) const noexcept;

    /// The value that was reported last, also after the end; nothing before the first. Takes no
    /// lock if P is trivially copyable, nor does the report; for any other P the report does not
    /// wait while the value is copied here.
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
