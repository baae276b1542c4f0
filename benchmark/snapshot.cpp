// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "row.hpp"

#include <cstddef>
#include <vector>

namespace bench {

namespace {

/// Snapshots of the registry while so many operations are outstanding. Measured is the time for one
/// operation in it.
template <std::size_t Count>
class snapshot_row final : public row {
public:
    explicit snapshot_row(const setup&) {
        ::asyncinfo::registry::enable();
        sources_.resize(Count);
        ::asyncinfo::registry::disable();
    }

    double run(std::size_t operations) override {
        stopwatch watch;
        for (std::size_t done = 0; done < operations; done += Count) {
            watch.start();
            const auto taken = ::asyncinfo::registry::snapshot();
            watch.stop();
            expect(taken.running.size() == Count, "an operation is missing");
        }
        return watch.seconds();
    }

private:
    std::vector<::asyncinfo::async_source<>> sources_;
};

} // namespace

void add_snapshot(table& rows) {
    constexpr std::size_t operations = 100'000;
    add_row<snapshot_row<1'000>>(rows, "snapshot", "among_1000", 1, operations);
    add_row<snapshot_row<1'000>>(rows, "snapshot", "among_10002", 1, operations);
    add_row<snapshot_row<100'000>>(rows, "snapshot", "among_100000", 1, operations);
}

} // namespace bench
