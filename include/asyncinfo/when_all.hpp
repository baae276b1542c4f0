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

/// What `when_all` does as soon as one of the operations has failed.
enum class on_failure {
    wait_for_rest, ///< nothing: the others run on to their ends
    cancel_rest    ///< cancels the others
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

/// Waits for several operations: a handle to the operation that consists of them.
///
/// | members                                      | handle                              |
/// |----------------------------------------------|-------------------------------------|
/// | handles of any kinds                         | `IAsyncOperation<std::tuple<R...>>` |
/// | a range of `IAsyncOperation<T>`              | `IAsyncOperation<std::vector<T>>`   |
/// | nothing but actions, either way              | `IAsyncAction`                      |
///
/// In the tuple `std::monostate` stands for an action. An `IAsyncInfo` counts as an action.
///
/// When it completes: when all members have ended, failed or not; at once if there are none or all
/// have ended before. If members failed, it ends as the first failed one in order of the arguments:
/// by the same code or exception, Canceled if that one was. With `on_failure::cancel_rest` it ends
/// as the one that failed first in time, of those that had failed before the call the first
/// argument: failures that the cancelling brought about come later. A member under `as_tuple` does
/// not fail, since its error is part of its result.
///
/// Cancellation: cancels all members; then it ends as above.
///
/// Executor and threads: ends on the thread that ends the last member. No strand is needed, on a
/// pool of any size. `get_executor()` is the first member's. Waiting for it on a thread that runs
/// the context of a member throws `errc::would_deadlock`.
///
/// Lifetime: holds the members until it ends. A handle that is moved into the call, and the only
/// one, gives up its result without a copy (unless the thread that ended the operation is not yet
/// done with it). A T that cannot be copied is taken from its operation; where somebody else took
/// it, or closed the operation, that counts as a failure with `errc::illegal_method_call`.
///
/// Errors: `errc::empty_handle` for an empty handle, `errc::illegal_method_call` for a closed
/// operation, `asio::error::invalid_argument` for a policy that is none; then nothing has begun. An
/// exception that a T throws when it is copied ends the combination.
///
/// Example: `auto [size, nothing] = when_all(read, wait).get();`
template <detail::handle... Handles>
detail::handle_t<detail::all_results_t<Handles...>> when_all(on_failure policy, Handles... members);
template <detail::handle... Handles>
detail::handle_t<detail::all_results_t<Handles...>> when_all(Handles... members) {
    return when_all(on_failure::wait_for_rest, std::move(members)...);
}

template <detail::range_of_handles Range>
detail::handle_t<detail::range_results_t<Range>> when_all(on_failure policy, Range&& members);
template <detail::range_of_handles Range>
detail::handle_t<detail::range_results_t<Range>> when_all(Range&& members) {
    return when_all(on_failure::wait_for_rest, std::forward<Range>(members));
}

} // namespace asyncinfo

#include <asyncinfo/impl/when_all.hpp>

#endif // ASYNCINFO_WHEN_ALL_HPP
