// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// expect: no default constructor: use op.async_wait\(token\)
#include <asyncinfo/asyncinfo.hpp>

struct no_default {
    explicit no_default(int) {}
};

int main() {
    asyncinfo::IAsyncOperation<no_default> operation;
#ifdef CONTROL
    operation.async_wait([](boost::system::error_code) {});
#else
    operation([](boost::system::error_code, no_default) {});
#endif
}
