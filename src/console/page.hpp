//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_CONSOLE_PAGE_HPP
#define ASYNCINFO_CONSOLE_PAGE_HPP

#include <string_view>

/// The files of page/. embed.cmake writes the source that defines them.
namespace asyncinfo::detail::console {

extern const std::string_view index_html;
extern const std::string_view console_css;
extern const std::string_view console_js;

} // namespace asyncinfo::detail::console

#endif // ASYNCINFO_CONSOLE_PAGE_HPP
