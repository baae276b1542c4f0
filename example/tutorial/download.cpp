// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// The program to take home: downloads a file by HTTP, with deadlines and a progress bar.
//
//     download HOST PORT TARGET

#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using asyncinfo::AsyncStatus;
using asyncinfo::use_async_info;
using namespace std::chrono_literals;

void draw(const asyncinfo::transfer_progress& p) {
    if (!p.total) { // the server has not said how much it sends
        std::cout << '\r' << p.bytes << " bytes" << std::flush;
        return;
    }
    const auto cells = static_cast<std::size_t>(20 * p.fraction());
    std::cout << "\r[" << std::string(cells, '#') << std::string(20 - cells, ' ') << "] "
              << int(100 * p.fraction()) << " %" << std::flush;
}

std::string download(const std::string& host, const std::string& port, const std::string& target) {
    const auto soon = use_async_info.cancel_after(5s); // a token for several operations

    asio::thread_pool pool(1);
    tcp::resolver resolver(pool);
    asyncinfo::progress_stream<tcp::socket> stream(pool); // a socket that counts
    const auto endpoints = resolver.async_resolve(host, port, use_async_info).get();
    asio::async_connect(stream.next_layer(), endpoints, soon).get();

    http::request<http::empty_body> request(http::verb::get, target, 11);
    request.set(http::field::host, host);
    http::async_write(stream, request, soon).get();

    boost::beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(boost::none);
    http::async_read_header(stream, buffer, parser, soon).get();
    if (parser.get().result() != http::status::ok)
        throw std::runtime_error("the server answers " + std::to_string(parser.get().result_int()));

    // What is still to come, if the server has said so: a part has come with the header.
    std::optional<std::uint64_t> left;
    if (const auto length = parser.content_length_remaining())
        left = *length - std::min<std::uint64_t>(*length, buffer.size());

    const auto read = asyncinfo::with_progress(stream, left, [&](auto token) {
        return http::async_read(stream, buffer, parser, token.cancel_after(60s));
    });
    while (read.wait_for(16ms) == AsyncStatus::Started)
        draw(*read.progress());
    draw(*read.progress());
    std::cout << '\n';

    read.GetResults(); // throws if it went wrong
    return parser.release().body();
}

int main(int argc, char** argv) try {
    if (argc != 4) {
        std::cerr << "usage: download HOST PORT TARGET\n";
        return 2;
    }
    const std::string body = download(argv[1], argv[2], argv[3]);
    std::cout << body.size() << " bytes\n";
    return 0;
} catch (const std::exception& e) {
    std::cerr << "download: " << e.what() << '\n';
    return 1;
}
