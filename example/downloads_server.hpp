// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef EXAMPLE_DOWNLOADS_SERVER_HPP
#define EXAMPLE_DOWNLOADS_SERVER_HPP

// The server of the demo: serves generated files on a loopback port, each at a speed of its own,
// with its own io_context on its own thread. It plays no part in what the demo shows.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace demo {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

struct served_file {
    std::string target;
    std::size_t size;
    std::size_t bytes_per_second; ///< 0: the request is read and never answered

    /// The content, the same at each call: both ends can make it, so the client's can be checked.
    [[nodiscard]] std::string content() const {
        std::uint64_t state = 0xcbf29ce484222325;
        for (const char c : target)
            state = (state ^ static_cast<unsigned char>(c)) * 0x100000001b3;
        std::string result(size, '\0');
        for (std::size_t i = 0; i < size; i += sizeof(state)) {
            state = state * 6364136223846793005 + 1442695040888963407;
            std::memcpy(result.data() + i, &state, std::min(sizeof(state), size - i));
        }
        return result;
    }
};

class file_server {
public:
    explicit file_server(std::vector<served_file> files)
        : files_(std::move(files)), acceptor_(context_, {loopback(), 0}),
          port_(std::to_string(acceptor_.local_endpoint().port())) {
        // A machine without a loopback interface lets one listen on it, but nobody gets there.
        error_code error;
        tcp::socket(context_).connect(acceptor_.local_endpoint(), error);
        if (error)
            throw std::runtime_error("the demo downloads from itself, but cannot connect to " +
                                     loopback().to_string() + ": " + error.message() +
                                     ". Is the loopback interface up?");
        asio::co_spawn(context_, listen(), asio::detached);
        thread_ = std::thread([this] { context_.run(); });
    }

    file_server(const file_server&) = delete;
    file_server& operator=(const file_server&) = delete;

    ~file_server() {
        context_.stop();
        thread_.join();
    }

    [[nodiscard]] const std::string& port() const { return port_; }

private:
    static asio::ip::address loopback() { return asio::ip::address_v4::loopback(); }

    asio::awaitable<void> listen() {
        for (;;) {
            tcp::socket peer = co_await acceptor_.async_accept(asio::use_awaitable);
            asio::co_spawn(context_, serve(std::move(peer)), asio::detached);
        }
    }

    // An error, most of them a client that went away, ends the coroutine and closes the connection.
    asio::awaitable<void> serve(tcp::socket peer) {
        beast::flat_buffer buffer;
        http::request<http::empty_body> request;
        co_await http::async_read(peer, buffer, request, asio::use_awaitable);

        const auto file = std::find_if(files_.begin(), files_.end(), [&](const served_file& f) {
            return f.target == request.target();
        });
        const bool found = file != files_.end();
        if (found && file->bytes_per_second == 0) {
            char never = 0;
            co_await asio::async_read(peer, asio::buffer(&never, 1), asio::use_awaitable);
        }

        http::response<http::empty_body> header(found ? http::status::ok : http::status::not_found,
                                                11);
        header.set(http::field::connection, "close");
        header.content_length(found ? file->size : 0);
        http::response_serializer<http::empty_body> serializer(header);
        co_await http::async_write_header(peer, serializer, asio::use_awaitable);
        if (!found)
            co_return;

        const std::string content = file->content();
        const std::size_t piece = std::max<std::size_t>(file->bytes_per_second / 50, 1);
        asio::steady_timer pause(context_);
        for (std::size_t sent = 0; sent < content.size();) {
            const std::size_t length = std::min(piece, content.size() - sent);
            const auto bytes = asio::buffer(content.data() + sent, length);
            sent += co_await asio::async_write(peer, bytes, asio::use_awaitable);
            pause.expires_after(std::chrono::milliseconds(20));
            co_await pause.async_wait(asio::use_awaitable);
        }
    }

    const std::vector<served_file> files_;
    asio::io_context context_{1};
    tcp::acceptor acceptor_;
    const std::string port_;
    std::thread thread_;
};

} // namespace demo

#endif // EXAMPLE_DOWNLOADS_SERVER_HPP
