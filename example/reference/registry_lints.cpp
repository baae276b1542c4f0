// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

#include <asyncinfo/registry_lints.hpp>

namespace reference::registry_lints_hpp {

void show() {
    asio::io_context context;
    registry::watch(context, "network");
    registry::on_unseen_error([](const registry::ended& lost) {
        std::clog << lost.name << " failed unseen: " << lost.code.message() << '\n';
    });

    for (const auto& found : registry::find_lints(registry::snapshot()))
        std::clog << found.what << ": " << found.text << ' ' << remedy(found.lint) << '\n';

    check(registry::snapshot().contexts.size() == 1);
    check(context.run() == 1); // the function that looks whether it is run
    registry::on_unseen_error(nullptr);
}

const page shown("registry_lints.hpp", show);

} // namespace reference::registry_lints_hpp
