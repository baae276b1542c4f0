//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
// One connection: requests are checked before anything is done for them.

#include "session.hpp"

#include "page.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/verb.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

namespace asyncinfo::detail::console {
namespace {

using boost::system::error_code;

constexpr std::uint32_t header_limit = 8 * 1024;
constexpr std::uint64_t body_limit = 1024;
constexpr std::size_t drained = 64 * 1024;

constexpr std::string_view text_plain = "text/plain; charset=utf-8";

/// The page has what it needs here, and nobody else shows it or reads it.
constexpr std::string_view protection =
    "Cache-Control: no-store\r\n"
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "X-Content-Type-Options: nosniff\r\n";

/// The request is at fault, not the connection.
bool is_malformed(const error_code& error) {
    const error_code end = http::error::end_of_stream;
    return error.category() == end.category() && error != end &&
           error != http::error::partial_message;
}

} // namespace

session::session(server& owner, socket connected) : owner_(owner), stream_(std::move(connected)) {
    keep_from_children(stream_.socket());
    error_code ignored;
    near_ = stream_.socket().local_endpoint(ignored);
}

void session::close() {
    error_code ignored;
    stream_.socket().close(ignored);
}

void session::refuse() {
    keep_alive_ = false;
    complain("503 Service Unavailable", "There are too many connections.");
}

void session::read() {
    parser_.emplace();
    parser_->header_limit(header_limit);
    parser_->body_limit(body_limit);
    stream_.expires_after(owner_.waits().request);
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](const error_code& error, std::size_t) {
                         self->keep_alive_ = false;
                         if (!error)
                             self->handle();
                         else if (error == http::error::header_limit)
                             self->complain("431 Request Header Fields Too Large",
                                            "The header is too large.");
                         else if (error == http::error::body_limit)
                             self->complain("413 Content Too Large", "The body is too large.");
                         else if (is_malformed(error))
                             self->complain("400 Bad Request", "That is not HTTP/1.1.");
                         else
                             self->close();
                     });
}

void session::handle() {
    const auto& request = parser_->get();
    head_ = request.method() == http::verb::head;
    const bool posts = request.method() == http::verb::post;
    keep_alive_ = request.keep_alive();

    // A foreign page can send requests here, by a name of its own that leads to this machine or by
    // the address. The first has another Host, the second another Origin.
    const auto host = request[http::field::host];
    if (request.count(http::field::host) != 1 || !owner_.is_named(host, near_)) {
        keep_alive_ = false;
        return complain("403 Forbidden", "The console has another address: open the one that "
                                         "console::url() gives.");
    }
    if (const auto origins = request.count(http::field::origin)) {
        std::string own = "http://";
        own.append(host);
        if (origins != 1 || !boost::beast::iequals(request[http::field::origin], own)) {
            keep_alive_ = false;
            return complain("403 Forbidden", "Other pages cannot read the console.");
        }
    }

    std::string path(request.target());
    path.resize(std::min(path.find('?'), path.size()));
    const char* below = owner_.below_secret(path);
    if (!below) {
        keep_alive_ = false;
        return complain("403 Forbidden", "The address lacks its secret: open the one that "
                                         "console::url() gives.");
    }
    known_ = true;

    const std::string_view resource(below);
    if (!posts && !head_ && request.method() != http::verb::get)
        return complain("405 Method Not Allowed", "It can be read by GET.", "Allow: GET, HEAD\r\n");
    dispatch(resource, posts);
}

void session::dispatch(std::string_view path, bool posts) {
    constexpr std::string_view cancel = "/cancel/";
    if (path.substr(0, cancel.size()) == cancel) {
        if (!posts)
            return complain("405 Method Not Allowed", "To cancel takes POST.", "Allow: POST\r\n");
        if (!owner_.options().may_cancel)
            return complain("403 Forbidden", "The program does not let its console cancel.");
        path.remove_prefix(cancel.size());
        std::uint64_t id = 0;
        const auto end = path.data() + path.size();
        const auto read = std::from_chars(path.data(), end, id);
        if (read.ec != std::errc() || read.ptr != end || !owner_.cancel(id))
            return complain("404 Not Found", "There is no such operation; it may have ended.");
        return answer("204 No Content", {}, {});
    }
    if (posts)
        return complain("405 Method Not Allowed", "It can be read by GET.", "Allow: GET, HEAD\r\n");

    if (path.empty()) { // the page's links are relative
        std::string target(parser_->get().target());
        target.resize(std::min(target.find('?'), target.size()));
        return answer("308 Permanent Redirect", text_plain, {}, {},
                      "Location: " + target + "/\r\n");
    }
    path.remove_prefix(1);
    if (path.empty())
        return answer("200 OK", "text/html; charset=utf-8", index_html);
    if (path == "console.css")
        return answer("200 OK", "text/css; charset=utf-8", console_css);
    if (path == "console.js")
        return answer("200 OK", "text/javascript; charset=utf-8", console_js);
    if (path == "snapshot") {
        const auto picture = owner_.picture();
        return answer("200 OK", "application/json", *picture, picture);
    }
    if (path == "metrics") {
        const auto text = std::make_shared<const std::string>(owner_.metrics());
        return answer("200 OK", "text/plain; version=0.0.4; charset=utf-8", *text, text);
    }
    if (path == "events")
        return go_live();
    complain("404 Not Found", "There is nothing here.");
}

auto session::while_it_reads() {
    return [this](const error_code& error, std::size_t) -> std::size_t {
        constexpr std::size_t part = 64 * 1024;
        if (error)
            return 0;
        stream_.expires_after(owner_.waits().answer);
        return part;
    };
}

void session::answer(std::string_view status, std::string_view type, std::string_view body,
                     shared_text keep, std::string_view headers) {
    header_.assign("HTTP/1.1 ").append(status).append("\r\n").append(protection).append(headers);
    if (!type.empty()) {
        header_.append("Content-Type: ").append(type);
        header_.append("\r\nContent-Length: ").append(std::to_string(body.size())).append("\r\n");
    }
    header_.append(keep_alive_ ? "\r\n" : "Connection: close\r\n\r\n");
    if (head_)
        body = {};
    sent_ = std::move(keep);
    asio::async_write(stream_,
                      std::array<asio::const_buffer, 2>{asio::buffer(header_),
                                                        asio::buffer(body.data(), body.size())},
                      while_it_reads(),
                      [self = shared_from_this()](const error_code& error, std::size_t) {
                          self->sent_.reset();
                          if (error)
                              return self->close();
                          if (self->keep_alive_)
                              return self->read();
                          error_code ignored;
                          self->stream_.socket().shutdown(socket::shutdown_send, ignored);
                          self->drain(drained);
                      });
}

void session::complain(std::string_view status, std::string_view sentence,
                       std::string_view headers) {
    sentence_.assign(sentence).append("\n");
    answer(status, text_plain, sentence_, {}, headers);
}

/// A socket that is closed with something unread in it takes back what it has sent.
void session::drain(std::size_t left) {
    stream_.expires_after(
        std::min<std::chrono::milliseconds>(owner_.waits().request, std::chrono::seconds(2)));
    stream_.async_read_some(asio::buffer(ignored_), [self = shared_from_this(),
                                                     left](const error_code& error, std::size_t n) {
        if (error || n >= left)
            return self->close();
        self->drain(left - n);
    });
}

void session::go_live() {
    if (head_)
        return answer("200 OK", "text/event-stream", {});
    header_.assign("HTTP/1.1 200 OK\r\n").append(protection);
    header_.append("Content-Type: text/event-stream\r\nConnection: close\r\n\r\nretry: 1000\n");
    stream_.expires_after(owner_.waits().answer);
    asio::async_write(stream_, asio::buffer(header_),
                      [self = shared_from_this()](const error_code& error, std::size_t) {
                          if (error)
                              return self->close();
                          self->live_ = true;
                          self->listen();
                          self->owner_.subscribe(self);
                      });
}

/// A client that looks has nothing to say, so this tells when it goes away.
void session::listen() {
    stream_.expires_never();
    stream_.async_read_some(
        asio::buffer(ignored_),
        [self = shared_from_this()](const error_code&, std::size_t) { self->close(); });
}

void session::send(const shared_text& picture, bool is_last) {
    next_ = picture;
    ends_ = is_last;
    if (!sent_)
        write_picture();
}

void session::write_picture() {
    sent_ = std::exchange(next_, {});
    const std::string_view head = ends_ ? "event: last\ndata: " : "data: ";
    asio::async_write(
        stream_,
        std::array<asio::const_buffer, 3>{asio::buffer(head.data(), head.size()),
                                          asio::buffer(*sent_), asio::buffer("\n\n", 2)},
        while_it_reads(), [self = shared_from_this()](const error_code& error, std::size_t) {
            self->sent_.reset();
            if (!error && self->next_)
                self->write_picture();
            else if (error || self->ends_)
                self->close();
        });
}

} // namespace asyncinfo::detail::console
