// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef EXAMPLE_TUTORIAL_SERVER_HPP
#define EXAMPLE_TUTORIAL_SERVER_HPP

// The other side of the tutorial: a server on loopback ports, with a thread of its own. Each file
// has a port, and whoever connects to it is sent the file at a limited pace. Nothing here is about
// the library.

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <thread>

namespace tutorial {

constexpr std::size_t note_size = 64 << 10;
constexpr std::size_t photo_size = 1 << 20;
constexpr std::size_t film_size = 4 << 20;

class file_server {
    using tcp = boost::asio::ip::tcp;

public:
    file_server() : thread_([this] { serve(); }) {}
    file_server(const file_server&) = delete;
    file_server& operator=(const file_server&) = delete;
    ~file_server() {
        stop_ = true;
        thread_.join();
    }

    tcp::endpoint note() const { return note_.acceptor.local_endpoint(); }   // at once
    tcp::endpoint photo() const { return photo_.acceptor.local_endpoint(); } // in 0.2 seconds
    tcp::endpoint film() const { return film_.acceptor.local_endpoint(); }   // in 0.3 seconds
    /// Sends half of a photo and goes.
    tcp::endpoint broken() const { return broken_.acceptor.local_endpoint(); }
    /// Takes connections and never says a word.
    tcp::endpoint silence() const { return silence_.acceptor.local_endpoint(); }
    /// A port that is taken, so that nobody else has it, and where nobody listens.
    tcp::endpoint nobody() const { return nobody_.local_endpoint(); }
    /// The photo as an answer to an HTTP request for /photo. It has nothing else.
    tcp::endpoint http() const { return http_.acceptor.local_endpoint(); }

private:
    struct connection {
        explicit connection(tcp::socket peer) : socket(std::move(peer)) {}

        tcp::socket socket;
        std::string request;
        std::size_t sent = 0;
    };

    struct port {
        port(boost::asio::io_context& context, std::string what, int ticks)
            : acceptor(context, {boost::asio::ip::address_v4::loopback(), 0}),
              content(std::move(what)), piece(content.size() / std::size_t(ticks) + 1) {
            acceptor.non_blocking(true);
        }

        tcp::acceptor acceptor;
        std::string content;
        std::size_t piece; ///< is sent in a tick
        bool asks = false; ///< waits for the end of an HTTP header first
        std::list<connection> connections{};
    };

    static constexpr std::string_view not_found =
        "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

    static std::string bytes(std::size_t size) { return std::string(size, 'x'); }

    void serve() {
        http_.asks = true;
        while (!stop_) {
            for (port* p : {&note_, &photo_, &film_, &broken_, &silence_, &http_}) {
                boost::system::error_code none;
                for (tcp::socket peer(context_); !p->acceptor.accept(peer, none);
                     peer = tcp::socket(context_)) {
                    peer.non_blocking(true);
                    p->connections.emplace_back(std::move(peer));
                }
                p->connections.remove_if([p](connection& c) { return tick(*p, c); });
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    }

    /// Sends some more; true when the connection is to be closed.
    static bool tick(const port& p, connection& c) {
        boost::system::error_code error;
        if (p.asks && c.request.find("\r\n\r\n") == std::string::npos) {
            char some[1024];
            const std::size_t size = c.socket.read_some(boost::asio::buffer(some), error);
            c.request.append(some, size);
            return error && error != boost::asio::error::would_block;
        }
        const bool unknown = p.asks && !c.request.starts_with("GET /photo ");
        const std::string_view content = unknown ? not_found : p.content;
        if (content.empty())
            return false;
        const std::size_t piece = std::min(p.piece, content.size() - c.sent);
        c.sent += c.socket.write_some(boost::asio::buffer(content.data() + c.sent, piece), error);
        return c.sent == content.size() || (error && error != boost::asio::error::would_block);
    }

    boost::asio::io_context context_;
    port note_{context_, bytes(note_size), 1};
    port photo_{context_, bytes(photo_size), 20};
    port film_{context_, bytes(film_size), 30};
    port broken_{context_, bytes(photo_size / 2), 10};
    port silence_{context_, "", 1};
    port http_{context_,
               "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " +
                   std::to_string(photo_size) + "\r\n\r\n" + bytes(photo_size),
               20};
    tcp::socket nobody_{context_, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)};
    std::atomic<bool> stop_ = false;
    std::thread thread_;
};

} // namespace tutorial

#endif // EXAMPLE_TUTORIAL_SERVER_HPP
