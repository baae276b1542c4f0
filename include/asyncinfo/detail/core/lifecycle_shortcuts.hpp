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

/// `end`, `retire` and `publish`, if there is nothing to clean up. `in` is `one_inside` on the
/// thread that is inside, which also leaves, and else 0. If there are observers the next step is
/// `notify`, and the reference is kept.
constexpr shortcut end_at_once(word w, word in, unsigned final_status) {
    constexpr word concerned = inside_mask | submitting | locked | contended;
    return {(w & concerned) == in && ((w & observed) || references(w) > 1),
            (w | ended | final_status) - in - ((w & observed) ? observed : one_reference)};
}

/// `assign`, while the operation runs.
constexpr shortcut assign_at_once(word w) {
    constexpr word concerned = status_mask | closed | assigned | locked;
    return {(w & concerned) == 0, w | assigned | locked};
}

/// `unlock`, where there is somebody to notify.
constexpr shortcut unlock_at_once(word w) {
    return {(w & contended) == 0, (w & ~locked) | observed};
}

/// `lock` and `unlock`, for an observer that the owner of the only handle registers. If the
/// shortcut applies the owner stores the observer, which no other thread can see, and then makes
/// the exchange. If that fails it removes the observer again and uses `lock`.
constexpr shortcut observe_as_owner(word w) {
    constexpr word references = ~(one_reference - 1);
    constexpr word concerned = references | status_mask | ended | locked | observed;
    return {(w & concerned) == 2 * one_reference, w | observed};
}

/// `observe_as_owner` and `release`: the observer becomes an heir.
constexpr shortcut observe_as_heir(word w) {
    constexpr word references = ~(one_reference - 1);
    constexpr word concerned = references | status_mask | ended | locked | observed;
    return {(w & concerned) == 2 * one_reference, (w | observed) - one_reference};
}

/// True if `release` returns `next::destroy`, whatever else is in the word.
constexpr bool is_last_reference(word w) {
    constexpr word left_over = one_inside - 1 - (submitting | locked);
    return (w & ~left_over) == one_reference;
}

} // namespace asyncinfo::detail::lifecycle

#endif // ASYNCINFO_DETAIL_CORE_LIFECYCLE_SHORTCUTS_HPP
