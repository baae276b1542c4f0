// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// expect: deleted
// expect: a handler is called with \(const Sender&, const Argument&\)
// lines: 24
#include <asyncinfo/asyncinfo.hpp>

int main() {
    asyncinfo::IAsyncActionWithProgress<double> action;
#ifdef CONTROL
    action.Progress([](const auto&, double) {});
#else
    action.Progress([](double) {});
#endif
}
