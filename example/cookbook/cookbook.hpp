// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// What the recipes of doc/cookbook.md have in common. Each file has one recipe, and a function that
// runs it and checks what it says.

#ifndef ASYNCINFO_EXAMPLE_COOKBOOK_HPP
#define ASYNCINFO_EXAMPLE_COOKBOOK_HPP

#include <asyncinfo/asyncinfo.hpp>

#include <boost/asio.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <functional>
#include <future>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <source_location>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace cookbook {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using asio::as_tuple, asio::deferred, asio::ip::tcp;
using asyncinfo::AsyncStatus, asyncinfo::IAsyncAction, asyncinfo::IAsyncInfo;
using asyncinfo::IAsyncOperation, asyncinfo::operation_group, asyncinfo::use_async_info;
using boost::system::error_code, boost::system::system_error;
using std::chrono::milliseconds, std::chrono::steady_clock;

/// A recipe registers itself, and main.cpp runs it.
struct recipe {
    recipe(const char* name, void (*run)());
};

/// Makes the recipe fail that is running.
inline void check(bool right, std::source_location where = std::source_location::current()) {
    if (!right)
        throw std::runtime_error(std::string(where.file_name()) + ':' +
                                 std::to_string(where.line()) + ": this should be true");
}

/// Stands for an operation of yours: gives `result` after a time.
inline IAsyncOperation<int> work(asio::any_io_executor, milliseconds time, int result) {
    co_await asyncinfo::resume_after(time);
    co_return result;
}

/// Two connected sockets.
struct connection {
    explicit connection(const asio::any_io_executor& executor) : here(executor), there(executor) {
        tcp::acceptor acceptor(executor, {asio::ip::address_v4::loopback(), 0});
        here.connect(acceptor.local_endpoint());
        acceptor.accept(there);
    }

    tcp::socket here;
    tcp::socket there;
};

} // namespace cookbook

#endif // ASYNCINFO_EXAMPLE_COOKBOOK_HPP
