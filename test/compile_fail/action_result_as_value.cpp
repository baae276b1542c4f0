// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// expect: void value not ignored|rvalue of type 'void'
#include <asyncinfo/asyncinfo.hpp>

int main() {
    asyncinfo::IAsyncAction action;
#ifndef CONTROL
    [[maybe_unused]] int result =
#endif
        action.GetResults();
}
