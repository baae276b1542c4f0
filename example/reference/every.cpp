// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

namespace reference::every_hpp {

void show() {
    completion_queue gui;
    async_source<void, double> source;
    auto op = source.operation();
    std::vector<double> drawn;
    const auto draw = [&](double part) { drawn.push_back(part); };

    op.Progress(every(100ms, asio::bind_executor(gui, [&](auto&, double done) { draw(done); })));

    for (int i = 1; i <= 10; ++i)
        source.report(i / 10.0);
    source.set_value();
    gui.poll();
    check(drawn.size() <= 2 && drawn.back() == 1);
}

const page shown("every.hpp", show);

} // namespace reference::every_hpp
