// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// expect: deleted
// expect: a handler is called with \(const Sender&, const Argument&\)
// lines: 24
#include <asyncinfo/asyncinfo.hpp>

#include <cstddef>
#include <string>

int main() {
    asyncinfo::IAsyncOperation<std::size_t> operation;
#ifdef CONTROL
    operation.Completed(
        [](const asyncinfo::IAsyncOperation<std::size_t>&, asyncinfo::AsyncStatus) {});
#else
    operation.Completed([](std::string, int) {});
#endif
}
