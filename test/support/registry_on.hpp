// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_TEST_SUPPORT_REGISTRY_ON_HPP
#define ASYNCINFO_TEST_SUPPORT_REGISTRY_ON_HPP

#include <asyncinfo/async_info.hpp>
#include <asyncinfo/registry.hpp>

#include "beside_the_library.hpp"

namespace asyncinfo_test {

/// The registry is on as long as this lives.
struct registry_on {
    registry_on() noexcept { asyncinfo::registry::enable(); }
    ~registry_on() { asyncinfo::registry::disable(); }
    registry_on(const registry_on&) = delete;
    registry_on& operator=(const registry_on&) = delete;
};

/// The row of a running operation; nothing if it has none.
inline std::optional<asyncinfo::registry::outstanding> row_of(std::uint64_t id) {
    for (const auto& row : asyncinfo::registry::snapshot().running)
        if (row.id == id)
            return row;
    return {};
}
inline std::optional<asyncinfo::registry::outstanding> row_of(const asyncinfo::IAsyncInfo& op) {
    return row_of(op.Id());
}

/// What is remembered of an operation that has ended.
inline std::optional<asyncinfo::registry::ended> memory_of(std::uint64_t id) {
    for (const auto& one : asyncinfo::registry::snapshot().gone)
        if (one.id == id)
            return one;
    return {};
}

inline asyncinfo::registry::family family_of(std::string_view name) {
    for (const auto& one : asyncinfo::registry::snapshot().families)
        if (one.name == name)
            return one;
    return {};
}

} // namespace asyncinfo_test

#endif // ASYNCINFO_TEST_SUPPORT_REGISTRY_ON_HPP
