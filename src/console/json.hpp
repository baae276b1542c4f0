//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_CONSOLE_JSON_HPP
#define ASYNCINFO_CONSOLE_JSON_HPP

#include <asyncinfo/registry.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace asyncinfo::detail::console {

/// What a picture of the program tells beside the report.
struct frame {
    std::string_view program;
    bool may_cancel = false;
    /// How many operations it lists at most, the oldest, and how many suspicions.
    std::size_t rows = static_cast<std::size_t>(-1);
    std::size_t lints = static_cast<std::size_t>(-1);
    /// An earlier report, for suspicions of what grows.
    const registry::report* before = nullptr;
};

/// Appends the report as JSON.
void append_json(std::string& to, const registry::report& from, const frame& about);

/// The program's file name, where the system tells it.
std::string_view program_name() noexcept;

} // namespace asyncinfo::detail::console

#endif // ASYNCINFO_CONSOLE_JSON_HPP
