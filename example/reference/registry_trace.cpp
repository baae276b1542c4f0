// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

#include <asyncinfo/registry_trace.hpp>

#include <cstdio>
#include <fstream>

namespace reference::registry_trace_hpp {

void show() {
    asio::io_context context;
    auto posted = asio::post(context, use_async_info);
    {
        registry::trace trace("out.json");
        context.run();

        check(trace.good());
    }
    check(std::ifstream("out.json").get() == '[');
    std::remove("out.json");
}

const page shown("registry_trace.hpp", show);

} // namespace reference::registry_trace_hpp
