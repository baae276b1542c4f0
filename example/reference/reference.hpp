// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef EXAMPLE_REFERENCE_HPP
#define EXAMPLE_REFERENCE_HPP

// What stands around the examples of the headers' comments: there they are fragments, here they are
// compiled and run. NAME.cpp has those of <asyncinfo/NAME.hpp>; a test sees that none is missing.

#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>

#include <chrono>
#include <iostream>
#include <source_location>
#include <string>
#include <vector>

namespace reference {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using namespace asyncinfo;
using namespace std::chrono_literals;

/// Shows the examples of one header when the program runs.
struct page {
    page(const char* header, void (*show)()) { all().push_back({header, show}); }

    struct entry {
        const char* header;
        void (*show)();
    };
    static std::vector<entry>& all() {
        static std::vector<entry> pages;
        return pages;
    }
};

inline int failures = 0;

/// Says where an example does not do what its header says.
inline void check(bool holds, std::source_location here = std::source_location::current()) {
    if (!holds) {
        std::cerr << here.file_name() << ':' << here.line() << ": not so\n";
        ++failures;
    }
}

/// Two connected sockets.
struct connection {
    asio::io_context context;
    tcp::socket socket{context}, peer{context};

    connection() {
        tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
        peer.connect(acceptor.local_endpoint());
        acceptor.accept(socket);
    }

    void send(std::string text) { asio::write(peer, asio::buffer(text)); }
};

/// What a program does with a result.
template <typename T>
void use(const T&) {}

} // namespace reference

#endif // EXAMPLE_REFERENCE_HPP
