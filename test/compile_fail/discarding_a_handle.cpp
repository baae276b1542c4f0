// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// expect: ignoring return(ed)? value .*nodiscard
#include <asyncinfo/asyncinfo.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

int main() {
    boost::asio::io_context context;
    boost::asio::steady_timer timer(context);
#ifdef CONTROL
    [[maybe_unused]] auto action =
#endif
        timer.async_wait(asyncinfo::use_async_info);
}
