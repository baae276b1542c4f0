// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_TEST_SUPPORT_SOCKET_PAIR_HPP
#define ASYNCINFO_TEST_SUPPORT_SOCKET_PAIR_HPP

#include "beside_the_library.hpp"

namespace asyncinfo_test {

/// The protocol of sockets that stay on this machine, and `connect_pair`, which connects two of
/// them. On Windows these are TCP sockets: Asio has no pair of local ones there.
#if defined(BOOST_ASIO_HAS_LOCAL_SOCKETS) && !defined(_WIN32)
using local = boost::asio::local::stream_protocol;
using boost::asio::local::connect_pair;
#else
using local = boost::asio::ip::tcp;

template <typename Socket>
void connect_pair(Socket& one, Socket& other) {
    local::acceptor acceptor(one.get_executor(), {boost::asio::ip::address_v4::loopback(), 0});
    one.connect(acceptor.local_endpoint());
    acceptor.accept(other);
    // A test sends single bytes, and expects each to arrive at once.
    one.set_option(local::no_delay(true));
    other.set_option(local::no_delay(true));
}
#endif

} // namespace asyncinfo_test

#endif // ASYNCINFO_TEST_SUPPORT_SOCKET_PAIR_HPP
