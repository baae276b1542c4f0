//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
// The console is asked, by coroutines of this library.

#include "client.hpp"

#include <asyncinfo/coroutine.hpp>
#include <asyncinfo/use_async_info.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <chrono>
#include <tuple>
#include <utility>
#include <vector>

namespace asyncinfo_top {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using namespace std::chrono_literals;
using asyncinfo::IAsyncOperation;
using asyncinfo::use_async_info;
using boost::system::system_error;

constexpr auto patience = 10s;
constexpr std::size_t largest_picture = 512 << 20;

/// As a sentence, unless somebody has cancelled it.
[[noreturn]] void fail(const address& to, const char* what, const system_error& error) {
    if (error.code() == asio::error::operation_aborted)
        throw error;
    throw failure(what + to.shown + ": " + error.code().message());
}

IAsyncOperation<events::socket> connect(asio::io_context& context, address to) {
    try {
        std::vector<asio::generic::stream_protocol::endpoint> endpoints;
        if (!to.file.empty())
            endpoints.emplace_back(asio::local::stream_protocol::endpoint(to.file));
        else {
            asio::ip::tcp::resolver resolver(context);
            auto host = to.host;
            if (host.front() == '[' && host.back() == ']') // IPv6
                host = host.substr(1, host.size() - 2);
            const auto found = co_await resolver.async_resolve(
                host, to.port, use_async_info.cancel_after(patience));
            for (const auto& one : found)
                endpoints.emplace_back(one.endpoint());
        }
        events::socket socket(context);
        co_await asio::async_connect(socket, endpoints, use_async_info.cancel_after(patience));
        co_return socket;
    } catch (const system_error& error) {
        fail(to, "no console answers at ", error);
    }
}

http::request<http::empty_body> request(const address& to, http::verb method,
                                        const std::string& path) {
    http::request<http::empty_body> result(method, to.path + path, 11);
    result.set(http::field::host, to.file.empty() ? to.host + ":" + to.port : "localhost");
    result.set(http::field::connection, "close");
    if (method == http::verb::post)
        result.content_length(0);
    return result;
}

/// The sentence that the console answers, or one about its number.
std::string complaint(const address& to, unsigned status, std::string body) {
    while (!body.empty() && body.back() == '\n')
        body.pop_back();
    if (body.empty() || body.size() > 500)
        body = "it answers " + std::to_string(status) + ", as no console does.";
    return to.shown + ": " + body;
}

} // namespace

address read_address(std::string_view url) {
    const auto starts = [&](std::string_view with) { return url.substr(0, with.size()) == with; };
    address result;
    if (starts("unix:")) {
        result.file = url.substr(5);
        if (result.file.empty())
            throw failure("the path of the socket is missing behind \"unix:\"");
        result.path = "/";
        result.shown = url;
        return result;
    }
    constexpr std::string_view scheme = "http://";
    if (!starts(scheme))
        throw failure("the address does not begin with http:// or unix:. It is what "
                      "console::url() returns");
    url.remove_prefix(scheme.size());
    const auto host = url.substr(0, url.find('/'));
    const auto colon = host.rfind(':');
    const bool has_port = colon != host.npos && host.find(']', colon) == host.npos;
    result.host = host.substr(0, has_port ? colon : host.npos);
    result.port = has_port ? host.substr(colon + 1) : "80";
    if (result.host.empty() || result.port.empty() || url.find_first_of(" \r\n\t") != url.npos)
        throw failure("the address is not complete. It is what console::url() returns");
    result.path = url.substr(host.size());
    result.path.resize(std::min(result.path.find_first_of("?#"), result.path.size()));
    if (result.path.empty() || result.path.back() != '/')
        result.path += '/';
    result.shown = std::string(scheme) + std::string(host) + "/";
    return result;
}

IAsyncOperation<response> ask(asio::io_context& context, address to, http::verb method,
                              std::string path) {
    auto socket = co_await connect(context, to);
    try {
        const auto wanted = request(to, method, path);
        co_await http::async_write(socket, wanted, use_async_info.cancel_after(patience));
        boost::beast::flat_buffer buffer;
        http::response_parser<http::string_body> parser;
        parser.body_limit(largest_picture);
        co_await http::async_read(socket, buffer, parser, use_async_info.cancel_after(patience));
        co_return response{parser.get().result_int(), std::move(parser.get().body())};
    } catch (const system_error& error) {
        fail(to, "no console answers at ", error);
    }
}

IAsyncOperation<std::unique_ptr<events>> events::open(asio::io_context& context, address to) {
    auto result = std::make_unique<events>(co_await connect(context, to));
    try {
        const auto wanted = request(to, http::verb::get, "events");
        co_await http::async_write(result->socket_, wanted, use_async_info.cancel_after(patience));
        boost::beast::flat_buffer buffer;
        http::response_parser<http::string_body> parser;
        co_await http::async_read_header(result->socket_, buffer, parser,
                                         use_async_info.cancel_after(patience));
        const auto status = parser.get().result_int();
        if (status != 200 ||
            parser.get()[http::field::content_type].substr(0, 17) != "text/event-stream") {
            if (status != 200)
                co_await http::async_read(result->socket_, buffer, parser,
                                          use_async_info.cancel_after(patience));
            throw failure(complaint(to, status, std::move(parser.get().body())));
        }
        const auto data = buffer.data();
        result->received_.assign(static_cast<const char*>(data.data()), data.size());
    } catch (const system_error& error) {
        fail(to, "no console answers at ", error);
    }
    co_return result;
}

IAsyncOperation<event> events::next() {
    try {
        for (std::size_t searched = 0;;) {
            // An event is lines, and an empty one behind them. The server sends "\n" as their ends.
            const auto end = received_.find("\n\n", searched);
            if (end == received_.npos) {
                searched = received_.empty() ? 0 : received_.size() - 1;
                if (received_.size() > largest_picture)
                    throw failure("the console sends a picture that is too large");
                const auto before = received_.size();
                received_.resize(before + (256 << 10));
                std::size_t size = 0;
                boost::system::error_code error;
                std::tie(error, size) = co_await socket_.async_read_some(
                    asio::buffer(received_.data() + before, received_.size() - before),
                    asio::as_tuple(asio::deferred));
                received_.resize(before + size);
                if (error)
                    throw system_error(error);
                continue;
            }
            event result{{}, false};
            std::string_view lines(received_.data(), end);
            while (!lines.empty()) {
                const auto line = lines.substr(0, lines.find('\n'));
                lines.remove_prefix(std::min(lines.size(), line.size() + 1));
                if (line.substr(0, 6) == "data: ")
                    result.picture = line.substr(6);
                else if (line == "event: last")
                    result.is_last = true;
            }
            received_.erase(0, end + 2);
            searched = 0;
            if (!result.picture.empty())
                co_return result;
        }
    } catch (const system_error& error) {
        if (error.code() == asio::error::operation_aborted)
            throw;
        throw failure(error.code().message());
    }
}

} // namespace asyncinfo_top
