// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

#include <asyncinfo/beast.hpp>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <thread>

namespace reference::beast_hpp {

namespace websocket = boost::beast::websocket;

void show() {
    connection pair;
    auto& context = pair.context;
    const std::size_t size = 5;
    boost::beast::flat_buffer buffer;

    websocket::stream<progress_stream<tcp::socket>, false> stream(context);

    stream.next_layer().next_layer() = std::move(pair.socket);
    decltype(stream) server(std::move(pair.peer));
    std::thread accept([&] { server.accept(); });
    stream.handshake("localhost", "/");
    accept.join();
    server.write(asio::buffer("hello", size)); // later than the handshake, which reads ahead

    auto op = with_progress(stream.next_layer(), size,
                            [&](auto token) { return stream.async_read(buffer, token); });

    check(op.get(context) == size);
    check(op.progress()->fraction() == 1);
}

const page shown("beast.hpp", show);

} // namespace reference::beast_hpp
