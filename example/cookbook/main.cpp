// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Runs the recipes of doc/cookbook.md, and says which of them did not do what it should.

#include "cookbook.hpp"

namespace cookbook {
namespace {

std::map<std::string, void (*)()>& recipes() {
    static std::map<std::string, void (*)()> all;
    return all;
}

} // namespace

recipe::recipe(const char* name, void (*run)()) { recipes().emplace(name, run); }

} // namespace cookbook

int main() {
    int failed = 0;
    for (const auto& [name, run] : cookbook::recipes()) {
        std::cout << name << ": " << std::flush; // before it runs: one that hangs is seen
        try {
            run();
            std::cout << "ok" << std::endl;
        } catch (const std::exception& e) {
            ++failed;
            std::cout << "failed: " << e.what() << std::endl;
        }
    }
    return failed == 0 ? 0 : 1;
}
