// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

namespace reference::async_operation_with_progress_hpp {

void show() {
    async_source<std::string, double> source;
    double drawn = 0;
    const auto draw = [&](double part) { drawn = part; };

    IAsyncOperationWithProgress<std::string, double> op = source.operation();
    op.Progress([&](const auto&, double done) { draw(done); });

    source.report(0.5);
    source.set_partial_result("he");
    check(drawn == 0.5);
    check(op.GetResults() == "he" && op.Status() == AsyncStatus::Started);
    source.set_value("hello");
    check(op.GetResults() == "hello");
}

const page shown("async_operation_with_progress.hpp", show);

} // namespace reference::async_operation_with_progress_hpp
