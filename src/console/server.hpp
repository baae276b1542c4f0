//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_CONSOLE_SERVER_HPP
#define ASYNCINFO_CONSOLE_SERVER_HPP

#include <asyncinfo/console.hpp>
#include <asyncinfo/registry.hpp>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#if !defined(_WIN32)
#include <fcntl.h>
#endif

namespace asyncinfo::detail::console {

namespace asio = boost::asio;
using protocol = asio::generic::stream_protocol;

class session;

/// What a console shows, and does.
struct subject {
    std::function<registry::report()> snapshot;
    std::function<bool(std::uint64_t)> cancel; ///< false if there is no such operation
};

/// How long a client takes for what, and how much time pictures take.
struct patience {
    std::chrono::milliseconds request{10'000}; ///< to send a request, from the last answer on
    std::chrono::milliseconds answer{30'000};  ///< to read one, or one picture
    std::chrono::milliseconds end{250};        ///< to read the last picture
    int share = 20; ///< pictures take at most one part in so many of a processor's time
};

/// Text that several clients are sent at once.
using shared_text = std::shared_ptr<const std::string>;

/// Programs that this one starts do not get the socket.
template <typename Socket>
void keep_from_children(Socket& socket) noexcept {
#if !defined(_WIN32)
    ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
#else
    static_cast<void>(socket);
#endif
}

/// Removes the file of a Unix socket, if it is the one that was made: not that of another console
/// which has come since then, nor from a process that was forked.
struct socket_file {
    std::string path; ///< absolute; empty for none
    std::uint64_t device = 0;
    std::uint64_t number = 0;
    std::int64_t process = 0;

    /// Called when the file is there.
    void own(const std::string& made);
    bool is_own() const noexcept;

    socket_file() = default;
    socket_file(const socket_file&) = delete;
    socket_file& operator=(const socket_file&) = delete;
    ~socket_file();
};

/// Its own operations are plain ones of Asio's, so that they are not in the registry. All but the
/// constructor and the destructor is called by its thread.
class server {
public:
    server(const protocol::endpoint& endpoint, console_options options, subject shown,
           patience waits = {});
    ~server();
    server(const server&) = delete;
    server& operator=(const server&) = delete;

    std::string url() const;

    const console_options& options() const noexcept { return options_; }
    const patience& waits() const noexcept { return waits_; }

    /// Whether the Host header names this server, as somebody would who has connected to `here`.
    bool is_named(std::string_view host, const protocol::endpoint& here) const;
    /// What of a request's path comes after the secret; null if that is not there.
    const char* below_secret(const std::string& path) const noexcept;

    /// A report as JSON, for all who ask at about the same time.
    shared_text picture();
    std::string metrics() const;
    bool cancel(std::uint64_t id) const { return shown_.cancel(id); }

    /// Sends the client all pictures from now on.
    void subscribe(const std::shared_ptr<session>& client);

private:
    void open(const protocol::endpoint& endpoint);
    void accept();
    /// Makes room for one more connection; false if there is none.
    bool make_room();
    /// Closes the oldest connection that has not shown the secret; false if there is none.
    bool put_out_a_stranger();
    void tick();
    void run() noexcept;
    /// Shows those who look what is left.
    void finish();

    const console_options options_;
    const subject shown_;
    const patience waits_;
    std::string secret_; ///< empty for Unix sockets
    socket_file file_;

    asio::io_context context_{1};
    asio::basic_socket_acceptor<protocol, asio::io_context::executor_type> acceptor_{context_};
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>,
                               asio::io_context::executor_type>
        timer_{context_}, again_{context_};
    protocol::endpoint bound_;
    std::list<std::weak_ptr<session>> sessions_, subscribers_;
    bool ticking_ = false;
    shared_text picture_;
    std::chrono::steady_clock::time_point picture_taken_;
    std::chrono::steady_clock::duration picture_cost_{};
    registry::report before_, next_before_; ///< reports of some seconds ago
    std::thread thread_;
};

} // namespace asyncinfo::detail::console

#endif // ASYNCINFO_CONSOLE_SERVER_HPP
