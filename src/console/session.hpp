//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_CONSOLE_SESSION_HPP
#define ASYNCINFO_CONSOLE_SESSION_HPP

#include "server.hpp"

#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace asyncinfo::detail::console {

namespace http = boost::beast::http;

/// One connection. Each operation on its socket keeps it alive.
class session : public std::enable_shared_from_this<session> {
public:
    using socket = asio::basic_stream_socket<protocol, asio::io_context::executor_type>;

    session(server& owner, socket connected);

    void start() { read(); }
    /// Answers that there are too many, and closes.
    void refuse();
    void close();
    /// Whether it has shown the secret.
    bool is_known() const noexcept { return known_; }
    /// Whether it is sent pictures.
    bool is_live() const noexcept { return live_; }
    /// Sends a picture. Meanwhile at most one waits, the newest. After the last one it closes.
    void send(const shared_text& picture, bool is_last = false);

private:
    void read();
    void handle();
    void dispatch(std::string_view path, bool posts);
    void go_live();
    void listen();
    void write_picture();
    /// For `async_write`: the time begins again with each part that the client has read.
    auto while_it_reads();
    void answer(std::string_view status, std::string_view type, std::string_view body,
                shared_text keep = {}, std::string_view headers = {});
    void complain(std::string_view status, std::string_view sentence,
                  std::string_view headers = {});
    void drain(std::size_t left);

    server& owner_;
    boost::beast::basic_stream<protocol, asio::io_context::executor_type> stream_;
    protocol::endpoint near_;
    boost::beast::flat_buffer buffer_{16 * 1024}; ///< Beast limits no chunk's extension
    std::optional<http::request_parser<http::string_body>> parser_;
    bool known_ = false;
    bool keep_alive_ = false;
    bool head_ = false;
    bool live_ = false;
    bool ends_ = false;    ///< the next picture is the last one
    std::string header_;   ///< of the answer that is being sent, or an event's frame
    std::string sentence_; ///< the body that complains
    shared_text sent_, next_;
    std::array<char, 512> ignored_;
};

} // namespace asyncinfo::detail::console

#endif // ASYNCINFO_CONSOLE_SESSION_HPP
