//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_ASIO_INTERNALS_HPP
#define ASYNCINFO_DETAIL_ASIO_INTERNALS_HPP

#include <asyncinfo/async_status.hpp>
#include <asyncinfo/detail/bound_token.hpp>
#include <asyncinfo/detail/config.hpp>
#include <asyncinfo/detail/gated_executor.hpp>
#include <asyncinfo/detail/polling_frame.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/system/system_error.hpp>

#include <concepts>
#include <type_traits>
#include <utility>

#if defined(ASYNCINFO_USE_ASIO_INTERNALS)
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detail/handler_work.hpp>
#include <boost/asio/detail/scheduler.hpp>
#include <boost/asio/detail/work_dispatcher.hpp>
#endif

/// All that touches `boost::asio::detail`, and what does the same without it.
///
/// | piece                      | without it                                                     |
/// |----------------------------|----------------------------------------------------------------|
/// | `runs_on_this_thread`      | `errc::would_deadlock` is found only for io_context and        |
/// |                            | thread_pool executors, strands of them, and `any_io_executor`  |
/// |                            | holding one of these; and for a `completion_queue`, always     |
/// | `scheduler_runs_here`      | a coroutine looks at its context to see whether it runs here,  |
/// |                            | and keeps it from being destroyed meanwhile: two atomic        |
/// |                            | operations more for each await                                 |
/// | `published_executor`       | under Asio's adapters on Boost 1.81 a stored `any_io_executor`, |
/// |                            | known only once the operation has begun its first step         |
/// | `handler_work`             | one more work count and executor hop for each I/O step         |
/// | `is_work_dispatcher_required` | one more dispatch in `asio::post`                           |
/// | `awaitable_async_op`, in   | `asio::awaitable` awaits rvalue handles only, as `op(token)`    |
/// | every version              | delivers them; what an empty one throws comes out of `run()`   |
/// | `handler_in`               | what is placed in a slot of type `asio::cancellation_slot`     |
/// |                            | hears a request again after each step                          |
namespace asyncinfo {
class IAsyncInfo;
}

namespace asyncinfo::detail {

/// The executor that an initiation publishes, also under Asio's token adapters, which on Boost 1.81
/// hide it; `unbound` if there is none.
template <typename Initiation>
decltype(auto) published_executor(const Initiation& initiation) {
    if constexpr (requires { initiation.get_executor(); })
        return initiation.get_executor();
#if defined(ASYNCINFO_USE_ASIO_INTERNALS)
    else if constexpr (requires { initiation.initiation_; })
        return published_executor(initiation.initiation_);
#endif
    else
        return unbound();
}

template <typename Initiation>
concept publishes_executor = is_bound<std::decay_t<decltype(published_executor(
    std::declval<const std::remove_cvref_t<Initiation>&>()))>>;

/// Has it no use for the executor it publishes where another is bound? Then it is not kept: it may
/// be a strand, whose context need not live as long as the bound one.
template <typename Initiation>
constexpr bool runs_on_bound_executor_only() {
    if constexpr (requires { Initiation::runs_on_bound_executor_only; })
        return true;
#if defined(ASYNCINFO_USE_ASIO_INTERNALS)
    else if constexpr (requires(const Initiation& i) { i.initiation_; })
        return runs_on_bound_executor_only<
            std::decay_t<decltype(std::declval<const Initiation&>().initiation_)>>();
#endif
    else
        return false;
}

/// Asked for as an executor candidate, a `candidate_probe` travels through all of Asio's handler
/// adapters to the completion handler, which answers with its operation and no reference counted.
template <typename Executor>
struct candidate_probe {
    /// To be remembered by an operation that knows no executor yet.
    const Executor* executor = nullptr;
};

struct probed_operation {
    operation_base* operation;
};

/// Is this a thread of a context that is running on it?
template <typename Executor>
bool runs_on_this_thread(const Executor& executor) noexcept;

/// Says what `check` does of the context that an executor names, or else false.
template <typename Executor, typename Check>
bool check_context(const Executor& executor, Check check) noexcept {
    if constexpr (boost::asio::can_query<const Executor&,
                                         boost::asio::execution::context_t>::value) {
        if constexpr (std::is_constructible_v<bool, const Executor&>)
            if (!executor)
                return false;
        auto&& context = boost::asio::query(executor, boost::asio::execution::context);
        using context_type = std::remove_cvref_t<decltype(context)>;
        if constexpr (std::is_base_of_v<boost::asio::execution_context, context_type>)
            return check(const_cast<context_type&>(context));
    }
    return false;
}

inline bool polled_here(const boost::asio::execution_context& context) noexcept {
    return polling_frame::of(context) != nullptr;
}

#if defined(ASYNCINFO_USE_ASIO_INTERNALS)

using asio_cancellation_handler = boost::asio::detail::cancellation_handler_base;

/// What a signal calls; null if there is none. A signal is nothing but this pointer.
inline asio_cancellation_handler*& handler_in(boost::asio::cancellation_signal& signal) noexcept {
    static_assert(std::is_standard_layout_v<boost::asio::cancellation_signal> &&
                  sizeof(signal) == sizeof(asio_cancellation_handler*));
    return reinterpret_cast<asio_cancellation_handler*&>(signal);
}

/// The key by which `scheduler_runs_here` knows the context; null if there is none.
inline const void* scheduler_of(boost::asio::execution_context& context) {
    using boost::asio::detail::scheduler;
    boost::asio::detail::thread_context* found = nullptr;
    if (boost::asio::has_service<scheduler>(context))
        found = &boost::asio::use_service<scheduler>(context);
    return found;
}

/// Is this a thread that runs that context, which may be gone? Compares pointers only.
inline bool scheduler_runs_here(const void* key) noexcept {
    struct access : boost::asio::detail::thread_context {
        static bool contains(void* scheduler) noexcept {
            return thread_call_stack::contains(static_cast<thread_context*>(scheduler)) != nullptr;
        }
    };
    return key && access::contains(const_cast<void*>(key));
}

inline bool context_runs_here(boost::asio::execution_context& context) noexcept {
    using boost::asio::detail::scheduler;
    try {
        return polled_here(context) ||
               (boost::asio::has_service<scheduler>(context) &&
                boost::asio::use_service<scheduler>(context).can_dispatch());
    } catch (...) {
        return false;
    }
}

template <typename Executor>
bool runs_on_this_thread(const Executor& executor) noexcept {
    return check_context(executor, context_runs_here);
}

#else

inline const void* scheduler_of(boost::asio::execution_context&) noexcept { return nullptr; }
inline bool scheduler_runs_here(const void*) noexcept { return false; }

template <typename Executor>
bool runs_on_this_thread(const boost::asio::strand<Executor>& strand) noexcept {
    return runs_on_this_thread(strand.get_inner_executor());
}

template <typename... Executors>
bool target_runs_here(const boost::asio::any_io_executor& executor) noexcept {
    const auto check = [&]<typename E>(std::type_identity<E>) {
        const E* const target = executor.target<E>();
        return target && runs_on_this_thread(*target);
    };
    return (check(std::type_identity<Executors>()) || ...);
}

template <typename Executor>
bool runs_on_this_thread(const Executor& executor) noexcept {
    using io = boost::asio::io_context::executor_type;
    using pool = boost::asio::thread_pool::executor_type;
    if (check_context(executor, polled_here))
        return true;
    if constexpr (std::is_same_v<Executor, boost::asio::any_io_executor>)
        return target_runs_here<io, pool, boost::asio::strand<io>, boost::asio::strand<pool>,
                                boost::asio::strand<boost::asio::any_io_executor>>(executor);
    else if constexpr (requires { executor.running_in_this_thread(); })
        return executor.running_in_this_thread();
    else
        return false;
}

#endif

template <typename Operation, typename... Parameters>
class completion_handler;

template <typename... Signatures>
class await_handler;

template <typename Handler>
inline constexpr bool is_completion_handler = false;
template <typename Operation, typename... Parameters>
inline constexpr bool is_completion_handler<completion_handler<Operation, Parameters...>> = true;

/// A step whose function owns the completion handler, and so needs no reference of its own.
template <typename Function>
struct gated_step {
    operation_base& operation;
    Function function;

    void operator()() { operation.run(std::move(function)); }
};

/// Does a handler see its I/O executor through the gate (and not an executor bound to it)?
template <typename Handler, typename IoExecutor>
inline constexpr bool gates_candidate =
    std::is_same_v<typename boost::asio::associated_executor<Handler, IoExecutor>::type,
                   gated_executor<IoExecutor>> &&
    std::is_same_v<
        typename boost::asio::associated_executor<Handler, candidate_probe<IoExecutor>>::type,
        probed_operation>;

/// The end of an operation as an operation of Asio's without a result, which `asio::awaitable`
/// awaits in the place of a handle.
template <typename Handle>
struct awaited_end {
    Handle handle;

    template <typename Token>
    auto operator()(Token&& token) && -> decltype(handle.async_wait(std::forward<Token>(token))) {
        return handle.async_wait(std::forward<Token>(token));
    }
};

/// Made before the base that refers to it.
template <typename Handle>
struct awaited_end_keeper {
    awaited_end<Handle> end;
};

} // namespace asyncinfo::detail

#if defined(ASYNCINFO_USE_ASIO_INTERNALS)

namespace boost::asio::detail {

/// An I/O operation's own executor with the gate around it is the executor it completes on anyway:
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
        if constexpr (asyncinfo::detail::is_completion_handler<Handler>) {
            // The completion handler is no step but the end: it sees to the gate itself.
            if (base1_type::owns_work())
                base1_type::dispatch(function, handler);
            else
                std::move(function)();
        } else {
            using probe = asyncinfo::detail::candidate_probe<IoExecutor>;
            auto& ours = *associated_executor<Handler, probe>::get(handler, probe()).operation;
            if (base1_type::owns_work()) {
                asyncinfo::detail::gated_step<Function> step{ours, std::move(function)};
                base1_type::dispatch(step, step.function.handler_);
            } else {
                ours.run(std::move(function));
            }
        }
    }
};

/// `asio::post(executor, token)` is on its executor already when the completion handler runs.
template <typename Operation, typename... Parameters, typename Executor>
struct is_work_dispatcher_required<asyncinfo::detail::completion_handler<Operation, Parameters...>,
                                   Executor, std::enable_if_t<!Operation::has_bound_executor>>
    : std::false_type {};

/// A coroutine's handler goes to the coroutine's executor and enters its gate itself, and the coroutine
/// is work of its executor's context.
template <typename... Signatures, typename IoExecutor>
class handler_work<asyncinfo::detail::await_handler<Signatures...>, IoExecutor, void>
    : handler_work_base<IoExecutor> {
public:
    using base1_type = handler_work_base<IoExecutor>;
    using handler_type = asyncinfo::detail::await_handler<Signatures...>;

    handler_work(handler_type& handler, const IoExecutor& io_executor) noexcept
        : base1_type(0, 0, io_executor) {
        handler.coroutine().awaits_on(io_executor);
    }

    template <typename Function>
    void complete(Function& function, handler_type& handler) {
        if (base1_type::owns_work())
            base1_type::dispatch(function, handler);
        else
            std::move(function)();
    }
};

template <typename... Signatures, typename Executor>
struct is_work_dispatcher_required<asyncinfo::detail::await_handler<Signatures...>, Executor, void>
    : std::false_type {};

} // namespace boost::asio::detail

#endif

#if !defined(ASYNCINFO_NO_AWAITABLE_INTERNALS)

namespace boost::asio::detail {

template <typename, typename, typename>
class awaitable_async_op;

/// `asio::awaitable` takes what it awaits for an rvalue, and its result from what is delivered.
/// With this a handle may be an lvalue, too: the coroutine waits for the end, and then reads the
/// result as anybody does, so that needs no default constructor, and an exception comes as it was.
///
/// Every Boost from 1.81 on has this template, so no version is asked for. Should one change its
/// parameters, ASYNCINFO_NO_AWAITABLE_INTERNALS leaves this out.
template <typename Signature, std::derived_from<asyncinfo::IAsyncInfo> Handle, typename Executor>
class awaitable_async_op<Signature, Handle, Executor>
    : asyncinfo::detail::awaited_end_keeper<Handle>,
      public awaitable_async_op<void(boost::system::error_code),
                                asyncinfo::detail::awaited_end<Handle>, Executor> {
    using keeper = asyncinfo::detail::awaited_end_keeper<Handle>;
    using base = awaitable_async_op<void(boost::system::error_code),
                                    asyncinfo::detail::awaited_end<Handle>, Executor>;

public:
    /// Throws in the coroutine if there is nothing to await: once that is suspended, what is thrown
    /// comes out of the executor that runs it.
    template <typename... Frame>
    awaitable_async_op(Handle handle, Frame... frame)
        : keeper{{(static_cast<void>(handle.Status()), std::move(handle))}},
          base(std::move(keeper::end), frame...) {}

    auto await_resume() {
        Handle& handle = keeper::end.handle;
        // Then it is the wait that has ended: the coroutine was cancelled.
        if (handle.Status() == asyncinfo::AsyncStatus::Started)
            throw boost::system::system_error(boost::asio::error::operation_aborted);
        return std::move(handle).GetResults();
    }
};

} // namespace boost::asio::detail

#endif

#endif // ASYNCINFO_DETAIL_ASIO_INTERNALS_HPP
