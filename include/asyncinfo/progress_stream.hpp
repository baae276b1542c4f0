//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_PROGRESS_STREAM_HPP
#define ASYNCINFO_PROGRESS_STREAM_HPP

#include <asyncinfo/detail/progress/stream_counters.hpp>
#include <asyncinfo/transfer_progress.hpp>
#include <asyncinfo/with_progress.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {
struct stream_access;
}

namespace asyncinfo {

/// A stream around another that counts what passes: for protocols whose operations take no
/// completion condition, and with no change in their calls. It may stand wherever a stream may,
/// under `asio::ssl::stream` and Beast's `websocket::stream` as well as over them; what it counts
/// is what passes at that place. (For WebSocket include `asyncinfo/beast.hpp`.)
///
/// Operations are those of the stream inside, synchronous ones included; an asynchronous one
/// allocates nothing more, and keeps the handler's executor, allocator and slot. All else,
/// connecting above all, is done with the stream inside: `asio::async_connect(stream.next_layer(),
/// endpoints, token)`, or under more layers
/// `beast::get_lowest_layer(stream).async_connect(endpoints, token)`.
///
/// Executor and threads: `bytes_read`, `bytes_written`, `start` and `progress` from any thread at
/// any time; for the rest, as the stream inside.
///
/// Lifetime: a stream that was moved from may be assigned to or destroyed.
///
/// Example:
///
///     asyncinfo::progress_stream<tcp::socket> stream(context);
///     auto op = with_progress(stream, size, [&](auto token) {
///         return http::async_read(stream, buffer, response, token);
///     });
template <typename Stream>
class progress_stream {
    template <typename S>
    static auto lowest_of(S& stream) -> typename S::lowest_layer_type&;
    template <typename S, typename... None>
    static auto lowest_of(S& stream, None...) -> S&;

public:
    using next_layer_type = std::remove_reference_t<Stream>;
    using executor_type = typename next_layer_type::executor_type;
    using lowest_layer_type =
        std::remove_reference_t<decltype(lowest_of(std::declval<next_layer_type&>()))>;

    /// Makes the stream inside of `args`; `Stream` may be a reference.
    template <typename... Args>
        requires std::is_constructible_v<Stream, Args...>
    explicit progress_stream(Args&&... args)
        : next_layer_(std::forward<Args>(args)...),
          counters_(std::make_shared<detail::stream_counters>()) {}

    progress_stream(progress_stream&&) = default;
    progress_stream& operator=(progress_stream&&) = default;

    executor_type get_executor() noexcept { return next_layer_.get_executor(); }

    next_layer_type& next_layer() noexcept { return next_layer_; }
    const next_layer_type& next_layer() const noexcept { return next_layer_; }
    lowest_layer_type& lowest_layer() noexcept;
    const lowest_layer_type& lowest_layer() const noexcept;

    /// All that has passed.
    std::uint64_t bytes_read() const noexcept { return counters_->passed(traffic::read); }
    std::uint64_t bytes_written() const noexcept { return counters_->passed(traffic::written); }

    /// From now on `progress()` counts from zero.
    void start(std::optional<std::uint64_t> total = std::nullopt) noexcept {
        counters_->start(total);
    }

    /// What has passed, both ways together, since `start` was called last, or since the stream was
    /// made.
    transfer_progress progress() const noexcept { return counters_->progress(); }

    template <typename Buffers>
    std::size_t read_some(const Buffers& buffers);
    template <typename Buffers>
    std::size_t read_some(const Buffers& buffers, boost::system::error_code& error);
    template <typename Buffers>
    std::size_t write_some(const Buffers& buffers);
    template <typename Buffers>
    std::size_t write_some(const Buffers& buffers, boost::system::error_code& error);

    template <typename Buffers,
              typename Token = boost::asio::default_completion_token_t<executor_type>>
    auto async_read_some(const Buffers& buffers, Token&& token = Token());
    template <typename Buffers,
              typename Token = boost::asio::default_completion_token_t<executor_type>>
    auto async_write_some(const Buffers& buffers, Token&& token = Token());

private:
    friend struct detail::stream_access;

    Stream next_layer_;
    std::shared_ptr<detail::stream_counters> counters_;
};

/// Starts an operation on the stream, or on a stream around it, by `initiate(token)`, and gives a
/// handle to it whose progress is what passes the stream while it runs: all of it, or what goes one
/// way, which is what to count while another operation goes the other way. An action gives an
/// `IAsyncActionWithProgress<transfer_progress>`.
///
/// Counted is what passes, and that need not be the operation's result, also at the end:
/// `async_read_until` reads ahead, WebSocket has frames and HTTP a header. (With a completion
/// condition the last progress and the result agree.)
///
/// Progress is reported by the step in which something passes; if that is another operation's, on
/// the thread of that. `initiate` returns what starting the operation with the token returned. For
/// all else see `with_progress` of a completion condition.
///
/// Lifetime: the stream may be destroyed before the operation has ended, if the operation allows
/// it.
template <typename Stream, typename Initiate>
auto with_progress(progress_stream<Stream>& stream, std::optional<std::uint64_t> total, traffic way,
                   Initiate&& initiate);
template <typename Stream, typename Initiate>
auto with_progress(progress_stream<Stream>& stream, std::optional<std::uint64_t> total,
                   Initiate&& initiate);

/// The same without a total.
template <typename Stream, typename Initiate>
auto with_progress(progress_stream<Stream>& stream, Initiate&& initiate);

} // namespace asyncinfo

#include <asyncinfo/impl/progress_stream.hpp>

#endif // ASYNCINFO_PROGRESS_STREAM_HPP
