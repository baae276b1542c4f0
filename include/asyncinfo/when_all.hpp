//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_WHEN_ALL_HPP
#define ASYNCINFO_WHEN_ALL_HPP

#include <asyncinfo/async_action.hpp>
#include <asyncinfo/async_operation.hpp>
#include <asyncinfo/detail/produce/combination.hpp>

#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace asyncinfo {

/// What `when_all` does with the other operations when one has failed.
enum class on_failure {
    wait_for_rest, ///< it waits for them
    cancel_rest    ///< it cancels them, and waits for them
};

} // namespace asyncinfo

namespace asyncinfo::detail {

template <typename T>
using value_or_monostate = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

template <handle... Handles>
using all_results_t = std::conditional_t<(std::is_void_v<result_of_t<Handles>> && ...), void,
                                         std::tuple<value_or_monostate<result_of_t<Handles>>...>>;

template <range_of_handles Range>
using range_results_t =
    std::conditional_t<std::is_void_v<result_of_t<range_handle_t<Range>>>, void,
                       std::vector<value_or_monostate<result_of_t<range_handle_t<Range>>>>>;

} // namespace asyncinfo::detail

namespace asyncinfo {

/// Combines several operations into one that ends when all of them have ended. Returns a handle to
/// it. Give it the handles, or a range of them, and before them a policy if you like.
///
/// | members                               | handle                              |
/// |---------------------------------------|-------------------------------------|
/// | handles of any kinds                  | `IAsyncOperation<std::tuple<R...>>` |
/// | a range of `IAsyncOperation<T>`       | `IAsyncOperation<std::vector<T>>`   |
/// | only actions, one by one or a range   | `IAsyncAction`                      |
///
/// In the tuple `std::monostate` stands for an action. An `IAsyncInfo` counts as an action.
///
/// When it completes: when all members have ended, failed or not; at once if there are none, or if
/// all have ended before. If members failed, it ends as the first argument that failed: by the same
/// code or exception, and Canceled if that one was. With `on_failure::cancel_rest` it ends as the
/// member that failed first in time; if several had failed before the call, as the first argument
/// of those. A member under `as_tuple` does not count as failed, because its error is part of its
/// result.
///
/// Cancellation: is passed on to all members; it ends when they have ended.
///
/// Executor and threads: ends on the thread that ends the last member. It needs no strand, on a
/// pool of any size. `get_executor()` is that of the first member. Waiting for it on a thread that
/// runs the context of a member throws `errc::would_deadlock`.
///
/// Lifetime: it holds the members until it ends. If you move a handle into the call, and it is the
/// only one, its result is moved out (copied if the thread that ended the operation still uses the
/// handle). A T that cannot be copied is taken from its operation. If somebody else took it, or
/// closed the operation, this counts as a failure with `errc::illegal_method_call`.
///
/// Errors: `errc::empty_handle` for an empty handle; `errc::illegal_method_call` for a closed
/// operation; `asio::error::invalid_argument` for a number that is no policy. Then nothing has
/// begun. If copying a T throws, the combination ends by that exception.
///
/// Example:
///
///     auto [size, nothing] = when_all(read, wait).get();
///
/// Source: winrt::when_all, which gives no results.
template <detail::handle... Handles>
detail::handle_t<detail::all_results_t<Handles...>> when_all(on_failure policy, Handles... members);
/// The same with `on_failure::wait_for_rest`.
template <detail::handle... Handles>
detail::handle_t<detail::all_results_t<Handles...>> when_all(Handles... members);

/// The same for a range of handles.
///
/// Example:
///
///     std::vector<IAsyncOperation<int>> jobs = start_them();
///     const std::vector<int> results = when_all(on_failure::cancel_rest, std::move(jobs)).get();
template <detail::range_of_handles Range>
detail::handle_t<detail::range_results_t<Range>> when_all(on_failure policy, Range&& members);
/// The same with `on_failure::wait_for_rest`.
template <detail::range_of_handles Range>
detail::handle_t<detail::range_results_t<Range>> when_all(Range&& members) {
    return when_all(on_failure::wait_for_rest, std::forward<Range>(members));
}

} // namespace asyncinfo

#include <asyncinfo/impl/when_all.hpp>

#endif // ASYNCINFO_WHEN_ALL_HPP
