//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_CONSOLE_HPP
#define ASYNCINFO_CONSOLE_HPP

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace asyncinfo {

namespace detail::console {
class server;
} // namespace detail::console

/// What a console lets its visitors do, and what it may cost. See `console`.
struct console_options {
    /// Whether visitors can cancel an operation. Otherwise they only look.
    bool may_cancel = false;
    /// Whether the address can be one that other machines reach. What is sent is not encrypted.
    bool allow_remote = false;
    /// The time from one picture of the program to the next. It is longer where making a picture
    /// takes more than a twentieth of it.
    std::chrono::milliseconds period{500};
    /// How many connections there are at a time.
    std::size_t max_clients = 32;
    /// How many operations a picture lists, the oldest. It gives the number of all.
    std::size_t max_rows = 20'000;
    /// The name that is shown for the program. Empty: the file name, where the system tells it.
    std::string program;
};

/// Shows in a browser which operations run, what they wait for, and why others have ended. Link
/// `asyncinfo::console`, which needs Boost.Beast's and Boost.JSON's headers.
///
/// The constructor turns the registry on; operations that started before it are not shown. The
/// address has a secret in it. Without the secret a visitor gets nothing, so show it only to those
/// who may look. A Unix socket needs no secret: only its user, and root, can connect.
/// A visitor never slows the program down, however slowly it reads.
///
/// It has a thread and an `io_context` of its own, and takes no context of yours. So it also works
/// in a program whose contexts hang, and it never keeps a `run()` of yours from returning.
///
/// Executor and threads: call `url` from any thread.
///
/// Lifetime: the destructor closes all connections and joins the thread. A process that is forked
/// has no console: the thread stays behind. Programs that are started by `exec` do not get its
/// sockets.
///
/// Example:
///
///     asyncinfo::console console;
///     std::cerr << "open " << console.url() << '\n';
class console {
public:
    /// Serves on 127.0.0.1, at a port that is free.
    ///
    /// Errors: throws `boost::system::system_error` if there is no port, `std::system_error` if
    /// there cannot be another thread.
    explicit console(console_options options = {})
        : console({boost::asio::ip::address_v4::loopback(), 0}, std::move(options)) {}

    /// Serves at a TCP endpoint. Port 0 stands for one that is free. The address is a loopback
    /// address, unless `allow_remote` is set.
    ///
    /// Errors: throws `boost::system::system_error` if the endpoint cannot be used:
    /// `permission_denied` if it is not a loopback address. Throws `std::system_error` if there
    /// cannot be another thread.
    explicit console(const boost::asio::ip::tcp::endpoint& endpoint, console_options options = {});

#if defined(BOOST_ASIO_HAS_LOCAL_SOCKETS)
    /// Serves at a Unix socket, a file with permissions for its owner only. A socket that a program
    /// left behind is replaced. The destructor removes the file, unless another one is there by
    /// then.
    ///
    /// Errors: throws `boost::system::system_error` if the endpoint cannot be used:
    /// `permission_denied` if the socket has no file, and on Windows, where the file has no
    /// permissions. Throws `std::system_error` if there cannot be another thread.
    explicit console(const boost::asio::local::stream_protocol::endpoint& endpoint,
                     console_options options = {});
#endif

    console(const console&) = delete;
    console& operator=(const console&) = delete;
    ~console();

    /// The address to open, with the secret: "http://127.0.0.1:34567/9f86d081884c7d65.../". Of a
    /// Unix socket: "unix:" and the path.
    std::string url() const;

private:
    std::unique_ptr<detail::console::server> server_;
};

} // namespace asyncinfo

#endif // ASYNCINFO_CONSOLE_HPP
