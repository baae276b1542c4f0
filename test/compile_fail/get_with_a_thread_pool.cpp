// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// expect: deleted
// expect: threads of its own: get\(\), on none of them
// lines: 24
#include <asyncinfo/asyncinfo.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

int main() {
#ifdef CONTROL
    boost::asio::io_context context;
#else
    boost::asio::thread_pool context;
#endif
    asyncinfo::IAsyncAction action;
    action.get(context);
}
