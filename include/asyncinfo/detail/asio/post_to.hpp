//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_ASIO_POST_TO_HPP
#define ASYNCINFO_DETAIL_ASIO_POST_TO_HPP

#include <asyncinfo/detail/asio/context_keeper.hpp>
#include <asyncinfo/detail/asio/full_executor.hpp>
#include <asyncinfo/detail/base/recycling.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution/allocator.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/require.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

/// Posts `function` to the executor. It does not run in the caller if the executor can avoid that.
template <typename Executor, typename Function, typename Allocator = recycling_allocator<void>>
void post_to(const Executor& executor, Function&& function, const Allocator& allocator = {}) {
    namespace asio = boost::asio;
    if constexpr (asio::can_require<const Executor&, asio::execution::blocking_t::never_t>::value)
        asio::prefer(asio::require(executor, asio::execution::blocking.never),
                     asio::execution::allocator(allocator))
            .execute(std::forward<Function>(function));
    else
        asio::prefer(executor, asio::execution::blocking.never,
                     asio::execution::allocator(allocator))
            .execute(std::forward<Function>(function));
}

/// Calls `use` with the executor under a strand, or with `executor` if it finds none. An
/// `any_io_executor` is only asked for strands of executors of `io_context`, of a
/// `completion_queue`, and of `any_io_executor`.
template <typename Executor, typename Use>
void without_strand(const Executor& executor, Use use) {
    using any = boost::asio::any_io_executor;
    using io = boost::asio::io_context::executor_type;
    using pool = boost::asio::thread_pool::executor_type;
    if constexpr (requires { executor.get_inner_executor(); }) {
        without_strand(executor.get_inner_executor(), use);
    } else if constexpr (std::is_same_v<Executor, any>) {
        if (auto* strand = executor.template target<boost::asio::strand<io>>())
            use(strand->get_inner_executor());
        else if (auto* of_pool = executor.template target<boost::asio::strand<pool>>())
            use(of_pool->get_inner_executor());
        else if (auto* legacy =
                     executor.template target<adapted_executor<boost::asio::io_context::strand>>())
            use(legacy->get_inner_executor());
        else if (auto* of_any = executor.template target<boost::asio::strand<any>>())
            without_strand(of_any->get_inner_executor(), use);
        else if (any keeper = context_keeper_under_strand(executor))
            use(keeper);
        else
            use(executor);
    } else {
        use(executor);
    }
}

/// The executor under a strand, or `executor` if `without_strand` finds none.
ASYNCINFO_DECL boost::asio::any_io_executor
under_strand(const boost::asio::any_io_executor& executor) noexcept;
template <typename Executor>
auto under_strand(const Executor& executor) noexcept {
    if constexpr (requires { executor.get_inner_executor(); })
        return under_strand(executor.get_inner_executor());
    else
        return executor;
}

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_ASIO_POST_TO_HPP
