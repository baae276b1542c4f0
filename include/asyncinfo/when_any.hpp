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

/// Who wins in `when_any`.
enum class winner {
    first_to_end,    ///< whichever ends first, failed or not
    first_to_succeed ///< the first with the status Completed
};

/// What becomes of the others in `when_any`.
enum class losers {
    run_on,         ///< nothing: they run on, and are forgotten
    cancel_and_join ///< they are cancelled, and waited for
};

/// The winner: its place among the arguments, from 0, and its handle. Its result is still in there.
template <typename Handle>
struct when_any_result {
    std::size_t index;
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

/// Waits for one of several operations: gives the winner, as `when_any_result<Handle>`, where
/// `Handle` is that of the members, or `IAsyncInfo` if they are of different kinds.
///
/// When it completes: when there is a winner, which may be at once. It is Completed even if the
/// winner failed: look at its handle. With `winner::first_to_succeed` failed members do not win,
/// and if none succeeds it ends as the first member in order of the arguments: by the same code or
/// exception. With `losers::cancel_and_join` it ends when all members have ended.
///
/// Cancellation: cancels all members; then it ends as above: with the default policies as
/// Completed, with the first member that gave in.
///
/// Executor and threads: ends on the thread that ends the member it was waiting for. No strand is
/// needed, on a pool of any size. `get_executor()` is the first member's. Waiting for it on a
/// thread that runs the contexts of all members, or with `cancel_and_join` of any, throws
/// `errc::would_deadlock`.
///
/// Lifetime: holds the members until it ends, then only the winner, in the result. A loser that
/// never ends keeps nothing.
///
/// Errors: `errc::empty_set` for no members, `errc::empty_handle` for an empty handle,
/// `errc::illegal_method_call` for a closed operation, `asio::error::invalid_argument` for a policy
/// that is none; then nothing has begun.
///
/// Example:
///
///     const auto first = when_any(losers::cancel_and_join, answer, timeout).get();
///     if (first.index == 0) use(answer.GetResults());
template <detail::handle... Handles>
IAsyncOperation<detail::any_result_t<Handles...>> when_any(winner who, losers rest,
                                                           Handles... members);
template <detail::handle... Handles>
IAsyncOperation<detail::any_result_t<Handles...>> when_any(winner who, Handles... members) {
    return when_any(who, losers::run_on, std::move(members)...);
}
template <detail::handle... Handles>
IAsyncOperation<detail::any_result_t<Handles...>> when_any(losers rest, Handles... members) {
    return when_any(winner::first_to_end, rest, std::move(members)...);
}
template <detail::handle... Handles>
IAsyncOperation<detail::any_result_t<Handles...>> when_any(Handles... members) {
    return when_any(winner::first_to_end, losers::run_on, std::move(members)...);
}

template <detail::range_of_handles Range>
IAsyncOperation<detail::range_any_result_t<Range>> when_any(winner who, losers rest,
                                                            Range&& members);
template <detail::range_of_handles Range>
IAsyncOperation<detail::range_any_result_t<Range>> when_any(winner who, Range&& members) {
    return when_any(who, losers::run_on, std::forward<Range>(members));
}
template <detail::range_of_handles Range>
IAsyncOperation<detail::range_any_result_t<Range>> when_any(losers rest, Range&& members) {
    return when_any(winner::first_to_end, rest, std::forward<Range>(members));
}
template <detail::range_of_handles Range>
IAsyncOperation<detail::range_any_result_t<Range>> when_any(Range&& members) {
    return when_any(winner::first_to_end, losers::run_on, std::forward<Range>(members));
}

} // namespace asyncinfo

#include <asyncinfo/impl/when_any.hpp>

#endif // ASYNCINFO_WHEN_ANY_HPP
