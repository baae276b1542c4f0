// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// expect: co_await takes a handle, an asynchronous operation with the token asio::deferred
// lines: 24
#include <asyncinfo/asyncinfo.hpp>

#include <chrono>

asyncinfo::IAsyncAction nap() {
#ifdef CONTROL
    co_await asyncinfo::resume_after(std::chrono::seconds(5));
#else
    co_await std::chrono::seconds(5);
#endif
}

int main() { nap().Cancel(); }
