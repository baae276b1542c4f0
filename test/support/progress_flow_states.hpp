//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_TEST_SUPPORT_PROGRESS_FLOW_STATES_HPP
#define ASYNCINFO_TEST_SUPPORT_PROGRESS_FLOW_STATES_HPP

#include <asyncinfo/detail/core/progress_flow.hpp>

#include <array>
#include <string>

namespace asyncinfo_test {

using asyncinfo::detail::progress_flow;

inline constexpr progress_flow::target none{}, plain{.exists = true},
    throttled{.exists = true, .is_throttled = true},
    on_executor{.exists = true, .has_executor = true},
    throttled_on_executor{.exists = true, .has_executor = true, .is_throttled = true};
inline constexpr std::array targets{none, plain, throttled, on_executor, throttled_on_executor};

inline std::string name(const progress_flow::target& handler) {
    return !handler.exists
               ? "no handler"
               : std::string(handler.is_throttled ? "a throttled handler" : "a handler") +
                     (handler.has_executor ? " on an executor" : "");
}

/// The states between two events: the explorer finds these, and no others.
inline bool can_occur(const progress_flow& f) {
    static_cast<void>(f);
    return true;
}

} // namespace asyncinfo_test

#endif // ASYNCINFO_TEST_SUPPORT_PROGRESS_FLOW_STATES_HPP
