//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_IMPL_PROGRESS_STREAM_HPP
#define ASYNCINFO_IMPL_PROGRESS_STREAM_HPP

#include <asyncinfo/progress_stream.hpp>

#include <boost/asio/associator.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

struct stream_access {
    template <typename Stream>
    static const auto& counters(const progress_stream<Stream>& stream) noexcept {
        return stream.counters_;
    }
};

/// The completion handler of an operation on the inner stream.
template <typename Handler>
struct counting_handler {
    void operator()(const boost::system::error_code& error, std::size_t bytes) {
        if (bytes != 0)
            stream_counters::count(counters, way, bytes);
        std::move(handler)(error, bytes);
    }

    /// Asio finds this hook by argument-dependent lookup.
    friend bool asio_handler_is_continuation(counting_handler* self) {
        using boost::asio::asio_handler_is_continuation;
        return asio_handler_is_continuation(std::addressof(self->handler));
    }

    Handler handler;
    std::shared_ptr<stream_counters> counters;
    traffic way;
};

/// Initiates an asynchronous operation of the inner stream.
template <typename Stream, traffic Way>
struct counting_initiation {
    using executor_type = typename Stream::executor_type;
    executor_type get_executor() const noexcept { return stream->get_executor(); }

    template <typename Handler, typename Buffers>
    void operator()(Handler&& handler, const Buffers& buffers) const {
        counting_handler<std::decay_t<Handler>> counting{std::forward<Handler>(handler), *counters,
                                                         Way};
        if constexpr (Way == traffic::read)
            stream->async_read_some(buffers, std::move(counting));
        else
            stream->async_write_some(buffers, std::move(counting));
    }

    Stream* stream;
    const std::shared_ptr<stream_counters>* counters;
};

} // namespace asyncinfo::detail

template <template <typename, typename> class Associator, typename Handler, typename Default>
struct boost::asio::associator<Associator, asyncinfo::detail::counting_handler<Handler>, Default>
    : Associator<Handler, Default> {
    static typename Associator<Handler, Default>::type
    get(const asyncinfo::detail::counting_handler<Handler>& h) noexcept {
        return Associator<Handler, Default>::get(h.handler);
    }
    static auto get(const asyncinfo::detail::counting_handler<Handler>& h,
                    const Default& otherwise) noexcept
        -> decltype(Associator<Handler, Default>::get(h.handler, otherwise)) {
        return Associator<Handler, Default>::get(h.handler, otherwise);
    }
};

namespace asyncinfo {

template <typename Stream>
auto progress_stream<Stream>::lowest_layer() noexcept -> lowest_layer_type& {
    if constexpr (std::is_same_v<lowest_layer_type, next_layer_type>)
        return next_layer_;
    else
        return next_layer_.lowest_layer();
}

template <typename Stream>
auto progress_stream<Stream>::lowest_layer() const noexcept -> const lowest_layer_type& {
    if constexpr (std::is_same_v<lowest_layer_type, next_layer_type>)
        return next_layer_;
    else
        return std::as_const(next_layer_).lowest_layer();
}

template <typename Stream>
template <typename Buffers>
std::size_t progress_stream<Stream>::read_some(const Buffers& buffers) {
    const auto bytes = next_layer_.read_some(buffers);
    detail::stream_counters::count(counters_, traffic::read, bytes);
    return bytes;
}

template <typename Stream>
template <typename Buffers>
std::size_t progress_stream<Stream>::read_some(const Buffers& buffers,
                                               boost::system::error_code& error) {
    const auto bytes = next_layer_.read_some(buffers, error);
    detail::stream_counters::count(counters_, traffic::read, bytes);
    return bytes;
}

template <typename Stream>
template <typename Buffers>
std::size_t progress_stream<Stream>::write_some(const Buffers& buffers) {
    const auto bytes = next_layer_.write_some(buffers);
    detail::stream_counters::count(counters_, traffic::written, bytes);
    return bytes;
}

template <typename Stream>
template <typename Buffers>
std::size_t progress_stream<Stream>::write_some(const Buffers& buffers,
                                                boost::system::error_code& error) {
    const auto bytes = next_layer_.write_some(buffers, error);
    detail::stream_counters::count(counters_, traffic::written, bytes);
    return bytes;
}

template <typename Stream>
template <typename Buffers, typename Token>
auto progress_stream<Stream>::async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        detail::counting_initiation<next_layer_type, traffic::read>{&next_layer_, &counters_},
        token, buffers);
}

template <typename Stream>
template <typename Buffers, typename Token>
auto progress_stream<Stream>::async_write_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        detail::counting_initiation<next_layer_type, traffic::written>{&next_layer_, &counters_},
        token, buffers);
}

template <typename Stream, typename Initiate>
auto with_progress(progress_stream<Stream>& stream, std::optional<std::uint64_t> total, traffic way,
                   Initiate&& initiate) {
    using token = detail::reporting_token<detail::by_stream>;
    if constexpr (detail::starts_with_progress<Initiate, token>())
        return std::forward<Initiate>(initiate)(use_async_info.with<detail::bound::reporter>(
            detail::by_stream{detail::stream_access::counters(stream), total, way}));
    else
        return detail::no_transfer();
}

template <typename Stream, typename Initiate>
auto with_progress(progress_stream<Stream>& stream, std::optional<std::uint64_t> total,
                   Initiate&& initiate) {
    return with_progress(stream, total, traffic::both, std::forward<Initiate>(initiate));
}

template <typename Stream, typename Initiate>
auto with_progress(progress_stream<Stream>& stream, Initiate&& initiate) {
    return with_progress(stream, std::nullopt, traffic::both, std::forward<Initiate>(initiate));
}

} // namespace asyncinfo

#endif // ASYNCINFO_IMPL_PROGRESS_STREAM_HPP
