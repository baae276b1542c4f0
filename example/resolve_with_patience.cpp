// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// A name look-up is a call of getaddrinfo on a thread that nobody can stop. Two seconds are enough:
// then the program goes on without it.

#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>

#include <chrono>
#include <iostream>
#include <memory>

namespace asio = boost::asio;
using asio::ip::tcp;
using asyncinfo::use_async_info;

int main(int argc, char** argv) {
    const char* const host = argc > 1 ? argv[1] : "localhost";

    asio::io_context context;
    const auto resolver = std::make_shared<tcp::resolver>(context);

    // The inner operation keeps the resolver for as long as it takes. `look_up` is another one, which
    // ends with it, or as soon as it is cancelled: by hand, or by its deadline.
    const auto look_up = asyncinfo::abandon_on_cancel(
        resolver->async_resolve(host, "80", asio::consign(use_async_info, resolver)));
    look_up.cancel_after(std::chrono::seconds(2));

    boost::system::error_code error;
    const auto addresses = look_up.get(context, error);
    if (addresses)
        for (const auto& address : *addresses)
            std::cout << host << " is " << address.endpoint().address() << '\n';
    else if (error == asio::error::timed_out)
        std::cout << host << ": no answer within two seconds\n";
    else
        std::cout << host << ": " << error.message() << '\n';
}
