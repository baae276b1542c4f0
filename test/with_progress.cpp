// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include <asyncinfo/with_progress.hpp>

#include "support/counting_allocator.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prepend.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_at.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <boost/asio/write_at.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

using asyncinfo::AsyncStatus;
using asyncinfo::IAsyncOperationWithProgress;
using asyncinfo::transfer_progress;

namespace with_progress_test {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using transfer = IAsyncOperationWithProgress<std::size_t, transfer_progress>;

/// Hands out, and takes, three bytes a step.
struct slow_device {
    using executor_type = asio::io_context::executor_type;
    executor_type get_executor() const noexcept { return context->get_executor(); }

    template <typename Buffers, typename Token>
    auto async_read_some(const Buffers& buffers, Token&& token) {
        return start(asio::buffer_copy(buffers, asio::buffer(content), 3), token);
    }
    template <typename Buffers, typename Token>
    auto async_write_some(const Buffers& buffers, Token&& token) {
        return start(std::min<std::size_t>(asio::buffer_size(buffers), 3), token);
    }
    template <typename Buffers, typename Token>
    auto async_read_some_at(std::uint64_t offset, const Buffers& buffers, Token&& token) {
        return start(asio::buffer_copy(buffers, asio::buffer(content) + offset, 3), token);
    }
    template <typename Buffers, typename Token>
    auto async_write_some_at(std::uint64_t, const Buffers& buffers, Token&& token) {
        return start(std::min<std::size_t>(asio::buffer_size(buffers), 3), token);
    }

    struct initiation {
        slow_device* self;
        using executor_type = slow_device::executor_type;
        executor_type get_executor() const noexcept { return self->get_executor(); }

        template <typename Handler>
        void operator()(Handler handler, std::size_t n) const {
            asio::post(*self->context, asio::prepend(std::move(handler),
                                                     n == 0 ? asio::error::eof : error_code(), n));
        }
    };

    template <typename Token>
    auto start(std::size_t n, Token& token) {
        return asio::async_initiate<Token, void(error_code, std::size_t)>(initiation{this}, token,
                                                                          n);
    }

    asio::io_context* context;
    std::string content = "the content";
};

/// An operation and all that is seen of it.
struct fixture {
    asio::io_context context;
    slow_device device{&context};
    std::string place = std::string(8, '\0');
    std::vector<std::uint64_t> seen;

    auto into_seen() {
        return [this](auto& sender, const transfer_progress& p) {
            BOOST_TEST((sender.progress() == p));
            seen.push_back(p.bytes);
        };
    }

    /// Reports 3, 6 and 8 of 8 bytes.
    void check(const transfer& op) {
        BOOST_TEST((op.progress() == transfer_progress{0, 8, {}}));
        op.Progress(into_seen());
        BOOST_TEST(op.get(context) == 8u);
        BOOST_TEST(seen == (std::vector<std::uint64_t>{3, 6, 8}), boost::test_tools::per_element());
        const auto last = op.progress().value();
        BOOST_TEST(last.bytes == 8u);
        BOOST_TEST(last.total.value() == 8u);
        BOOST_TEST(last.elapsed.count() > 0);
        BOOST_TEST(last.rate() > 0);
        BOOST_TEST(last.fraction() == 1);
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(with_progress)

BOOST_FIXTURE_TEST_CASE(of_a_read, fixture) {
    check(asyncinfo::with_progress(8, [&](auto condition, auto token) {
        return asio::async_read(device, asio::buffer(place), condition, token);
    }));
    BOOST_TEST(place == "thetheth");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace with_progress_test
