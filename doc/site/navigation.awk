# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0
#
# awk -f id.awk -f navigation.awk FOLDER/reference FOLDER/order layout.xml
#
# The layout with a tab for each page, in the order of doc/site/pages, and below the page
# reference.md one for each header.

function escaped(text) {
    gsub(/&/, "\\&amp;", text)
    gsub(/</, "\\&lt;", text)
    gsub(/"/, "\\&quot;", text)
    return text
}

function group(title) { tabs = tabs "<tab type=\"usergroup\" title=\"" escaped(title) "\">\n" }
function end_group() { tabs = tabs "</tab>\n" }

function tab(reference, title) {
    tabs = tabs "<tab type=\"user\" url=\"@ref " reference "\" title=\"" escaped(title) "\"/>\n"
}

BEGIN { FS = "\t" }

FILENAME ~ /reference$/ {
    sections[++count] = $1
    headers[count] = $2
    titles[count] = $3
    next
}

FILENAME ~ /order$/ {
    if ($1 != section && section != "")
        end_group()
    if ($1 != section && $1 != "")
        group($1)
    section = $1
    if (id($2) == "mainpage")
        tabs = "<tab type=\"mainpage\" title=\"" escaped($3) "\"/>\n" tabs
    else
        tab(id($2), $3)
    if (id($2) == "page_reference") {
        for (i = 1; i <= count; ++i) {
            if (sections[i] != sections[i - 1])
                group(sections[i])
            tab(headers[i], titles[i])
            if (sections[i] != sections[i + 1])
                end_group()
        }
    }
    next
}

/<!-- pages -->/ {
    print tabs (section == "" ? "" : "</tab>")
    next
}
{ print }
