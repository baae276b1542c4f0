// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_BENCHMARK_SOCKETS_HPP
#define ASYNCINFO_BENCHMARK_SOCKETS_HPP

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <array>
#include <cstddef>

namespace bench {

/// Two connected sockets, of any_io_executor: what is written to the one is read from the other.
class sockets {
public:
    using socket = boost::asio::local::stream_protocol::socket;

    explicit sockets(boost::asio::io_context& context) : reader_(context), writer_(context) {
        boost::asio::local::connect_pair(reader_, writer_);
    }

    /// Makes so many bytes readable.
    void write(std::size_t count) { writer_.write_some(boost::asio::buffer(bytes_, count)); }

    socket& reader() { return reader_; }
    boost::asio::mutable_buffer buffer(std::size_t count) {
        return boost::asio::buffer(buffer_, count);
    }

private:
    socket reader_;
    socket writer_;
    std::array<char, 32> bytes_{};
    std::array<char, 32> buffer_{};
};

} // namespace bench

#endif
