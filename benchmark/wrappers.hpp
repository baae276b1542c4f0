// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_BENCHMARK_WRAPPERS_HPP
#define ASYNCINFO_BENCHMARK_WRAPPERS_HPP

#include "slot_allocator.hpp"

#include <asyncinfo/asyncinfo.hpp>

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/promise.hpp>
#include <boost/asio/experimental/use_promise.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <optional>
#include <tuple>

/// The four ways to start an operation and to read its result, behind one interface:
///
///     start(initiation)   initiation(token) starts it; at once, in the caller
///     pending()           polls
///     read()              the bytes that were read, if any; the operation has ended
///     release()           gives back what the wrapper holds
///     cancel()            on the loop's thread
///     cancel_from_afar()  on any thread
///
/// An operation is started again only after it was read and released. `Cancellable` says that the
/// row cancels; then every wrapper must be able to, and `read()` expects `operation_aborted`.
namespace bench {

namespace asio = boost::asio;
using boost::system::error_code;

inline void expect(bool what_must_hold, const char* sentence) {
    if (!what_must_hold) [[unlikely]] {
        std::fprintf(stderr, "benchmark: %s\n", sentence);
        std::abort();
    }
}

namespace detail {

inline void check(bool, const std::tuple<>&) {}

template <class... Ts>
void check(bool cancelled, const std::tuple<error_code, Ts...>& result) {
    if (cancelled)
        expect(std::get<0>(result) == asio::error::operation_aborted, "expected to be cancelled");
    else
        expect(!std::get<0>(result), "unexpected error");
}

template <class... Ts>
std::size_t bytes(const std::tuple<Ts...>& result) {
    if constexpr (sizeof...(Ts) == 2)
        return std::get<1>(result);
    else
        return 0;
}

} // namespace detail

// ---------------------------------------------------------------------------------------------
// raw: a plain callback that stores what it is given.

template <class Signature, bool Cancellable>
class raw_operation;

template <class... Ts, bool Cancellable>
class raw_operation<void(Ts...), Cancellable> {
public:
    raw_operation() = default;
    raw_operation(const raw_operation&) = delete;
    raw_operation& operator=(const raw_operation&) = delete;

    template <class Initiation>
    void start(const Initiation& initiation) {
        ended_ = false;
        auto handler = [this](Ts... values) {
            result_ = std::tuple<Ts...>(values...);
            ended_ = true;
        };
        if constexpr (Cancellable)
            initiation(asio::bind_cancellation_slot(signal_.slot(), handler));
        else
            initiation(handler);
    }

    bool pending() const { return !ended_; }

    std::size_t read() {
        expect(ended_, "read before the end");
        detail::check(Cancellable, result_);
        return detail::bytes(result_);
    }

    void release() {}
    void cancel() { signal_.emit(asio::cancellation_type::all); }

    void cancel_from_afar(asio::io_context& loop) {
        asio::post(loop, [this] { cancel(); });
    }

private:
    std::tuple<Ts...> result_;
    bool ended_ = false;
    asio::cancellation_signal signal_;
};

struct raw {
    template <class Signature, class Executor, bool Cancellable = false>
    using operation = raw_operation<Signature, Cancellable>;
};

// ---------------------------------------------------------------------------------------------
// use_future; where the row cancels, the error comes as a value, so that no exception is measured.

template <class Signature, bool Cancellable>
class future_operation;

template <class... Ts, bool Cancellable>
class future_operation<void(Ts...), Cancellable> {
public:
    future_operation() = default;
    future_operation(const future_operation&) = delete;
    future_operation& operator=(const future_operation&) = delete;

    template <class Initiation>
    void start(const Initiation& initiation) {
        if constexpr (Cancellable)
            future_ = initiation(asio::bind_cancellation_slot(
                signal_.slot(),
                asio::use_future([](Ts... values) { return std::tuple<Ts...>(values...); })));
        else
            future_ = initiation(asio::use_future);
    }

    bool pending() const {
        return future_.wait_for(std::chrono::seconds(0)) != std::future_status::ready;
    }

    std::size_t read() {
        if constexpr (Cancellable) {
            const auto result = future_.get();
            detail::check(true, result);
            return detail::bytes(result);
        } else if constexpr (sizeof...(Ts) == 2) {
            return future_.get();
        } else {
            future_.get();
            return 0;
        }
    }

    void release() { future_ = {}; }
    void cancel() { signal_.emit(asio::cancellation_type::all); }

    void cancel_from_afar(asio::io_context& loop) {
        asio::post(loop, [this] { cancel(); });
    }

private:
    template <class... Us>
    struct value {
        using type = void;
    };
    template <class T>
    struct value<error_code, T> {
        using type = T;
    };

    std::future<std::conditional_t<Cancellable, std::tuple<Ts...>, typename value<Ts...>::type>>
        future_;
    asio::cancellation_signal signal_;
};

struct use_future {
    template <class Signature, class Executor, bool Cancellable = false>
    using operation = future_operation<Signature, Cancellable>;
};

// ---------------------------------------------------------------------------------------------
// use_promise. A promise gives its result only to a handler. Attached before the end, from an
// allocator that costs nothing, that is cheapest: no heap block and no hop of its own.

template <class Signature, class Executor, bool Cancellable>
class promise_operation;

template <class... Ts, class Executor, bool Cancellable>
class promise_operation<void(Ts...), Executor, Cancellable> {
public:
    promise_operation() = default;
    promise_operation(const promise_operation&) = delete;
    promise_operation& operator=(const promise_operation&) = delete;

    template <class Initiation>
    void start(const Initiation& initiation) {
        read_ = false;
        promise_.emplace(initiation(asio::experimental::use_promise));
        (*promise_)(asio::bind_allocator(slot_allocator<void>(storage_), [this](Ts... values) {
            result_ = std::tuple<Ts...>(values...);
            read_ = true;
        }));
    }

    bool pending() const { return !promise_->completed(); }

    std::size_t read() {
        expect(read_, "read before the end");
        detail::check(Cancellable, result_);
        return detail::bytes(result_);
    }

    void release() { promise_.reset(); }
    void cancel() { promise_->cancel(); }

    void cancel_from_afar(asio::io_context& loop) {
        asio::post(loop, [this] { cancel(); });
    }

private:
    std::optional<asio::experimental::promise<void(Ts...), Executor>> promise_;
    std::tuple<Ts...> result_;
    bool read_ = false;
    slot storage_;
};

struct use_promise {
    template <class Signature, class Executor, bool Cancellable = false>
    using operation = promise_operation<Signature, Executor, Cancellable>;
};

// ---------------------------------------------------------------------------------------------
// asyncinfo.

template <class Signature, bool Cancellable>
class asyncinfo_operation;

template <class... Ts, bool Cancellable>
class asyncinfo_operation<void(Ts...), Cancellable> {
public:
    asyncinfo_operation() = default;
    asyncinfo_operation(const asyncinfo_operation&) = delete;
    asyncinfo_operation& operator=(const asyncinfo_operation&) = delete;

    template <class Initiation>
    void start(const Initiation& initiation) {
        handle_ = initiation(::asyncinfo::use_async_info);
    }

    bool pending() const { return handle_.Status() == ::asyncinfo::AsyncStatus::Started; }

    std::size_t read() {
        if constexpr (Cancellable) {
            detail::check(true, handle_.outcome());
            return 0;
        } else if constexpr (sizeof...(Ts) == 2) {
            return handle_.GetResults();
        } else {
            handle_.GetResults();
            return 0;
        }
    }

    void release() { handle_ = {}; }
    void cancel() { handle_.Cancel(); }

    void cancel_from_afar(asio::io_context&) { handle_.Cancel(); }

private:
    template <class... Us>
    struct handle {
        using type = ::asyncinfo::IAsyncAction;
    };
    template <class T>
    struct handle<error_code, T> {
        using type = ::asyncinfo::IAsyncOperation<T>;
    };

    typename handle<Ts...>::type handle_{};
};

struct asyncinfo {
    template <class Signature, class Executor, bool Cancellable = false>
    using operation = asyncinfo_operation<Signature, Cancellable>;
};

} // namespace bench

#endif
