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

/// A stream around another one that counts the bytes that pass. Use it for protocols whose
/// operations take no completion condition; their calls stay as they are. It can stand wherever a
/// stream can: over or under `asio::ssl::stream` and Beast's `websocket::stream`. It counts what
/// passes at that place. (For WebSocket include `asyncinfo/beast.hpp`.)
///
/// It reads and writes as the stream inside does, synchronously and asynchronously. An asynchronous
/// operation allocates nothing more, and keeps the handler's executor, allocator and slot. All else
/// you do with the stream inside, such as connecting: `asio::async_connect(stream.next_layer(),
/// endpoints, token)`, or under more layers
/// `beast::get_lowest_layer(stream).async_connect(endpoints, token)`.
///
/// Executor and threads: call `bytes_read`, `bytes_written`, `start` and `progress` from any thread
/// at any time. All else is as with the stream inside.
///
/// Lifetime: a stream that was moved from can be assigned to or destroyed.
///
/// Example:
///
///     progress_stream<tcp::socket> stream(context);
///     asio::async_connect(stream.next_layer(), endpoints, use_async_info).get();
///     asio::write(stream, asio::buffer("hello", 5));
///     std::cout << stream.bytes_written() << " bytes so far\n";
template <typename Stream>
class progress_stream {
    template <typename S>
    static auto lowest_of(S& stream) -> typename S::lowest_layer_type&;
    template <typename S, typename... None>
    static auto lowest_of(S& stream, None...) -> S&;

public:
    /// The type of the stream inside.
    using next_layer_type = std::remove_reference_t<Stream>;
    /// The type of its executor.
    using executor_type = typename next_layer_type::executor_type;
    /// The type of the stream below all layers.
    using lowest_layer_type =
        std::remove_reference_t<decltype(lowest_of(std::declval<next_layer_type&>()))>;

    /// Makes the stream inside from `args`. `Stream` may be a reference to a stream that outlives
    /// this.
    template <typename... Args>
        requires std::is_constructible_v<Stream, Args...>
    explicit progress_stream(Args&&... args)
        : next_layer_(std::forward<Args>(args)...),
          counters_(std::make_shared<detail::stream_counters>()) {}

    /// Takes the stream over, with what it has counted.
    progress_stream(progress_stream&&) = default;
    /// Takes the stream over, with what it has counted.
    progress_stream& operator=(progress_stream&&) = default;

    /// The executor of the stream inside.
    executor_type get_executor() noexcept { return next_layer_.get_executor(); }

    /// The stream inside.
    next_layer_type& next_layer() noexcept { return next_layer_; }
    /// The stream inside.
    const next_layer_type& next_layer() const noexcept { return next_layer_; }
    /// The stream below all layers.
    lowest_layer_type& lowest_layer() noexcept;
    /// The stream below all layers.
    const lowest_layer_type& lowest_layer() const noexcept;

    /// How many bytes were read since the stream was made.
    std::uint64_t bytes_read() const noexcept { return counters_->passed(traffic::read); }
    /// How many bytes were written since the stream was made.
    std::uint64_t bytes_written() const noexcept { return counters_->passed(traffic::written); }

    /// Lets `progress()` count from zero again, towards `total` bytes if that is given.
    void start(std::optional<std::uint64_t> total = std::nullopt) noexcept {
        counters_->start(total);
    }

    /// What has passed, both ways together, since the last call of `start`, or since the stream was
    /// made.
    transfer_progress progress() const noexcept { return counters_->progress(); }

    /// Reads as the stream inside does, and counts.
    template <typename Buffers>
    std::size_t read_some(const Buffers& buffers);
    template <typename Buffers>
    std::size_t read_some(const Buffers& buffers, boost::system::error_code& error);
    /// Writes as the stream inside does, and counts.
    template <typename Buffers>
    std::size_t write_some(const Buffers& buffers);
    template <typename Buffers>
    std::size_t write_some(const Buffers& buffers, boost::system::error_code& error);

    /// Reads as the stream inside does, and counts. Takes any completion token.
    template <typename Buffers,
              typename Token = boost::asio::default_completion_token_t<executor_type>>
    auto async_read_some(const Buffers& buffers, Token&& token = Token());
    /// Writes as the stream inside does, and counts. Takes any completion token.
    template <typename Buffers,
              typename Token = boost::asio::default_completion_token_t<executor_type>>
    auto async_write_some(const Buffers& buffers, Token&& token = Token());

private:
    friend struct detail::stream_access;

    Stream next_layer_;
    std::shared_ptr<detail::stream_counters> counters_;
};

/// Starts an operation on the stream, or on a stream around it, and returns a handle whose progress
/// is what passes the stream meanwhile. `initiate(token)` starts the operation with the token, and
/// returns what that returned. `total` is how many bytes are expected, if you know. `way` tells
/// which bytes count: all of them, or only those that are read or written. Choose one way if
/// another operation goes the other way at the same time. The handle is an
/// `IAsyncOperationWithProgress<T, transfer_progress>`, or an
/// `IAsyncActionWithProgress<transfer_progress>`.
///
/// Every byte that passes counts, so the last progress and the operation's result can differ:
/// `async_read_until` reads ahead, WebSocket has frames and HTTP a header. (They agree if the
/// operation takes a completion condition.)
///
/// Executor and threads: progress is reported by the step in which something passes. If that step
/// belongs to another operation, it is reported on the thread of that one. All else is as with
/// `with_progress` of a completion condition.
///
/// Lifetime: the stream may be destroyed before the operation has ended, if the operation allows
/// it.
///
/// Example:
///
///     auto line = with_progress(stream, std::nullopt, traffic::read, [&](auto token) {
///         return asio::async_read_until(stream, asio::dynamic_buffer(text), '\n', token);
///     });
template <typename Stream, typename Initiate>
auto with_progress(progress_stream<Stream>& stream, std::optional<std::uint64_t> total, traffic way,
                   Initiate&& initiate);
/// The same for both ways.
template <typename Stream, typename Initiate>
auto with_progress(progress_stream<Stream>& stream, std::optional<std::uint64_t> total,
                   Initiate&& initiate);

/// The same for both ways and without a total.
template <typename Stream, typename Initiate>
auto with_progress(progress_stream<Stream>& stream, Initiate&& initiate);

} // namespace asyncinfo

#include <asyncinfo/impl/progress_stream.hpp>

#endif // ASYNCINFO_PROGRESS_STREAM_HPP
