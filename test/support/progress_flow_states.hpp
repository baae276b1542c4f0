// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_TEST_SUPPORT_PROGRESS_FLOW_STATES_HPP
#define ASYNCINFO_TEST_SUPPORT_PROGRESS_FLOW_STATES_HPP

#include <asyncinfo/detail/core/progress_flow.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <vector>

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

inline std::string name(const progress_flow& f) {
    constexpr std::array drained_by{"nobody drains", "a thread calls", "a submission is on its way",
                                    "a thread calls on the executor"};
    constexpr std::array at{"running", "ending", "the end is left", "ended"};
    return std::string(drained_by.at(static_cast<std::size_t>(f.draining))) + ", " +
           at.at(static_cast<std::size_t>(f.at)) + ", " + name(f.handler) +
           (f.is_bound_there ? ", bound there" : "") +
           (f.holds_completed ? ", Completed is held back" : "") + ", " + std::to_string(f.queued) +
           " queued";
}

/// True for the states between two events. The explorer reaches these and no others.
inline bool can_occur(const progress_flow& f) {
    using drainer = progress_flow::drainer;
    using stage = progress_flow::stage;
    const bool submitted = f.draining == drainer::on_its_way || f.draining == drainer::there;
    const bool is_consistent = (f.handler.exists || f.handler == none) &&
                               (f.handler.exists || f.queued == 0) &&
                               (!f.handler.is_throttled || f.queued <= 1) &&
                               (!f.is_bound_there || (submitted && f.handler.has_executor)) &&
                               (!f.holds_completed || (submitted && f.at == stage::ended));
    if (!is_consistent)
        return false;
    switch (f.draining) {
    case drainer::nobody:
        if (f.at == stage::ended)
            return f.handler == none;
        return f.at != stage::left &&
               (f.queued == 0 || (f.handler.is_throttled && f.at == stage::running));
    case drainer::here:
        return f.at != stage::ended;
    case drainer::on_its_way:
        if (f.at == stage::left || (f.holds_completed && !f.handler.is_throttled))
            return false;
        return !f.is_bound_there || f.at == stage::ended || f.queued != 0;
    case drainer::there:
        if (f.at == stage::ending && f.is_bound_there && f.handler.is_throttled)
            return f.queued == 0;
        return f.at != stage::left &&
               (!f.holds_completed || f.handler.is_throttled || f.queued == 0);
    }
    return false;
}

/// All values of the fields, with no more than two values in the queue.
inline std::vector<progress_flow> all_flows() {
    using drainer = progress_flow::drainer;
    using stage = progress_flow::stage;
    std::vector<progress_flow> all;
    for (const auto draining :
         {drainer::nobody, drainer::here, drainer::on_its_way, drainer::there})
        for (const auto at : {stage::running, stage::ending, stage::left, stage::ended})
            for (const auto& handler : targets)
                for (unsigned rest = 0; rest != 12; ++rest)
                    all.push_back(
                        {draining, at, handler, rest % 2 != 0, rest / 2 % 2 != 0, rest / 4});
    return all;
}

} // namespace asyncinfo_test

#endif // ASYNCINFO_TEST_SUPPORT_PROGRESS_FLOW_STATES_HPP
