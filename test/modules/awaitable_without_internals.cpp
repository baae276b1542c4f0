// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Without the door in detail/asio/awaitable.hpp asio::awaitable awaits rvalues, as Asio has it.
#define ASYNCINFO_NO_AWAITABLE_INTERNALS

#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>

#include <utility>

boost::asio::awaitable<int> value_of(asyncinfo::IAsyncOperation<int> op) {
    co_await boost::asio::post(boost::asio::system_executor(), asyncinfo::use_async_info);
    co_return co_await std::move(op);
}
