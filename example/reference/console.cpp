// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

#include <asyncinfo/console.hpp>

namespace reference::console_hpp {

void show() {
    asyncinfo::console console;
    std::cerr << "open " << console.url() << '\n';
    check(console.url().starts_with("http://127.0.0.1:"));
}

const page shown("console.hpp", show);

} // namespace reference::console_hpp
