// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// The examples of the reference, one header after the other.

#include "reference.hpp"

#include <exception>

int main() {
    for (const auto& page : reference::page::all()) {
        try {
            page.show();
        } catch (const std::exception& e) {
            std::cerr << page.header << ": " << e.what() << '\n';
            ++reference::failures;
        }
    }
    std::cout << "examples of " << reference::page::all().size() << " headers, "
              << reference::failures << " failures\n";
    return reference::failures == 0 ? 0 : 1;
}
