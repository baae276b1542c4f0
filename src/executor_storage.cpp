//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/asio/executor_storage.hpp>

#include <asyncinfo/detail/asio/post_to.hpp>
#include <asyncinfo/detail/start/initiated_operation.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <type_traits>
#include <utility>

// Every program links this file. So nothing here makes an `any_io_executor` of another executor:
// what that takes is more than all of the rest. Who needs it has it from a file of its own.
namespace asyncinfo::detail {

using boost::asio::any_io_executor;

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

namespace {

/// Not inlined, since it would then be there for each kind of strand.
template <typename Executor>
ASYNCINFO_NOINLINE void post_request(const Executor& executor, operation_base::delivery& request) {
    post_to(executor, std::move(request));
}

} // namespace

void post_on_the_way(const any_io_executor& executor, bool first,
                     operation_base::delivery&& request) {
    // The copy is needed: the operation may end, and give the executor back, while it is in use.
    const any_io_executor used = executor;
    if (first)
        without_strand(used, [&](const auto& inner) { post_request(inner, request); });
    else
        post_request(used, request);
}

} // namespace asyncinfo::detail
