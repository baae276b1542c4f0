// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// expect: lambda of with_progress must start the operation with its token
#include <asyncinfo/asyncinfo.hpp>

#include <boost/asio.hpp>

int main() {
    namespace asio = boost::asio;
    asio::io_context context;
    asio::ip::tcp::socket socket(context);
    char data[8];
    [[maybe_unused]] auto read =
        asyncinfo::with_progress(8, [&](auto condition, [[maybe_unused]] auto token) {
#ifdef CONTROL
            return asio::async_read(socket, asio::buffer(data), condition, token);
#else
            return asio::async_read(socket, asio::buffer(data), condition,
                                    asyncinfo::use_async_info);
#endif
        });
}
