//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_COROUTINE_AWAIT_WORK_HPP
#define ASYNCINFO_DETAIL_COROUTINE_AWAIT_WORK_HPP

#include <asyncinfo/detail/coroutine/coroutine_executor.hpp>
#include <asyncinfo/detail/start/handler_work.hpp>

#include <boost/asio/associated_executor.hpp>

#include <type_traits>
#include <utility>

/// The same door as detail/start/handler_work.hpp, for what a coroutine awaits. Without it each
/// step of the awaited operation makes copies of executors, and one more dispatch with memory for
/// it.
namespace asyncinfo::detail {

template <typename... Signatures>
class await_handler;

template <typename... Signatures>
inline constexpr bool is_end<await_handler<Signatures...>> = true;
template <typename... Signatures>
inline constexpr bool runs_where_posted<await_handler<Signatures...>> = true;

/// What `await_handler` answers to a `candidate_probe`.
struct probed_coroutine {
    coroutine_base* coroutine;
};

/// True if the handler that awaits has no other executor bound to it.
template <typename Handler, typename IoExecutor>
concept awaits_candidate = std::is_same_v<
    typename boost::asio::associated_executor<Handler, candidate_probe<IoExecutor>>::type,
    probed_coroutine>;

} // namespace asyncinfo::detail

#if defined(ASYNCINFO_USE_ASIO_INTERNALS)

namespace boost::asio::detail {

/// Steps run on the coroutine's executor, if it has one, and through its gate. What ends the
/// operation goes there and enters the gate by itself. The coroutine is work of its executor's
/// context.
template <typename Handler, typename IoExecutor>
    requires asyncinfo::detail::awaits_candidate<Handler, IoExecutor>
class handler_work<Handler, IoExecutor, void> : handler_work_base<IoExecutor> {
public:
    using base1_type = handler_work_base<IoExecutor>;

    handler_work(Handler& handler, const IoExecutor& io_executor) noexcept
        : base1_type(0, 0, io_executor) {
        probed(handler).coroutine->awaits_on(io_executor);
    }

    template <typename Function>
    void complete(Function& function, Handler& handler) {
        if constexpr (asyncinfo::detail::is_end<Handler>) {
            if (base1_type::owns_work())
                base1_type::dispatch(function, handler);
            else
                std::move(function)();
        } else {
            auto& coroutine = *probed(handler).coroutine;
            const bool is_there = base1_type::owns_work();
            if (coroutine.has_executor() && (is_there || !coroutine.steps_run_here())) {
                using executor = asyncinfo::detail::coroutine_executor;
                return executor::make(coroutine).execute(std::move(function));
            }
            // The function owns the right to resume, so the step needs no reference.
            asyncinfo::detail::gated_step<Function> step{coroutine.self(), std::move(function)};
            if (is_there)
                base1_type::dispatch(step, step.handler());
            else
                step();
        }
    }

private:
    static asyncinfo::detail::probed_coroutine probed(const Handler& handler) noexcept {
        using probe = asyncinfo::detail::candidate_probe<IoExecutor>;
        return associated_executor<Handler, probe>::get(handler, probe());
    }
};

} // namespace boost::asio::detail

#endif

#endif // ASYNCINFO_DETAIL_COROUTINE_AWAIT_WORK_HPP
