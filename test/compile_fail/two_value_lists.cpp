// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// expect: different value lists
#include <asyncinfo/asyncinfo.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/system/error_code.hpp>

#include <string>

using boost::system::error_code;

#ifdef CONTROL
using second = void(error_code);
#else
using second = void(error_code, std::string);
#endif

int main() {
    auto initiation = [](auto handler) { std::move(handler)(error_code(), 1); };
    [[maybe_unused]] auto operation =
        boost::asio::async_initiate<decltype(asyncinfo::use_async_info), void(error_code, int),
                                    second>(initiation, asyncinfo::use_async_info);
}
