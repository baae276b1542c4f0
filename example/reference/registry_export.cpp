// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

#include <asyncinfo/registry_export.hpp>

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <cstdio>
#include <fstream>

namespace reference::registry_export_hpp {

namespace http = boost::beast::http;

void show() {
    std::ofstream("operations.json") << registry::to_json(registry::snapshot());

    http::response<http::string_body> answer;
    answer.body() = registry::to_prometheus(registry::snapshot());
    answer.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
    check(answer.body().starts_with("# HELP asyncinfo_outstanding "));

    check(std::ifstream("operations.json").get() == '{');
    std::remove("operations.json");
}

const page shown("registry_export.hpp", show);

} // namespace reference::registry_export_hpp
