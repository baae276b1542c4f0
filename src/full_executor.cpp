//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/asio/full_executor.hpp>

#include <asyncinfo/detail/loop/queue_executor.hpp>

#include <boost/asio/execution/any_executor.hpp>

namespace asyncinfo::detail {
namespace {

/// The type that an `any_io_executor` converts to when it is stored in another any_executor.
template <typename... Properties>
boost::asio::execution::any_executor<Properties...>
sliced(const boost::asio::execution::any_executor<Properties...>&);

using io = boost::asio::io_context::executor_type;
using pool = boost::asio::thread_pool::executor_type;
using any = boost::asio::any_io_executor;

/// The first of `Expected` that is in there; null if none is.
template <typename... Expected>
any first_of(const boost::asio::any_completion_executor& executor) {
    any found;
    const auto take = [&]<typename E>(const E* held) {
        if (held)
            found = any(*held);
        return held != nullptr;
    };
    static_cast<void>((take(executor.target<Expected>()) || ...));
    return found;
}

} // namespace

any unerased(const boost::asio::any_completion_executor& executor) {
    using boost::asio::strand;
    if (!executor)
        return {};
    if (auto found =
            first_of<decltype(sliced(std::declval<any&>())), io, pool, strand<io>, strand<pool>,
                     strand<any>, queue_executor<>, boost::asio::system_executor>(executor))
        return found;
#if defined(ASYNCINFO_HAS_INLINE_EXECUTOR)
    if (const auto* const held = executor.target<boost::asio::inline_executor>())
        return any(adapted_executor<boost::asio::inline_executor>(*held));
#endif
    return any(adapted_executor<boost::asio::any_completion_executor>(executor));
}

} // namespace asyncinfo::detail
