// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include <asyncinfo/asyncinfo.hpp>

#include <boost/asio/steady_timer.hpp>

// The same templates as in main.cpp: a definition in a header that is not inline would not link.
asyncinfo::IAsyncAction start(boost::asio::steady_timer& timer) {
    return timer.async_wait(asyncinfo::use_async_info);
}
