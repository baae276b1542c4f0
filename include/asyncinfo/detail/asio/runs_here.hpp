//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_ASIO_RUNS_HERE_HPP
#define ASYNCINFO_DETAIL_ASIO_RUNS_HERE_HPP

#include <asyncinfo/detail/asio/polling_frame.hpp>
#include <asyncinfo/detail/base/config.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include <type_traits>

#if defined(ASYNCINFO_USE_ASIO_INTERNALS)
#include <boost/asio/detail/scheduler.hpp>
#endif

/// A door to what is Asio's own. Without it `errc::would_deadlock` is found only for executors of
/// `io_context` and `thread_pool`, strands of them, and `any_io_executor` holding one of these; for
/// a `completion_queue` it is found either way. Besides, a coroutine then looks at its context to
/// see whether it runs here, and keeps it from being destroyed meanwhile: two more atomic
/// operations for each await.
namespace asyncinfo::detail {

/// True if this thread runs the executor's context.
template <typename Executor>
bool runs_on_this_thread(const Executor& executor) noexcept;

/// Returns `check(context)` for the context that an executor names, or false if it names none.
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

/// What runs an `io_context`. With Windows' completion ports (IOCP) that is another class than what
/// runs a `thread_pool`; elsewhere it is the same. A context of another kind, such as a
/// `thread_pool` on Windows or a `completion_queue`, gets one too when it has its first timer or
/// I/O object, and that one has a thread of its own.
using io_scheduler = boost::asio::detail::io_context_impl;

template <typename Service>
Service* service_of(boost::asio::execution_context& context) {
    return boost::asio::has_service<Service>(context) ? &boost::asio::use_service<Service>(context)
                                                      : nullptr;
}

/// The key by which `scheduler_runs_here` knows the context; null if there is none.
inline const void* scheduler_of(boost::asio::execution_context& context) {
    using boost::asio::detail::scheduler;
    boost::asio::detail::thread_context* found = service_of<scheduler>(context);
    if constexpr (!std::is_same_v<scheduler, io_scheduler>)
        if (!found)
            found = service_of<io_scheduler>(context);
    return found;
}

/// True if this thread runs that context, which may be gone: only pointers are compared.
inline bool scheduler_runs_here(const void* key) noexcept {
    struct access : boost::asio::detail::thread_context {
        static bool contains(void* scheduler) noexcept {
            return thread_call_stack::contains(static_cast<thread_context*>(scheduler)) != nullptr;
        }
    };
    return key && access::contains(const_cast<void*>(key));
}

template <typename Service>
bool service_runs_here(boost::asio::execution_context& context) {
    Service* const found = service_of<Service>(context);
    return found && found->can_dispatch();
}

inline bool context_runs_here(boost::asio::execution_context& context) noexcept {
    using boost::asio::detail::scheduler;
    try {
        if (polled_here(context) || service_runs_here<scheduler>(context))
            return true;
        if constexpr (!std::is_same_v<scheduler, io_scheduler>)
            return service_runs_here<io_scheduler>(context);
        return false;
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

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_ASIO_RUNS_HERE_HPP
