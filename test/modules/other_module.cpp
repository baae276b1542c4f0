// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "other_module.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/consign.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <stdexcept>
#include <utility>

namespace other_module {

namespace asio = boost::asio;
using asyncinfo::use_async_info;

std::vector<std::uint64_t> new_ids(int count) {
    std::vector<std::uint64_t> ids;
    for (int i = 0; i < count; ++i)
        ids.push_back(asyncinfo::async_source<>().operation().Id());
    return ids;
}

IAsyncAction sleep(asio::io_context& context, std::chrono::hours time) {
    auto timer = std::make_unique<asio::steady_timer>(context, time);
    auto& t = *timer;
    return t.async_wait(asio::consign(use_async_info, std::move(timer)));
}

IAsyncAction completes_in_its_cancellation_handler(asio::io_context& context) {
    return asio::async_initiate<decltype(use_async_info), void(boost::system::error_code)>(
        [&](auto handler) {
            auto slot = asio::get_associated_cancellation_slot(handler);
            auto executor = asio::get_associated_executor(handler, context.get_executor());
            auto kept = std::make_shared<decltype(handler)>(std::move(handler));
            slot.assign([kept, executor](asio::cancellation_type_t) {
                asio::dispatch(executor,
                               [kept] { std::move (*kept)(asio::error::operation_aborted); });
            });
        },
        use_async_info);
}

IAsyncOperation<int> add_one(const asio::any_io_executor&, IAsyncOperation<int> awaited) {
    co_return co_await awaited + 1;
}

IAsyncOperation<int> all_of(IAsyncOperation<int> a, IAsyncOperation<int> b) {
    const auto [x, y] = co_await asyncinfo::when_all(a, b);
    co_return x + y;
}

IAsyncOperation<int> fails_with_a_runtime_error() {
    throw std::runtime_error("from there");
    co_return 0;
}

bool is_of_int(const IAsyncInfo& info) { return bool(info.try_as<IAsyncOperation<int>>()); }

AsyncStatus wait(const IAsyncInfo& info) { return info.wait(); }

void dispatch_to(asyncinfo::completion_queue& queue, bool& called) {
    asio::dispatch(queue.get_executor(), [&] { called = true; });
}

std::vector<AsyncStatus> drain(asyncinfo::operation_group<>& group) {
    std::vector<AsyncStatus> ended;
    while (const auto next = group.try_next())
        ended.push_back(next->operation.Status());
    return ended;
}

boost::system::error_code empty_handle() { return asyncinfo::errc::empty_handle; }

} // namespace other_module
