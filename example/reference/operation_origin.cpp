// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

#include <asyncinfo/registry.hpp>

namespace reference::operation_origin_hpp {

void show() {
    registry::enable();
    async_source<> source("job");
    registry::disable();

    for (const auto& row : registry::snapshot().running)
        std::cout << row.id << " is a " << to_string(row.origin) << '\n';

    const auto rows = registry::snapshot().running;
    check(rows.size() == 1 && rows[0].origin == operation_origin::source);
    source.set_value();
}

const page shown("operation_origin.hpp", show);

} // namespace reference::operation_origin_hpp
