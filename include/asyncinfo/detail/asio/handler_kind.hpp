//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_ASIO_HANDLER_KIND_HPP
#define ASYNCINFO_DETAIL_ASIO_HANDLER_KIND_HPP

#include <boost/asio/cancellation_state.hpp>

#include <cstddef>
#include <type_traits>

/// A door to what is Asio's own: whose state it is that an operation places in its slot. Without it
/// every state is a `plain` handler, which receives a request once: an `async_compose` operation
/// then misses one that comes between two of its steps.
namespace asyncinfo::detail {

/// The kind of a cancellation handler. It decides whether a handler receives a latched request
/// again, and whether the next one in the slot does.
struct handler_kind {
    enum type : unsigned char {
        plain,         ///< wants the request once
        foreign,       ///< passes it on to what the slot does not see; may lack the memory to
        read_state,    ///< the state of `asio::async_read`, `async_write` or `async_connect`
        initial_state, ///< the state an `async_compose` operation begins with
        default_state, ///< the state an `asio::ssl` operation begins with, or a plain reset
        other_state    ///< a state with another filter: a reset, or an `any_completion_handler`
    };
};

/// The handler that Asio's `cancellation_state` places: a type of its own, known by its public
/// members.
template <typename T>
concept own_state = requires(T& state) {
    state.signal_;
    state.cancelled_;
    state.in_filter_;
    state.out_filter_;
};

/// Returns the kind of a handler by its type and the number of arguments it is made from, which
/// differ as follows (Asio in Boost 1.81 to 1.88):
///
///     async_read, async_write, async_connect  (partial, partial)
///     async_compose, co_composed              (terminal, terminal)
///     ssl::stream; reset_cancellation_state() ()
///     reset_cancellation_state(f)             (f, f)
///     any_completion_handler                  (total, total)
template <typename Handler>
constexpr handler_kind::type kind_of(std::size_t arguments) {
    if constexpr (own_state<Handler>) {
        using filter = decltype(Handler::in_filter_);
        if (std::is_same_v<filter, boost::asio::enable_partial_cancellation>)
            return handler_kind::read_state;
        if (std::is_same_v<filter, boost::asio::enable_terminal_cancellation>)
            return arguments == 0 ? handler_kind::default_state : handler_kind::initial_state;
        return handler_kind::other_state;
    }
    if constexpr (requires { typename Handler::passes_on; })
        return handler_kind::foreign;
    return handler_kind::plain;
}

/// True if the handler receives the request again after each step. The handler of an
/// `async_compose` operation, such as Beast's, passes the request on to the operation it waits for,
/// if that has not just ended. The composed operation need not look at its state before it starts
/// the next one. (Asio's own operations do look, so they receive the request once.)
constexpr bool is_repeated(handler_kind::type kind) {
    return kind == handler_kind::foreign || kind == handler_kind::initial_state;
}

/// True if a state that is placed in the slot is a reset of the operation that was there. An
/// operation that has received the request may reset its state and clean up undisturbed. But if a
/// slot is handed from one operation to the next, the next one must receive the request, too. Asio
/// does not say which of the two a new state is. `before` has received the request, or is itself a
/// reset.
constexpr bool is_reset(handler_kind::type before, bool before_is_reset, handler_kind::type now) {
    switch (now) {
    case handler_kind::default_state:
        return before_is_reset || before == handler_kind::initial_state ||
               before == handler_kind::other_state;
    case handler_kind::read_state:
    case handler_kind::other_state:
        return before_is_reset ||
               (before != handler_kind::read_state && before != handler_kind::plain &&
                before != handler_kind::foreign);
    default:
        return false;
    }
}

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_ASIO_HANDLER_KIND_HPP
