// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "row.hpp"

#include <cstddef>
#include <vector>

/// What is measured, by a name that a profiler can be told to begin at.
extern "C" [[gnu::noinline]] void benchmark_drain(::asyncinfo::operation_group<>& group,
                                                  std::size_t operations) {
    for (std::size_t i = 0; i != operations; ++i)
        bench::expect(group.try_next().has_value(), "an operation is missing");
}

namespace bench {

namespace {

using sources = std::vector<::asyncinfo::async_source<>>;

constexpr std::size_t ending = 1'000;

/// A group with so many operations that do not end, set up once: a million take a second.
template <std::size_t Others>
class crowded_group {
public:
    static crowded_group& instance() {
        static crowded_group only;
        return only;
    }

    ::asyncinfo::operation_group<>& group() { return group_; }

private:
    crowded_group() : others_(Others) {
        for (auto& source : others_)
            group_.add(source.operation());
    }

    sources others_;
    ::asyncinfo::operation_group<> group_;
};

/// A thousand operations end, then the group is asked for one after the other. Measured is the
/// asking. The handles are the group's only, and go when they are given.
template <std::size_t Others>
class drain_row final : public row {
public:
    explicit drain_row(const setup&) {}

    double run(std::size_t operations) override {
        auto& group = crowded_group<Others>::instance().group();
        stopwatch watch;
        for (std::size_t done = 0; done < operations; done += ending) {
            end_some(group);
            watch.start();
            benchmark_drain(group, ending);
            watch.stop();
            expect(!group.try_next(), "one that has not ended");
        }
        return watch.seconds();
    }

private:
    static void end_some(::asyncinfo::operation_group<>& group) {
        sources ended(ending);
        for (auto& source : ended)
            group.add(source.operation());
        for (auto& source : ended)
            source.set_value();
    }
};

} // namespace

void add_drain(table& rows) {
    constexpr std::size_t operations = 10 * ending;
    add_row<drain_row<0>>(rows, "drain", "alone", 1, operations);
    add_row<drain_row<0>>(rows, "drain", "alone2", 1, operations);
    add_row<drain_row<10'000>>(rows, "drain", "among_10000", 1, operations);
    add_row<drain_row<1'000'000>>(rows, "drain", "among_1000000", 1, operations);
}

} // namespace bench
