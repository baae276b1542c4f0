// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

namespace reference::async_progress_handler_hpp {

void polled() {
    async_source<void, double> source;
    auto op = source.operation();
    source.report(0.5);
    double drawn = 0;
    const auto draw = [&](double part) { drawn = part; };

    if (const std::optional<double> done = op.progress()) // whenever you like
        draw(*done);

    check(drawn == 0.5);
}

void called() {
    async_source<void, double> source;
    auto op = source.operation();

    op.Progress([](const auto& sender, double done) {
        std::cout << "operation " << sender.Id() << " is at " << done << '\n';
    });

    check(source.report(0.5));
}

const page first("async_progress_handler.hpp", polled),
    second("async_progress_handler.hpp", called);

} // namespace reference::async_progress_handler_hpp
