// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// expect: co_await takes a handle, an asynchronous operation with the token asio::deferred
// lines: 24
#include <asyncinfo/asyncinfo.hpp>

asyncinfo::IAsyncOperation<int> five() {
#ifndef CONTROL
    co_await 5;
#endif
    co_return 5;
}

int main() { return five().get(); }
