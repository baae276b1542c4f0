//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_TOP_CLIENT_HPP
#define ASYNCINFO_TOP_CLIENT_HPP

#include <asyncinfo/async_action.hpp>
#include <asyncinfo/async_operation.hpp>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/http/verb.hpp>

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace asyncinfo_top {

/// A sentence for people: why the console cannot be asked.
struct failure : std::runtime_error {
    using runtime_error::runtime_error;
};

/// Where a console is.
struct address {
    std::string host, port; ///< of TCP
    std::string file;       ///< of a Unix socket
    std::string path;       ///< with a slash at its end
    std::string shown;      ///< without the secret
};

/// Reads what `console::url()` returns. Throws `failure`.
address read_address(std::string_view url);

struct response {
    unsigned status;
    std::string body;
};

/// Asks the console for what is below its address. Ends with `failure`.
asyncinfo::IAsyncOperation<response> ask(boost::asio::io_context& context, address to,
                                         boost::beast::http::verb method, std::string path);

/// A picture, as JSON.
struct event {
    std::string picture;
    bool is_last;
};

/// The pictures as they come.
class events {
public:
    /// Connects. Ends with `failure`.
    static asyncinfo::IAsyncOperation<std::unique_ptr<events>>
    open(boost::asio::io_context& context, address to);
    /// The next picture. Ends with `failure` if the connection breaks.
    asyncinfo::IAsyncOperation<event> next();

    auto get_executor() { return socket_.get_executor(); }

    using socket = boost::asio::generic::stream_protocol::socket;
    explicit events(socket connected) : socket_(std::move(connected)) {}

private:
    socket socket_;
    std::string received_;
};

} // namespace asyncinfo_top

#endif // ASYNCINFO_TOP_CLIENT_HPP
