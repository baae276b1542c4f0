//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_IMPL_USE_ASYNC_INFO_HPP
#define ASYNCINFO_IMPL_USE_ASYNC_INFO_HPP

#include <asyncinfo/detail/handle/handle_access.hpp>
#include <asyncinfo/detail/handle/result_of.hpp>
#include <asyncinfo/detail/observe/deadline_timer.hpp>
#include <asyncinfo/detail/start/completion_handler.hpp>
#include <asyncinfo/use_async_info.hpp>

#include <boost/asio/async_result.hpp>

#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

template <>
inline constexpr bool holds_our_token<use_async_info_t> = true;

/// The cancellation handler in a bound slot: acts as `Cancel` on a handle does.
struct forwarded_cancel {
    operation_ptr operation;
    void operator()(boost::asio::cancellation_type_t types) const noexcept {
        operation->cancel(types, cancel_source::slot);
    }
};

/// Starts an operation: allocates the block, runs the initiating function with our completion
/// handler, and gives out the handle. `Reporter`: see `initiated_operation`.
template <typename Reporter, typename... Signatures>
struct starter {
    using result_type = result_t<Signatures...>;
    using progress_type = typename reporter_traits<Reporter>::value_type;
    using handle_type = handle_t<result_type, progress_type>;

    template <typename Initiation, typename Token, typename... Args>
    static handle_type start(Initiation&& initiation, const Token& token, Args&&... args) {
        using bound_executor = bound_t<bound::executor, Token>;
        if constexpr (is_bound<bound_executor> && publishes_executor<Initiation> &&
                      !runs_on_bound_executor_only<std::remove_cvref_t<Initiation>>()) {
            // Requests are delivered through the executor under the I/O object's strand. The strand
            // must not outlive its context, and the operation may.
            return start_on<true, bound_executor>(
                detail::bound_to<bound::executor>(token),
                under_strand(full(published_executor(initiation))),
                std::forward<Initiation>(initiation), token, std::forward<Args>(args)...);
        } else if constexpr (is_bound<bound_executor>) {
            return start_on<true, bound_executor>(detail::bound_to<bound::executor>(token),
                                                  unbound(), std::forward<Initiation>(initiation),
                                                  token, std::forward<Args>(args)...);
        } else if constexpr (publishes_executor<Initiation>) {
            using published = full_t<std::decay_t<decltype(published_executor(initiation))>>;
            return start_on<false, published>(full(published_executor(initiation)), unbound(),
                                              std::forward<Initiation>(initiation), token,
                                              std::forward<Args>(args)...);
        } else {
            return start_on<false, captured_executor>(captured_executor(), unbound(),
                                                      std::forward<Initiation>(initiation), token,
                                                      std::forward<Args>(args)...);
        }
    }

private:
    template <bool BoundExecutor, typename Executor, typename E, typename IoExecutor,
              typename Initiation, typename Token, typename... Args>
    ASYNCINFO_ALWAYS_INLINE static handle_type start_on(E&& executor, const IoExecutor& io_executor,
                                                        Initiation&& initiation, const Token& token,
                                                        Args&&... args) {
        using operation_type = initiated_operation<
            result_type, progress_type, Executor, BoundExecutor, IoExecutor,
            bound_t<bound::allocator, Token>, bound_t<bound::immediate_executor, Token>,
            bound_t<bound::name, Token>, bound_t<bound::redirected, Token>, Reporter>;
        auto* const operation =
            operation_type::create(token, std::forward<E>(executor), io_executor);
        operation_ptr handle(operation, false);
        operation->track(
            [&] { return operation->template describe<std::remove_cvref_t<Initiation>>(token); });
        completion_handler<operation_type, typename signature_traits<Signatures>::type...> handler(
            *operation);
        try {
            operation->run_initiation([&] {
                // First, so that nothing has been started if it throws.
                operation->begin_progress();
                if constexpr (is_bound<bound_t<bound::deadline, Token>>)
                    set_deadlines(*operation, detail::bound_to<bound::deadline>(token).from_now());
                if constexpr (is_bound<bound_t<bound::slot, Token>>)
                    if (auto slot = detail::bound_to<bound::slot>(token); slot.is_connected())
                        slot.template emplace<forwarded_cancel>(handle);
                // What converts is the initiating function's: Beast's WebSocket gives an int for a
                // size.
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-conversion"
#endif
                std::forward<Initiation>(initiation)(std::move(handler),
                                                     std::forward<Args>(args)...);
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif
            });
        } catch (...) {
            if (operation->is_tracked()) [[unlikely]]
                operation->identity().seen(); // by the caller, who gets the exception
            // There is no operation, so the slot must not keep a block to which there is no handle.
            if constexpr (is_bound<bound_t<bound::slot, Token>>)
                if (auto slot = detail::bound_to<bound::slot>(token); slot.is_connected())
                    slot.clear();
            throw;
        }
        return handle_access::make<handle_type>(std::move(handle));
    }
};

/// `async_result` of our own tokens.
template <typename OurToken, typename... Signatures>
struct async_info_result {
    using return_type =
        typename starter<bound_t<bound::reporter, OurToken>, Signatures...>::handle_type;

    template <typename Initiation, typename Token, typename... Args>
    static return_type initiate(Initiation&& initiation, const Token& token, Args&&... args) {
        return starter<bound_t<bound::reporter, OurToken>, Signatures...>::start(
            std::forward<Initiation>(initiation), token, std::forward<Args>(args)...);
    }
};

/// `async_result` of a binder around one of our tokens: the operation receives what it binds.
template <typename Binder, typename... Signatures>
struct async_info_binder_result {
    using rebound = decltype(rebind_outermost(std::declval<Binder>()));
    // redirect_error before Boost 1.82 uses this type.
    using return_type = typename boost::asio::async_result<rebound, Signatures...>::return_type;

    template <typename Initiation, typename Token, typename... Args>
    static return_type initiate(Initiation&& initiation, Token&& token, Args&&... args) {
        auto inner = rebind_outermost(std::forward<Token>(token));
        return boost::asio::async_initiate<rebound, Signatures...>(
            std::forward<Initiation>(initiation), inner, std::forward<Args>(args)...);
    }
};

/// True if redirect_error takes the error from this completion signature.
template <typename Signature>
inline constexpr bool is_redirected =
    std::is_same_v<typename signature_traits<Signature>::type::error, boost::system::error_code>;

/// `async_result` of redirect_error around one of our tokens: the operation learns where the error
/// goes, since that may be its own deadline's. The rest is Asio's.
template <typename Adapter, typename Signature>
struct async_info_redirect_result {
    using rebound = decltype(detail::rebind(std::declval<Adapter>(), [](const auto& ours) {
        return ours.template with<bound::redirected>(
            static_cast<boost::system::error_code*>(nullptr));
    }));
    using return_type = typename boost::asio::async_result<rebound, Signature>::return_type;

    template <typename Initiation, typename Token, typename... Args>
    static return_type initiate(Initiation&& initiation, Token&& token, Args&&... args) {
        auto* const where = redirected_to(token);
        rebound knowing = detail::rebind(std::forward<Token>(token), [=](const auto& ours) {
            return ours.template with<bound::redirected>(where);
        });
        return boost::asio::async_initiate<rebound, Signature>(
            std::forward<Initiation>(initiation), knowing, std::forward<Args>(args)...);
    }
};

} // namespace asyncinfo::detail

namespace boost::asio {

template <typename... Signatures>
class async_result<asyncinfo::use_async_info_t, Signatures...>
    : public asyncinfo::detail::async_info_result<asyncinfo::use_async_info_t, Signatures...> {};

template <typename... Bound, typename... Signatures>
class async_result<asyncinfo::detail::bound_token<Bound...>, Signatures...>
    : public asyncinfo::detail::async_info_result<asyncinfo::detail::bound_token<Bound...>,
                                                  Signatures...> {};

// Asio specialises `async_result` of its binders for one signature. Both forms are needed here to
// be preferred to that.

template <typename Token, typename Executor, typename Signature>
    requires asyncinfo::detail::holds_our_token<Token>
class async_result<executor_binder<Token, Executor>, Signature>
    : public asyncinfo::detail::async_info_binder_result<executor_binder<Token, Executor>,
                                                         Signature> {};

template <typename Token, typename Executor, typename... Signatures>
    requires asyncinfo::detail::holds_our_token<Token>
class async_result<executor_binder<Token, Executor>, Signatures...>
    : public asyncinfo::detail::async_info_binder_result<executor_binder<Token, Executor>,
                                                         Signatures...> {};

template <typename Token, typename Allocator, typename Signature>
    requires asyncinfo::detail::holds_our_token<Token>
class async_result<allocator_binder<Token, Allocator>, Signature>
    : public asyncinfo::detail::async_info_binder_result<allocator_binder<Token, Allocator>,
                                                         Signature> {};

template <typename Token, typename Allocator, typename... Signatures>
    requires asyncinfo::detail::holds_our_token<Token>
class async_result<allocator_binder<Token, Allocator>, Signatures...>
    : public asyncinfo::detail::async_info_binder_result<allocator_binder<Token, Allocator>,
                                                         Signatures...> {};

template <typename Token, typename Slot, typename Signature>
    requires asyncinfo::detail::holds_our_token<Token>
class async_result<cancellation_slot_binder<Token, Slot>, Signature>
    : public asyncinfo::detail::async_info_binder_result<cancellation_slot_binder<Token, Slot>,
                                                         Signature> {};

template <typename Token, typename Slot, typename... Signatures>
    requires asyncinfo::detail::holds_our_token<Token>
class async_result<cancellation_slot_binder<Token, Slot>, Signatures...>
    : public asyncinfo::detail::async_info_binder_result<cancellation_slot_binder<Token, Slot>,
                                                         Signatures...> {};

template <typename Token, typename Signature>
    requires(asyncinfo::detail::holds_our_token<Token> &&
             !asyncinfo::detail::knows_redirected<Token> &&
             asyncinfo::detail::is_redirected<Signature>)
class async_result<redirect_error_t<Token>, Signature>
    : public asyncinfo::detail::async_info_redirect_result<redirect_error_t<Token>, Signature> {};

#if defined(ASYNCINFO_HAS_IMMEDIATE_EXECUTOR)
template <typename Token, typename Executor, typename Signature>
    requires asyncinfo::detail::holds_our_token<Token>
class async_result<immediate_executor_binder<Token, Executor>, Signature>
    : public asyncinfo::detail::async_info_binder_result<immediate_executor_binder<Token, Executor>,
                                                         Signature> {};

template <typename Token, typename Executor, typename... Signatures>
    requires asyncinfo::detail::holds_our_token<Token>
class async_result<immediate_executor_binder<Token, Executor>, Signatures...>
    : public asyncinfo::detail::async_info_binder_result<immediate_executor_binder<Token, Executor>,
                                                         Signatures...> {};
#endif

} // namespace boost::asio

#endif // ASYNCINFO_IMPL_USE_ASYNC_INFO_HPP
