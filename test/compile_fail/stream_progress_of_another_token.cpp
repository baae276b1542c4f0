// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// expect: lambda of with_progress must start the operation with its token
#include <asyncinfo/asyncinfo.hpp>

#include <boost/asio.hpp>

int main() {
    namespace asio = boost::asio;
    asio::io_context context;
    asyncinfo::progress_stream<asio::ip::tcp::socket> stream(context);
    char data[8];
    [[maybe_unused]] auto read =
        asyncinfo::with_progress(stream, 8, [&]([[maybe_unused]] auto token) {
#ifdef CONTROL
            return asio::async_read(stream, asio::buffer(data), token);
#else
            return asio::async_read(stream, asio::buffer(data), asyncinfo::use_async_info);
#endif
        });
}
