//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_OBSERVE_WAITING_HANDLER_HPP
#define ASYNCINFO_DETAIL_OBSERVE_WAITING_HANDLER_HPP

#include <asyncinfo/detail/block/observer.hpp>
#include <asyncinfo/detail/block/operation.hpp>
#include <asyncinfo/detail/block/result.hpp>
#include <asyncinfo/detail/observe/handler_node.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>

#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

/// The signature of a wait for an operation: `void(error_code)`, or with the result
/// `void(error_code, T)`.
template <typename T>
struct wait_signature {
    using type = void(boost::system::error_code, T);
};
template <>
struct wait_signature<void> {
    using type = void(boost::system::error_code);
};

/// Calls `handler` with the operation's outcome. If there is no T it is value-initialised.
template <typename T, typename Handler>
void deliver_outcome(Handler&& handler, operation_base& ended) {
    boost::system::error_code refused;
    if constexpr (std::is_void_v<T>) {
        const auto code = ended.code(refused);
        std::forward<Handler>(handler)(refused ? refused : code);
    } else {
        auto result = read_result(static_cast<operation<T>&>(ended), false, refused);
        const auto code = ended.code(refused);
        std::forward<Handler>(handler)(refused ? refused : code, result ? *std::move(result) : T());
    }
}

/// A completion handler that waits for an operation to end: the observer behind `op(token)`.
///
/// It is posted to the handler's executor when the operation has ended, or when the wait is
/// cancelled. It is never called in the initiating function. `T` is the result to be delivered, or
/// void.
template <typename Handler, typename T>
class waiting_handler final
    : public observer,
      public handler_node<waiting_handler<Handler, T>, Handler, boost::asio::any_io_executor> {
    using node = handler_node<waiting_handler, Handler, boost::asio::any_io_executor>;
    friend node;

public:
    static void start(Handler handler, operation_base& operation) {
        auto made = node::make(std::move(handler), operation);
        if (auto slot = made->slot(); slot.is_connected())
            slot.template emplace<cancel_wait>(operation, *made);
        made->watch();
        // Released before the node is registered: once registered it may be notified and gone at
        // any time.
        waiting_handler& waiting = *made.release();
        if (!operation.observe(waiting))
            waiting.post();
    }

    void ended() override { node::post(); }

private:
    /// The cancellation handler in the waiter's slot. As any handler there, it is called on the
    /// waiter's executor.
    ///
    /// The wait may be gone without having cleared the slot: it was destroyed uncalled where the
    /// slot must not be touched. So this handler uses the wait only if it is still an observer of
    /// the operation.
    class cancel_wait {
    public:
        cancel_wait(operation_base& operation, waiting_handler& waiting) noexcept
            : operation_(&operation), waiting_(&waiting) {}

        void operator()(boost::asio::cancellation_type_t types) {
            if (types == boost::asio::cancellation_type::none || !waiting_ ||
                !operation_->unobserve(*waiting_))
                return;
            waiting_handler& waiting = *std::exchange(waiting_, nullptr);
            waiting.cancelled_ = true;
            auto slot = waiting.slot();
            try {
                waiting.post();
            } catch (...) {
                // The handler is gone.
                slot.clear();
                throw;
            }
        }

    private:
        operation_ptr operation_;
        waiting_handler* waiting_;
    };

    waiting_handler(Handler&& handler, operation_base& operation)
        : observer(rank::submitted), node(std::move(handler), operation.executor()),
          operation_(&operation) {}

    void complete() {
        if (auto slot = node::slot(); slot.is_connected())
            slot.clear();
        const operation_ptr operation = std::move(operation_);
        const bool cancelled = cancelled_;
        auto taken = node::take();
        if (!cancelled)
            deliver_outcome<T>(std::move(taken.handler), *operation);
        else if constexpr (std::is_void_v<T>)
            std::move(taken.handler)(
                boost::system::error_code(boost::asio::error::operation_aborted));
        else
            std::move(taken.handler)(
                boost::system::error_code(boost::asio::error::operation_aborted), T());
    }

    void lose() noexcept { node::take(); }

    void context_ends(context_life&, bool) noexcept override {
        const operation_ptr operation = operation_;
        if (operation->unobserve(*this))
            lose();
        else
            node::leave_to_poster();
    }

    operation_ptr operation_;
    bool cancelled_ = false;
};

/// The initiation of a wait. It publishes the operation's own executor.
template <typename T>
class initiate_wait {
public:
    /// A wait has no I/O object: with an executor bound to it, it runs there and nowhere else.
    static constexpr bool runs_on_bound_executor_only = true;

    using executor_type = boost::asio::any_io_executor;

    explicit initiate_wait(operation_ptr operation) noexcept : operation_(std::move(operation)) {}

    executor_type get_executor() const noexcept { return operation_->executor(); }

    template <typename Handler>
    void operator()(Handler&& handler) const {
        waiting_handler<std::decay_t<Handler>, T>::start(std::forward<Handler>(handler),
                                                         *operation_);
    }

private:
    operation_ptr operation_;
};

/// The type is spelled, never deduced: Asio uses it to tell whether a handle is an asynchronous
/// operation.
template <typename T, typename Token>
using wait_result_t =
    decltype(boost::asio::async_initiate<std::decay_t<Token>, typename wait_signature<T>::type>(
        std::declval<initiate_wait<T>>(), std::declval<std::decay_t<Token>&>()));

template <typename T, typename Token>
wait_result_t<T, Token> async_wait_for(const operation_ptr& operation, Token&& token) {
    if (!operation || (operation->load() & lifecycle::closed))
        throw_refusal(operation.get(), operation ? errc::illegal_method_call : errc::empty_handle,
                      "async_wait");
    std::decay_t<Token> own(std::forward<Token>(token));
    return boost::asio::async_initiate<std::decay_t<Token>, typename wait_signature<T>::type>(
        initiate_wait<T>(operation), own);
}

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_OBSERVE_WAITING_HANDLER_HPP
