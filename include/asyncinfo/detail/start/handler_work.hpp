//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_START_HANDLER_WORK_HPP
#define ASYNCINFO_DETAIL_START_HANDLER_WORK_HPP

#include <asyncinfo/detail/base/config.hpp>
#include <asyncinfo/detail/start/gated_executor.hpp>

#include <boost/asio/associated_executor.hpp>

#include <type_traits>
#include <utility>

#if defined(ASYNCINFO_USE_ASIO_INTERNALS)
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/detail/handler_work.hpp>
#include <boost/asio/detail/work_dispatcher.hpp>
#endif

/// A door to what is Asio's own. Without it each step costs one more work count and one more
/// executor hop, and `asio::post` one more dispatch.
namespace asyncinfo::detail {

/// A `candidate_probe` is passed to `associated_executor` as the candidate. It travels through all
/// of Asio's handler adapters to the completion handler, which answers with its operation and
/// counts no reference.
template <typename Executor>
struct candidate_probe {
    /// To be captured by an operation that has no executor yet.
    const Executor* executor = nullptr;
};

struct probed_operation {
    operation_base* operation;
};

template <typename Operation, typename... Parameters>
class completion_handler;

/// True for a handler that only stores the outcome. To call it is not a step but the end: it enters
/// the gate by itself where it must. `as_tuple` leaves that as it is. `redirect_error` does not: it
/// writes to a variable of the user's, which may be in the frame of a coroutine.
template <typename Handler>
inline constexpr bool is_end = false;
template <typename Operation, typename... Parameters>
inline constexpr bool is_end<completion_handler<Operation, Parameters...>> = true;
#if defined(ASYNCINFO_USE_ASIO_INTERNALS)
template <typename Handler>
inline constexpr bool is_end<boost::asio::detail::as_tuple_handler<Handler>> = is_end<Handler>;
#endif

/// True for a handler that runs on its executor already if it was posted there. So nothing has to
/// dispatch it once more.
template <typename Handler>
inline constexpr bool runs_where_posted = false;
template <typename Operation, typename... Parameters>
inline constexpr bool runs_where_posted<completion_handler<Operation, Parameters...>> =
    !Operation::has_bound_executor;

/// A step whose function owns the completion handler, so the step needs no reference.
template <typename Function>
struct gated_step {
    operation_base& operation;
    Function function;

    void operator()() { operation.run(std::move(function)); }

    /// Asio's functions have the handler in them, or are the handler.
    auto& handler() noexcept {
        if constexpr (requires { function.handler_; })
            return function.handler_;
        else
            return function;
    }
};

/// True if a handler's associated executor is its I/O executor through the gate, and not one that
/// is bound to the handler.
template <typename Handler, typename IoExecutor>
inline constexpr bool gates_candidate =
    std::is_same_v<typename boost::asio::associated_executor<Handler, IoExecutor>::type,
                   gated_executor<IoExecutor>> &&
    std::is_same_v<
        typename boost::asio::associated_executor<Handler, candidate_probe<IoExecutor>>::type,
        probed_operation>;

} // namespace asyncinfo::detail

#if defined(ASYNCINFO_USE_ASIO_INTERNALS)

namespace boost::asio::detail {

/// The gated I/O executor is the executor that the I/O operation completes on anyway. So there is
/// no second work count, and the step runs where Asio would have run it.
template <typename Handler, typename IoExecutor>
class handler_work<Handler, IoExecutor,
                   std::enable_if_t<asyncinfo::detail::gates_candidate<Handler, IoExecutor>>>
    : handler_work_base<IoExecutor> {
public:
    using base1_type = handler_work_base<IoExecutor>;

    handler_work(Handler& handler, const IoExecutor& io_executor) noexcept
        : base1_type(0, 0, io_executor) {
        using probe = asyncinfo::detail::candidate_probe<IoExecutor>;
        associated_executor<Handler, probe>::get(handler, probe{&io_executor});
    }

    template <typename Function>
    void complete(Function& function, Handler& handler) {
        if constexpr (asyncinfo::detail::is_end<Handler>) {
            if (base1_type::owns_work())
                base1_type::dispatch(function, handler);
            else
                std::move(function)();
        } else {
            using probe = asyncinfo::detail::candidate_probe<IoExecutor>;
            auto& ours = *associated_executor<Handler, probe>::get(handler, probe()).operation;
            if (base1_type::owns_work()) {
                asyncinfo::detail::gated_step<Function> step{ours, std::move(function)};
                base1_type::dispatch(step, step.handler());
            } else {
                ours.run(std::move(function));
            }
        }
    }
};

/// For `asio::post(executor, token)` and its like.
#if defined(ASYNCINFO_POSTS_TAKE_A_FUNCTION)
template <typename Handler, typename Executor>
    requires asyncinfo::detail::runs_where_posted<Handler>
struct is_work_dispatcher_required<empty_work_function, Handler, Executor, void> : std::false_type {
};
#else
template <typename Handler, typename Executor>
    requires asyncinfo::detail::runs_where_posted<Handler>
struct is_work_dispatcher_required<Handler, Executor, void> : std::false_type {};
#endif

} // namespace boost::asio::detail

#endif

#endif // ASYNCINFO_DETAIL_START_HANDLER_WORK_HPP
