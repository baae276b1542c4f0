//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
// A console shows the registry.

#include <asyncinfo/console.hpp>

#include "server.hpp"

#include <asyncinfo/registry.hpp>

#include <utility>

namespace asyncinfo {
namespace {

std::unique_ptr<detail::console::server> serve(const detail::console::protocol::endpoint& endpoint,
                                               console_options&& options) {
    registry::enable();
    return std::make_unique<detail::console::server>(
        endpoint, std::move(options),
        detail::console::subject{.snapshot = [] { return registry::snapshot(); },
                                 .cancel = [](std::uint64_t id) { return registry::cancel(id); }});
}

} // namespace

console::console(const boost::asio::ip::tcp::endpoint& endpoint, console_options options)
    : server_(serve(endpoint, std::move(options))) {}

#if defined(BOOST_ASIO_HAS_LOCAL_SOCKETS)
console::console(const boost::asio::local::stream_protocol::endpoint& endpoint,
                 console_options options)
    : server_(serve(endpoint, std::move(options))) {}
#endif

console::~console() = default;

std::string console::url() const { return server_->url(); }

} // namespace asyncinfo
