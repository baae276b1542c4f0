//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/asio/executor_storage.hpp>

#include <asyncinfo/detail/asio/post_to.hpp>
#include <asyncinfo/detail/block/post_request.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <type_traits>
#include <utility>

// Every program links this file. So nothing here makes an `any_io_executor` of another executor:
// what that takes is more than all of the rest. Who needs it has it from a file of its own.
namespace asyncinfo::detail {

using boost::asio::any_io_executor;
using boost::asio::io_context;
using boost::asio::thread_pool;

held_executor executor_storage<any_io_executor>::give_back() noexcept {
    const any_io_executor given = std::exchange(executor_, nullptr);
    auto held = held_executor::whole;
    with_plain(given, [&]<typename E>(const E& plain) {
        if constexpr (std::is_same_v<E, any_io_executor>) {
            executor_ = plain;
        } else if constexpr (std::is_same_v<E, io_executor>) {
            std::destroy_at(&executor_);
            std::construct_at(&io_, plain);
            held = held_executor::io_remains;
        } else {
            std::destroy_at(&executor_);
            std::construct_at(&pool_, plain);
            held = held_executor::pool_remains;
        }
    });
    return held;
}

void post_request(const io_context::executor_type& executor, operation_base::delivery&& request) {
    post_to(executor, std::move(request));
}

void post_request(const thread_pool::executor_type& executor, operation_base::delivery&& request) {
    post_to(executor, std::move(request));
}

void post_request(const any_io_executor& executor, operation_base::delivery&& request) {
    // Asio allocates memory on the way through an `any_io_executor`.
    if (const auto* const plain = executor.target<io_context::executor_type>())
        post_request(*plain, std::move(request));
    else
        post_to(any_io_executor(executor), std::move(request));
}

void post_on_the_way(const any_io_executor& executor, operation_base::delivery&& request) {
    const bool last = request.hops() != 0 || executor.target<io_context::executor_type>();
    request.set_last(last);
    if (last)
        post_request(executor, std::move(request));
    else
        without_strand(any_io_executor(executor),
                       [&](const auto& inner) { post_request(inner, std::move(request)); });
}

} // namespace asyncinfo::detail
