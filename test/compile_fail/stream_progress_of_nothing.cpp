// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// expect: lambda of with_progress must return the handle that it got for the token
#include <asyncinfo/asyncinfo.hpp>

#include <boost/asio.hpp>

int main() {
    namespace asio = boost::asio;
    asio::io_context context;
    asyncinfo::progress_stream<asio::ip::tcp::socket> stream(context);
    char data[8];
    [[maybe_unused]] auto read = asyncinfo::with_progress(stream, 8, [&](auto token) {
#ifdef CONTROL
        return
#else
        (void)
#endif
            asio::async_read(stream, asio::buffer(data), token);
    });
}
