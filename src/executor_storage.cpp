//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/asio/executor_storage.hpp>

#include <asyncinfo/detail/asio/post_to.hpp>
#include <asyncinfo/detail/start/initiated_operation.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/system_executor.hpp>
#include <boost/asio/thread_pool.hpp>

#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

using boost::asio::any_io_executor;

any_io_executor as_any_io_executor(const boost::asio::io_context::executor_type& executor) {
    return any_io_executor(executor);
}

any_io_executor or_system_executor(const any_io_executor& executor) noexcept {
    return executor ? executor : any_io_executor(boost::asio::system_executor());
}

any_io_executor what_remains(const any_io_executor& executor) noexcept {
    using io = boost::asio::io_context::executor_type;
    using pool = boost::asio::thread_pool::executor_type;
    any_io_executor remains;
    without_strand(executor, [&]<typename E>(const E& inner) {
        if constexpr (std::is_same_v<E, io> || std::is_same_v<E, pool>)
            remains = inner;
        else if constexpr (std::is_same_v<E, any_io_executor>)
            if (inner.template target<io>() || inner.template target<pool>() ||
                holds_context_keeper(inner))
                remains = inner;
    });
    return remains;
}

void post_on_the_way(const any_io_executor& executor, bool first,
                     operation_base::delivery&& request) {
    post_on_the_way<any_io_executor>(executor, first, std::move(request));
}

} // namespace asyncinfo::detail
