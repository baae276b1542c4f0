// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_TEST_SUPPORT_STATE_SEARCH_HPP
#define ASYNCINFO_TEST_SUPPORT_STATE_SEARCH_HPP

#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace asyncinfo_test {

/// Searches all states that a pure machine and its surroundings can come to. What happens under one
/// lock needs no more than this: between two events there is nothing to be interrupted.
///
/// Whoever derives from it begins with `reach`, and calls that for each state that can follow the
/// one given to the function of `search`. The search ends with the first invariant that breaks.
template <typename World>
class state_search {
public:
    /// The invariant that broke first, or nothing.
    const std::string& failure() const { return failure_; }
    std::size_t states() const { return reached_.size(); }

protected:
    template <typename Step>
    void search(Step step) {
        while (!open_.empty() && failure_.empty()) {
            const World world = *open_.back();
            open_.pop_back();
            step(world);
        }
    }

    void reach(const World& world) {
        const auto [place, is_new] = reached_.insert(world);
        if (is_new)
            open_.push_back(&*place);
    }

    void require(bool holds, const char* invariant) {
        if (!holds && failure_.empty())
            failure_ = invariant;
    }

private:
    std::set<World> reached_;
    std::vector<const World*> open_;
    std::string failure_;
};

} // namespace asyncinfo_test

#endif // ASYNCINFO_TEST_SUPPORT_STATE_SEARCH_HPP
