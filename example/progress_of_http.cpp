// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// How far is a download by Beast? A stream that counts lies below; Beast's calls stay as they are.

#include <algorithm>
#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <iostream>
#include <string>
#include <thread>

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using asyncinfo::transfer_progress;
using asyncinfo::use_async_info;
using asyncinfo::with_progress;

int main() {
    asio::io_context context;
    tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
    std::thread server([&, socket = tcp::socket(context)]() mutable {
        acceptor.accept(socket);
        asio::write(socket, asio::buffer("HTTP/1.1 200 OK\r\nContent-Length: 4000000\r\n\r\n" +
                                         std::string(4'000'000, 'x')));
    });

    asyncinfo::progress_stream<tcp::socket> stream(context);
    stream.next_layer().async_connect(acceptor.local_endpoint(), use_async_info).get(context);

    boost::beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    http::async_read_header(stream, buffer, parser, use_async_info).get(context);

    // What is still to come: a part of the body came with the header. (The buffer may have more than
    // that, if the server has sent the next answer, too.)
    std::optional<std::uint64_t> left;
    if (auto length = parser.content_length_remaining())
        left = *length - std::min<std::uint64_t>(*length, buffer.size());

    auto download = with_progress(
        stream, left, [&](auto token) { return http::async_read(stream, buffer, parser, token); });
    int calls = 0;
    download.Progress([&](auto&, const transfer_progress& p) {
        if (++calls % 16 == 1)
            std::cout << int(p.fraction() * 100) << " %\n";
    });
    download.get(context);
    server.join();

    std::cout << stream.bytes_read() << " bytes in all, header included\n";
    return download.progress()->fraction() == 1 && parser.get().body().size() == 4'000'000 ? 0 : 1;
}
