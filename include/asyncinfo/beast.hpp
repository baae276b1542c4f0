//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_BEAST_HPP
#define ASYNCINFO_BEAST_HPP

/// For a `boost::beast::websocket::stream` over a `progress_stream`. If there is TLS between the
/// two, Beast needs its own `<boost/beast/websocket/ssl.hpp>` as well. `asyncinfo.hpp` does not
/// include this.
///
/// Example:
///
///     websocket::stream<progress_stream<tcp::socket>, false> stream(context);
///
///     auto op = with_progress(stream.next_layer(), size,
///                             [&](auto token) { return stream.async_read(buffer, token); });
#include <asyncinfo/progress_stream.hpp>

#include <boost/beast/core/error.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/websocket/teardown.hpp>

#include <utility>

namespace asyncinfo {

/// How a WebSocket closes a `progress_stream` below it: as it closes the stream inside. Beast calls
/// this; you need not.
///
/// Source: Beast's customization point of this name.
template <typename Stream>
void teardown(boost::beast::role_type role, progress_stream<Stream>& stream,
              boost::beast::error_code& error) {
    using boost::beast::websocket::teardown;
    teardown(role, stream.next_layer(), error);
}

/// The asynchronous form of `teardown`.
template <typename Stream, typename Handler>
void async_teardown(boost::beast::role_type role, progress_stream<Stream>& stream,
                    Handler&& handler) {
    using boost::beast::websocket::async_teardown;
    async_teardown(role, stream.next_layer(), std::forward<Handler>(handler));
}

} // namespace asyncinfo

#endif // ASYNCINFO_BEAST_HPP
