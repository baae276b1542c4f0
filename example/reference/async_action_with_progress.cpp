// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

namespace reference::async_action_with_progress_hpp {

void show() {
    async_source<void, double> source;
    double drawn = 0;
    const auto draw = [&](double part) { drawn = part; };

    IAsyncActionWithProgress<double> op = source.operation();

    source.report(0.25);

    // In every frame:
    if (auto done = op.progress())
        draw(*done);

    check(drawn == 0.25);
}

const page shown("async_action_with_progress.hpp", show);

} // namespace reference::async_action_with_progress_hpp
