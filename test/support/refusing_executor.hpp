// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_TEST_SUPPORT_REFUSING_EXECUTOR_HPP
#define ASYNCINFO_TEST_SUPPORT_REFUSING_EXECUTOR_HPP

#include <new>

namespace asyncinfo_test {

/// An executor that has no memory to spare.
struct refusing_executor {
    template <typename Function>
    void execute(Function&&) const {
        throw std::bad_alloc();
    }

    friend bool operator==(refusing_executor, refusing_executor) noexcept { return true; }
};

} // namespace asyncinfo_test

#endif // ASYNCINFO_TEST_SUPPORT_REFUSING_EXECUTOR_HPP
