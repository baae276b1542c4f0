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

/// A handle to an operation with a result that reports its progress, too: from
/// `async_source<T, P>`, or a coroutine.
///
/// As `IAsyncOperation<T>`, but while the operation runs `GetResults` gives what it has published
/// of its result so far, if it has; of a T that cannot be copied, once. Such a partial result is
/// part of `outcome` if the operation fails and delivers no other.
///
/// Example:
///
///     asyncinfo::IAsyncOperationWithProgress<std::string, double> op = source.operation();
///     op.Progress([](auto& sender, double done) { ... });
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
