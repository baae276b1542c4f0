// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

#include <thread>

namespace reference::progress_stream_hpp {

void counted() {
    asio::thread_pool context(1);
    tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
    const std::vector<tcp::endpoint> endpoints{acceptor.local_endpoint()};

    progress_stream<tcp::socket> stream(context);
    asio::async_connect(stream.next_layer(), endpoints, use_async_info).get();
    asio::write(stream, asio::buffer("hello", 5));
    std::cout << stream.bytes_written() << " bytes so far\n";

    check(stream.bytes_written() == 5 && stream.bytes_read() == 0);
}

void one_way() {
    connection pair;
    progress_stream<tcp::socket&> stream(pair.socket);
    pair.send("hello\n");
    std::string text;

    auto line = with_progress(stream, std::nullopt, traffic::read, [&](auto token) {
        return asio::async_read_until(stream, asio::dynamic_buffer(text), '\n', token);
    });

    check(line.get(pair.context) == 6);
    check(line.progress()->bytes == 6);
}

const page first("progress_stream.hpp", counted), second("progress_stream.hpp", one_way);

} // namespace reference::progress_stream_hpp
