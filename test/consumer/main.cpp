// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include <asyncinfo/asyncinfo.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>

int main() {
    boost::asio::io_context context;
    boost::asio::steady_timer soon(context, std::chrono::seconds(0));
    boost::asio::steady_timer late(context, std::chrono::hours(1));

    auto completed = soon.async_wait(asyncinfo::use_async_info);
    auto canceled = late.async_wait(asyncinfo::use_async_info);
    canceled.Cancel();
    context.run();

    return completed.Status() == asyncinfo::AsyncStatus::Completed &&
                   canceled.Status() == asyncinfo::AsyncStatus::Canceled
               ? 0
               : 1;
}
