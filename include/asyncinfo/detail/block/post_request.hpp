//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_BLOCK_POST_REQUEST_HPP
#define ASYNCINFO_DETAIL_BLOCK_POST_REQUEST_HPP

#include <asyncinfo/detail/asio/executor_storage.hpp>
#include <asyncinfo/detail/asio/post_to.hpp>
#include <asyncinfo/detail/base/config.hpp>
#include <asyncinfo/detail/block/operation_base.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include <utility>

namespace asyncinfo::detail {

/// Posts a request to the executor.
template <typename Executor>
void post_request(const Executor& executor, operation_base::delivery&& request) {
    // The copy is needed: the operation may end, and give the executor back, while it is in use.
    post_to(Executor(executor), std::move(request));
}

/// The same for the executors that most operations have, compiled once.
ASYNCINFO_DECL void post_request(const boost::asio::any_io_executor& executor,
                                 operation_base::delivery&& request);
ASYNCINFO_DECL void post_request(const boost::asio::io_context::executor_type& executor,
                                 operation_base::delivery&& request);
ASYNCINFO_DECL void post_request(const boost::asio::thread_pool::executor_type& executor,
                                 operation_base::delivery&& request);

/// Posts a request that is to be delivered on this executor: to the executor under a strand first.
template <typename Executor>
void post_on_the_way(const Executor& executor, operation_base::delivery&& request) {
    const bool last = always_plain<Executor> || request.hops() != 0;
    request.set_last(last);
    if (last)
        post_request(executor, std::move(request));
    else
        without_strand(Executor(executor),
                       [&](const auto& inner) { post_request(inner, std::move(request)); });
}
ASYNCINFO_DECL void post_on_the_way(const boost::asio::any_io_executor& executor,
                                    operation_base::delivery&& request);

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_BLOCK_POST_REQUEST_HPP
