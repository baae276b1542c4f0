//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_CORE_LIFECYCLE_SHORTCUTS_HPP
#define ASYNCINFO_DETAIL_CORE_LIFECYCLE_SHORTCUTS_HPP

#include <asyncinfo/detail/core/lifecycle.hpp>

/// Transitions that every operation makes, for when no other thread interferes. Where a shortcut
/// applies it gives the same as the transitions of the lifecycle, in one comparison and one
/// exchange.
namespace asyncinfo::detail::lifecycle {

struct shortcut {
    bool applies;
    word value;
};

/// `enter`.
constexpr shortcut enter_at_once(word w) {
    return {(w & (inside_mask | contended)) == 0, w + one_inside};
}

/// `leave`, if nothing became due but what this thread has `delivered`.
constexpr shortcut leave_at_once(word w, unsigned delivered) {
    constexpr word concerned = inside_mask | status_mask | ended | requested_mask | contended;
    return {(w & concerned) == (one_inside | word{delivered} << requested_shift), w - one_inside};
}

/// `submitted`, if no request came meanwhile.
constexpr shortcut submitted_at_once(word w) {
    return {(w & (again | contended)) == 0 && references(w) != 0, w & ~submitting};
}

/// `end`, `retire` and `publish`, if there is nothing to clean up. `notifies`: the value that the
/// observed bit must have. If it is true the next step is `notify`, and the reference is kept.
constexpr shortcut end_at_once(word w, bool notifies, unsigned final_status) {
    constexpr word concerned = inside_mask | submitting | locked | observed | contended;
    return {(w & concerned) == (notifies ? observed : 0) && references(w) > 1,
            (w | ended | final_status) - (notifies ? observed : one_reference)};
}

/// True if `release` returns `next::destroy`, whatever else is in the word.
constexpr bool is_last_reference(word w) {
    constexpr word left_over = one_inside - 1 - (submitting | locked);
    return (w & ~left_over) == one_reference;
}

} // namespace asyncinfo::detail::lifecycle

#endif // ASYNCINFO_DETAIL_CORE_LIFECYCLE_SHORTCUTS_HPP
