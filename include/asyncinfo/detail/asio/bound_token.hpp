//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_ASIO_BOUND_TOKEN_HPP
#define ASYNCINFO_DETAIL_ASIO_BOUND_TOKEN_HPP

#include <asyncinfo/detail/asio/full_executor.hpp>
#include <asyncinfo/detail/asio/token_adapters.hpp>
#include <asyncinfo/detail/base/config.hpp>
#include <asyncinfo/detail/core/deadline.hpp>

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>

#include <source_location>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#if defined(ASYNCINFO_HAS_IMMEDIATE_EXECUTOR)
#include <boost/asio/bind_immediate_executor.hpp>
#endif

namespace asyncinfo::detail {

/// Stands for an associated object that the user has not bound.
struct unbound {};

template <typename T>
inline constexpr bool is_bound = !std::is_same_v<T, unbound>;

/// What can be bound to an operation.
enum class bound {
    executor,
    allocator,
    slot,
    immediate_executor,
    deadline,
    name,
    location,   ///< where in the source the operation is started
    redirected, ///< where redirect_error puts the error
    reporter    ///< what reports the operation's progress
};

template <bound Kind, typename T>
struct binding {
    ASYNCINFO_NO_UNIQUE_ADDRESS T value;
};

template <bound Kind, typename T>
constexpr const T& find_binding(const binding<Kind, T>& found) noexcept {
    return found.value;
}

/// What is bound to a token of this kind, or `unbound`.
template <bound Kind, typename Token>
constexpr decltype(auto) bound_to(const Token& token) noexcept {
    if constexpr (requires { detail::find_binding<Kind>(token); })
        return detail::find_binding<Kind>(token);
    else
        return unbound();
}

template <bound Kind, typename Token>
using bound_t = std::decay_t<decltype(detail::bound_to<Kind>(std::declval<const Token&>()))>;

/// `use_async_info` with the `binding`s that the binders around it have bound to the operation.
template <typename... Bindings>
struct bound_token : Bindings... {
    /// Adds a binding if there is none of its kind. Of two binders of a kind the outer one counts,
    /// as in Asio; it is applied first.
    template <bound Kind, typename T>
    constexpr auto with(const T& object) const {
        if constexpr (is_bound<bound_t<Kind, bound_token>>)
            return *this;
        else
            return bound_token<Bindings..., binding<Kind, T>>{
                static_cast<const Bindings&>(*this)..., {object}};
    }

    /// The token with a deadline for each operation that it starts, counted from the start: as
    /// `IAsyncInfo::cancel_after` on the handle, but set before the operation starts. Of several
    /// deadlines the earliest counts, for each type of cancellation. Binders and Asio's adapters
    /// around the token keep it.
    ///
    /// Cancellation: of all types if none are given; `IAsyncInfo::cancel_after` says what that
    /// means.
    ///
    /// Executor and threads: the timer belongs to the context of the executor bound to the
    /// operation, else of the one that its initiating function publishes, else of
    /// `asio::system_executor`.
    ///
    /// Errors: throws `asio::error::invalid_argument` for what is no time, such as NaN. If the
    /// deadline cannot be set, the call that starts the operation throws, and the initiating
    /// function has not run.
    ///
    /// Example: `auto read = socket.async_read_some(buffer, use_async_info.cancel_after(5s));`
    template <typename Rep, typename Period>
    constexpr auto cancel_after(
        std::chrono::duration<Rep, Period> duration,
        boost::asio::cancellation_type_t types = boost::asio::cancellation_type::all) const {
        return with_new<bound::deadline>(planned().after(duration, request_types::pack(types)));
    }

    /// Same as `cancel_after`, at a time of any clock. The time is converted to the steady clock
    /// here.
    template <typename Clock, typename Duration>
    auto
    cancel_at(std::chrono::time_point<Clock, Duration> time,
              boost::asio::cancellation_type_t types = boost::asio::cancellation_type::all) const {
        return with_new<bound::deadline>(planned().at(time, request_types::pack(types)));
    }

    /// The token with a name for each operation that it starts: what `IAsyncInfo::name` returns,
    /// for logs and for finding out what is still running. Of several names the last counts.
    /// Binders and Asio's adapters around the token keep it. Operations without a name cost nothing
    /// for it.
    ///
    /// Lifetime: the token, and each operation, has a copy; the operation's is in its block, or, if
    /// it is long, in memory from the same allocator.
    ///
    /// Example: `auto login = async_write(socket, request, use_async_info.named("login"));`
    auto named(std::string_view text,
               std::source_location where = std::source_location::current()) const {
        return with_new<bound::name>(std::string(text)).here(where);
    }

    /// The token with a place in the source for each operation that it starts: the one of this
    /// call. The registry shows it. `named` does the same.
    ///
    /// Example: `auto read = socket.async_read_some(buffer, use_async_info.here());`
    constexpr auto here(std::source_location where = std::source_location::current()) const {
        return with_new<bound::location>(where);
    }

private:
    constexpr planned_deadline planned() const {
        if constexpr (is_bound<bound_t<bound::deadline, bound_token>>)
            return bound_to<bound::deadline>(*this);
        else
            return {};
    }

    /// Same as `with`, but replaces a binding of the same kind.
    template <bound Kind, typename T>
    constexpr auto with_new(const T& object) const {
        auto changed = with<Kind>(object);
        static_cast<binding<Kind, T>&>(changed).value = object;
        return changed;
    }
};

/// How a binder is taken off a token: `inner_type` is the token inside, `bind` applies what it
/// bound to our token.
template <typename Binder>
struct binder_traits {
    static constexpr bool is_binder = false;
};

template <typename Token, typename Executor>
struct binder_traits<boost::asio::executor_binder<Token, Executor>> {
    static constexpr bool is_binder = true;
    using inner_type = Token;
    template <typename Ours>
    static auto bind(const boost::asio::executor_binder<Token, Executor>& binder,
                     const Ours& ours) {
        return ours.template with<bound::executor>(full(binder.get_executor()));
    }
};

template <typename Token, typename Allocator>
struct binder_traits<boost::asio::allocator_binder<Token, Allocator>> {
    static constexpr bool is_binder = true;
    using inner_type = Token;
    template <typename Ours>
    static auto bind(const boost::asio::allocator_binder<Token, Allocator>& binder,
                     const Ours& ours) {
        return ours.template with<bound::allocator>(binder.get_allocator());
    }
};

template <typename Token, typename Slot>
struct binder_traits<boost::asio::cancellation_slot_binder<Token, Slot>> {
    static constexpr bool is_binder = true;
    using inner_type = Token;
    template <typename Ours>
    static auto bind(const boost::asio::cancellation_slot_binder<Token, Slot>& binder,
                     const Ours& ours) {
        return ours.template with<bound::slot>(binder.get_cancellation_slot());
    }
};

#if defined(ASYNCINFO_HAS_IMMEDIATE_EXECUTOR)
template <typename Token, typename Executor>
struct binder_traits<boost::asio::immediate_executor_binder<Token, Executor>> {
    static constexpr bool is_binder = true;
    using inner_type = Token;
    template <typename Ours>
    static auto bind(const boost::asio::immediate_executor_binder<Token, Executor>& binder,
                     const Ours& ours) {
        return ours.template with<bound::immediate_executor>(full(binder.get_immediate_executor()));
    }
};
#endif

/// True for our tokens, below any number of binders and known adapters.
template <typename Token>
inline constexpr bool holds_our_token = false;
template <typename... Bound>
inline constexpr bool holds_our_token<bound_token<Bound...>> = true;
template <typename Token>
    requires binder_traits<Token>::is_binder
inline constexpr bool holds_our_token<Token> =
    holds_our_token<typename binder_traits<Token>::inner_type>;
template <typename Token>
    requires is_token_adapter<Token>
inline constexpr bool holds_our_token<Token> =
    holds_our_token<typename token_adapter<Token>::inner_type>;

/// True if our token inside knows where redirect_error puts the error.
template <typename Token>
inline constexpr bool knows_redirected = is_bound<bound_t<bound::redirected, Token>>;
template <typename Token>
    requires binder_traits<Token>::is_binder
inline constexpr bool knows_redirected<Token> =
    knows_redirected<typename binder_traits<Token>::inner_type>;
template <typename Token>
    requires is_token_adapter<Token>
inline constexpr bool knows_redirected<Token> =
    knows_redirected<typename token_adapter<Token>::inner_type>;

/// Applies `change` to our token inside `token`, whatever is around it. Binders on the way are
/// taken off and applied, too, after `change`. So `bind_executor(ex, as_tuple(use_async_info))`
/// becomes `as_tuple(use_async_info bound to ex)`, and the operation knows its executor.
template <typename Given, typename Change>
auto rebind(Given&& token, Change change) {
    using token_type = std::remove_cvref_t<Given>;
    if constexpr (binder_traits<token_type>::is_binder) {
        return detail::rebind(std::forward<Given>(token).get(), [&](const auto& ours) {
            return binder_traits<token_type>::bind(token, change(ours));
        });
    } else if constexpr (is_token_adapter<token_type>) {
        using traits = token_adapter<token_type>;
        auto inner = detail::rebind(traits::inner(std::forward<Given>(token)), change);
        return traits::rewrap(std::forward<Given>(token), std::move(inner));
    } else {
        return change(token);
    }
}

/// Takes the outermost binder off `token` and applies what it bound.
template <typename Given>
auto rebind_outermost(Given&& token) {
    return detail::rebind(std::forward<Given>(token), [](const auto& ours) { return ours; });
}

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_ASIO_BOUND_TOKEN_HPP
