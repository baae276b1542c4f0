//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_ASYNC_OPERATION_WITH_PROGRESS_HPP
#define ASYNCINFO_ASYNC_OPERATION_WITH_PROGRESS_HPP

#include <asyncinfo/async_operation.hpp>
#include <asyncinfo/async_progress_handler.hpp>

#include <utility>

namespace asyncinfo {

/// A handle to an operation with a result of type T that reports values of type P while it runs. It
/// comes from an `async_source<T, P>`, from a coroutine, or from `with_progress`.
///
/// It is used like an `IAsyncOperation<T>`, with one difference. While the operation runs,
/// `GetResults` gives the part of the result that the operation has published, if it has. A part
/// that cannot be copied is given once. If the operation fails and delivers nothing else, the part
/// is in `outcome`.
///
/// Example:
///
///     IAsyncOperationWithProgress<std::string, double> op = source.operation();
///     op.Progress([&](const auto&, double done) { draw(done); });
///
/// Source: Windows.Foundation.IAsyncOperationWithProgress.
template <typename T, typename P>
class [[nodiscard]] ASYNCINFO_VISIBLE IAsyncOperationWithProgress
    : public basic_progress<basic_operation<IAsyncOperationWithProgress<T, P>, T>,
                            IAsyncOperationWithProgress<T, P>, P> {
    using base = basic_progress<basic_operation<IAsyncOperationWithProgress<T, P>, T>,
                                IAsyncOperationWithProgress, P>;

public:
    using base::base;

private:
    friend class IAsyncInfo;
    friend struct detail::handle_access;

    explicit IAsyncOperationWithProgress(detail::operation_ptr operation) noexcept
        : base(std::move(operation)) {}
};

} // namespace asyncinfo

#endif // ASYNCINFO_ASYNC_OPERATION_WITH_PROGRESS_HPP
