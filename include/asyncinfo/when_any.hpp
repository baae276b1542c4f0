//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_WHEN_ANY_HPP
#define ASYNCINFO_WHEN_ANY_HPP

#include <asyncinfo/async_action.hpp>
#include <asyncinfo/async_operation.hpp>
#include <asyncinfo/detail/produce/combination.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace asyncinfo {

/// Which operation wins in `when_any`.
enum class winner {
    first_to_end,    ///< the one that ends first, failed or not
    first_to_succeed ///< the first that ends as Completed
};

/// What `when_any` does with the other operations when there is a winner.
enum class losers {
    run_on,         ///< it forgets them, and they run on
    cancel_and_join ///< it cancels them, and waits until they have ended
};

/// The winner of `when_any`. Its result is still in the operation.
template <typename Handle>
struct when_any_result {
    /// Its place among the arguments, from 0.
    std::size_t index;
    /// Its handle.
    Handle operation;
};

} // namespace asyncinfo

namespace asyncinfo::detail {

template <typename...>
struct common_handle {
    using type = IAsyncInfo;
};
template <typename Handle, std::same_as<Handle>... Others>
struct common_handle<Handle, Others...> {
    using type = Handle;
};

template <handle... Handles>
using any_result_t = when_any_result<typename common_handle<Handles...>::type>;

template <range_of_handles Range>
using range_any_result_t = when_any_result<range_handle_t<Range>>;

} // namespace asyncinfo::detail

namespace asyncinfo {

/// Combines several operations into one that ends when the first of them has ended: the winner.
/// Returns a handle to it; its result is a `when_any_result<Handle>`, which has the winner's
/// handle. `Handle` is the kind of the members, or `IAsyncInfo` if they are of different kinds.
/// Give it the handles, or a range of them, and before them the policies if you like.
///
/// When it completes: when there is a winner; at once if a member has ended before. It is Completed
/// even if the winner failed, so look at the winner's handle. With `winner::first_to_succeed`
/// failed members do not win; if none succeeds, it ends as the first argument did: by the same code
/// or exception. With `losers::cancel_and_join` it ends when all members have ended.
///
/// Cancellation: is passed on to all members. With the default policies it then ends as Completed,
/// and the winner is the first member that stopped.
///
/// Executor and threads: ends on the thread that ends the member it was waiting for. It needs no
/// strand, on a pool of any size. `get_executor()` is that of the first member. Waiting for it
/// throws `errc::would_deadlock` on a thread that runs the contexts of all members; with
/// `cancel_and_join`, of any member.
///
/// Lifetime: it holds the members until it ends. Then only the result holds the winner, and a loser
/// that never ends keeps nothing alive.
///
/// Errors: `errc::empty_set` for no members; `errc::empty_handle` for an empty handle;
/// `errc::illegal_method_call` for a closed operation; `asio::error::invalid_argument` for a number
/// that is no policy. Then nothing has begun.
///
/// Example:
///
///     const auto first = when_any(losers::cancel_and_join, answer, timeout).get();
///     if (first.index == 0)
///         use(answer.GetResults());
///
/// Source: winrt::when_any, which takes operations of one kind.
template <detail::handle... Handles>
IAsyncOperation<detail::any_result_t<Handles...>> when_any(winner who, losers rest,
                                                           Handles... members);
/// The same with `losers::run_on`.
template <detail::handle... Handles>
IAsyncOperation<detail::any_result_t<Handles...>> when_any(winner who, Handles... members) {
    return when_any(who, losers::run_on, std::move(members)...);
}
/// The same with `winner::first_to_end`.
template <detail::handle... Handles>
IAsyncOperation<detail::any_result_t<Handles...>> when_any(losers rest, Handles... members) {
    return when_any(winner::first_to_end, rest, std::move(members)...);
}
/// The same with `winner::first_to_end` and `losers::run_on`.
template <detail::handle... Handles>
IAsyncOperation<detail::any_result_t<Handles...>> when_any(Handles... members) {
    return when_any(winner::first_to_end, losers::run_on, std::move(members)...);
}

/// The same for a range of handles.
template <detail::range_of_handles Range>
IAsyncOperation<detail::range_any_result_t<Range>> when_any(winner who, losers rest,
                                                            Range&& members);
/// The same with `losers::run_on`.
template <detail::range_of_handles Range>
IAsyncOperation<detail::range_any_result_t<Range>> when_any(winner who, Range&& members) {
    return when_any(who, losers::run_on, std::forward<Range>(members));
}
/// The same with `winner::first_to_end`.
template <detail::range_of_handles Range>
IAsyncOperation<detail::range_any_result_t<Range>> when_any(losers rest, Range&& members) {
    return when_any(winner::first_to_end, rest, std::forward<Range>(members));
}
/// The same with `winner::first_to_end` and `losers::run_on`.
template <detail::range_of_handles Range>
IAsyncOperation<detail::range_any_result_t<Range>> when_any(Range&& members) {
    return when_any(winner::first_to_end, losers::run_on, std::forward<Range>(members));
}

} // namespace asyncinfo

#include <asyncinfo/impl/when_any.hpp>

#endif // ASYNCINFO_WHEN_ANY_HPP
