//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_BEAST_HPP
#define ASYNCINFO_BEAST_HPP

/// For a `boost::beast::websocket::stream` over a `progress_stream`; over TLS Beast wants its own
/// `<boost/beast/websocket/ssl.hpp>`, too. Not part of `asyncinfo.hpp`.
#include <asyncinfo/progress_stream.hpp>

#include <boost/beast/core/error.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/websocket/teardown.hpp>

#include <utility>

namespace asyncinfo {

/// Beast's customization: how a WebSocket closes what is below it.
template <typename Stream>
void teardown(boost::beast::role_type role, progress_stream<Stream>& stream,
              boost::beast::error_code& error) {
    using boost::beast::websocket::teardown;
    teardown(role, stream.next_layer(), error);
}

template <typename Stream, typename Handler>
void async_teardown(boost::beast::role_type role, progress_stream<Stream>& stream,
                    Handler&& handler) {
    using boost::beast::websocket::async_teardown;
    async_teardown(role, stream.next_layer(), std::forward<Handler>(handler));
}

} // namespace asyncinfo

#endif // ASYNCINFO_BEAST_HPP
