// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

#include <asyncinfo/beast.hpp>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

namespace reference::beast_hpp {

namespace websocket = boost::beast::websocket;

void show() {
    connection pair;
    auto& context = pair.context;
    websocket::stream<tcp::socket&, false> server(pair.peer);

    websocket::stream<progress_stream<tcp::socket>, false> stream(context);

    stream.next_layer().next_layer() = std::move(pair.socket);
    auto accept = server.async_accept(use_async_info);
    stream.async_handshake("localhost", "/", use_async_info).get(context);
    accept.get(context);
    auto write = server.async_write(asio::buffer("hello", 5), use_async_info);
    boost::beast::flat_buffer buffer;
    const std::size_t size = 5;

    auto op = with_progress(stream.next_layer(), size,
                            [&](auto token) { return stream.async_read(buffer, token); });

    check(op.get(context) == 5);
    check(op.progress()->fraction() == 1);
    write.get(context);
    auto closed = server.async_read(buffer, use_async_info);
    stream.async_close(websocket::close_code::normal, use_async_info).get(context);
    closed.wait_for(context, 1h);
}

const page shown("beast.hpp", show);

} // namespace reference::beast_hpp
