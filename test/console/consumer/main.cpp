// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include <asyncinfo/console.hpp>
#include <asyncinfo/registry_export.hpp>

#include <iostream>

int main() {
    const asyncinfo::console console;
    std::cout << console.url() << '\n'
              << asyncinfo::registry::to_json(asyncinfo::registry::snapshot());
}
