// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_BENCHMARK_COROUTINES_HPP
#define ASYNCINFO_BENCHMARK_COROUTINES_HPP

#include <asyncinfo/asyncinfo.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

/// The kinds of coroutines, and what they pass to an initiating function whose result they await,
/// behind one interface:
///
///     task                the coroutine's return type
///     token               `co_await initiating_function(token)`
///     start(loop, body)   runs `body(loop)`, a coroutine, to its end; the loop is its executor
namespace bench {

using loop_executor = boost::asio::io_context::executor_type;

template <class Token>
struct asio_coroutine {
    using task = boost::asio::awaitable<void>;

    static constexpr Token token{};

    template <class Body>
    static void start(const loop_executor& loop, Body body) {
        boost::asio::co_spawn(loop, body(loop), boost::asio::detached);
    }
};

template <class Token>
struct asyncinfo_coroutine {
    using task = ::asyncinfo::IAsyncAction;

    static constexpr Token token{};

    template <class Body>
    static void start(const loop_executor& loop, Body body) {
        static_cast<void>(body(loop)); // it runs on without a handle
    }
};

using awaitable_with_use_awaitable = asio_coroutine<boost::asio::use_awaitable_t<>>;
using awaitable_with_deferred = asio_coroutine<boost::asio::deferred_t>;
using asyncinfo_with_deferred = asyncinfo_coroutine<boost::asio::deferred_t>;
using asyncinfo_with_handle = asyncinfo_coroutine<::asyncinfo::use_async_info_t>;

} // namespace bench

#endif
