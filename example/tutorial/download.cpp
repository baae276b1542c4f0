// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// The program to take home: downloads a file by HTTP, with deadlines and a progress bar.
//
//     download HOST PORT TARGET

#include "server.hpp"

#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <iostream>
#include <optional>
#include <string>

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using asyncinfo::AsyncStatus;
using namespace std::chrono_literals;

void draw(const asyncinfo::transfer_progress& p) {
    const auto cells = static_cast<std::size_t>(20 * p.fraction());
    std::cout << "\r[" << std::string(cells, '#') << std::string(20 - cells, ' ') << "] "
              << int(100 * p.fraction()) << " %" << std::flush;
}

std::string download(const std::string& host, const std::string& port, const std::string& target) {
    const auto soon = asyncinfo::use_async_info.cancel_after(5s); // for each step but the last

    asio::thread_pool pool(1);
    tcp::resolver resolver(pool);
    asyncinfo::progress_stream<tcp::socket> stream(pool); // a socket that counts
    const auto endpoints = resolver.async_resolve(host, port, soon).get();
    asio::async_connect(stream.next_layer(), endpoints, soon).get();

    http::request<http::empty_body> request(http::verb::get, target, 11);
    request.set(http::field::host, host);
    http::async_write(stream, request, soon).get();

    boost::beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(boost::none);
    http::async_read_header(stream, buffer, parser, soon).get();

    // What is still to come, if the server has said so: a part has come with the header.
    std::optional<std::uint64_t> left;
    if (const auto length = parser.content_length_remaining())
        left = *length - std::min<std::uint64_t>(*length, buffer.size());

    const auto read = asyncinfo::with_progress(stream, left, [&](auto token) {
        return http::async_read(stream, buffer, parser, token.cancel_after(60s));
    });
    while (read.wait_for(16ms) == AsyncStatus::Started)
        draw(read.progress().value_or(asyncinfo::transfer_progress()));
    draw(read.progress().value_or(asyncinfo::transfer_progress()));
    std::cout << '\n';

    read.GetResults(); // throws if it went wrong
    return parser.release().body();
}

int main(int argc, char** argv) try {
    const tutorial::file_server server; // for those who give no arguments
    const bool given = argc == 4;
    const std::string body = download(given ? argv[1] : "127.0.0.1",
                                      given ? argv[2] : std::to_string(server.http().port()),
                                      given ? argv[3] : "/photo");
    std::cout << body.size() << " bytes\n";
    return 0;
} catch (const boost::system::system_error& e) {
    std::cerr << "download: " << e.code().message() << '\n';
    return 1;
}
