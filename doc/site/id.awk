# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0
#
# What Doxygen calls a file: start.md is the first page, a public header has the page of its tool.
function id(path) {
    if (path == "README.md" || path == "doc/start.md")
        return "mainpage"
    if (path ~ /^include\/asyncinfo\/(loop\/)?[a-z_]+\.hpp$/)
        sub(/\.hpp$/, "", path)
    else
        path = (path ~ /\.md$/ ? "page/" : "source/") path
    sub(/^include\/asyncinfo\//, "", path)
    sub(/^page\/doc\//, "page/", path)
    sub(/\.md$/, "", path)
    gsub(/[^A-Za-z0-9]/, "_", path)
    return tolower(path)
}
