// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// expect: lambda of with_progress must return the handle that it got for the token
#include <asyncinfo/asyncinfo.hpp>

#include <boost/asio.hpp>

int main() {
    namespace asio = boost::asio;
    asio::io_context context;
    asio::ip::tcp::socket socket(context);
    char data[8];
    [[maybe_unused]] auto read = asyncinfo::with_progress(8, [&](auto condition, auto token) {
#ifdef CONTROL
        return
#else
        (void)
#endif
            asio::async_read(socket, asio::buffer(data), condition, token);
    });
}
