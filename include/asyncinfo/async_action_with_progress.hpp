//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_ASYNC_ACTION_WITH_PROGRESS_HPP
#define ASYNCINFO_ASYNC_ACTION_WITH_PROGRESS_HPP

#include <asyncinfo/async_action.hpp>
#include <asyncinfo/async_progress_handler.hpp>

#include <utility>

namespace asyncinfo {

/// A handle to an operation without a result that reports values of type P while it runs. It comes
/// from an `async_source<void, P>`, from a coroutine, or from `with_progress`.
///
/// Example:
///
///     IAsyncActionWithProgress<double> op = source.operation();
///
///     // In every frame:
///     if (auto done = op.progress())
///         draw(*done);
///
/// Source: Windows.Foundation.IAsyncActionWithProgress.
template <typename P>
class [[nodiscard]] ASYNCINFO_VISIBLE IAsyncActionWithProgress
    : public basic_progress<basic_action<IAsyncActionWithProgress<P>>, IAsyncActionWithProgress<P>,
                            P> {
    using base =
        basic_progress<basic_action<IAsyncActionWithProgress<P>>, IAsyncActionWithProgress, P>;

public:
    using base::base;

private:
    friend class IAsyncInfo;
    friend struct detail::handle_access;

    explicit IAsyncActionWithProgress(detail::operation_ptr operation) noexcept
        : base(std::move(operation)) {}
};

} // namespace asyncinfo

#endif // ASYNCINFO_ASYNC_ACTION_WITH_PROGRESS_HPP
