# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0
#
# awk -f id.awk -f navigation.awk FOLDER/reference FOLDER/sources FOLDER/order layout.xml
#
# The layout with a tab for each page, in the order of doc/site/pages. Below that of reference.md are
# the sections of that page, and the tools: a class, if there is one of the title, else what its
# header has; below that the other classes. At the end come the sources, by folder.

function escaped(text) {
    gsub(/&/, "\\&amp;", text)
    gsub(/</, "\\&lt;", text)
    gsub(/"/, "\\&quot;", text)
    return text
}

function header(title, reference) {
    return "<tab type=\"usergroup\" title=\"" escaped(title) "\"" \
        (reference == "" ? "" : " url=\"@ref " reference "\"") ">\n"
}

function tab(reference, title) {
    return "<tab type=\"user\" url=\"@ref " reference "\" title=\"" escaped(title) "\"/>\n"
}

BEGIN { FS = "\t" }

FILENAME ~ /reference$/ {
    if ($1 != section)
        tools = tools (section == "" ? "" : "</tab>\n") header($1)
    section = $1
    own = $2
    rest = ""
    for (i = 4; i <= NF; ++i) {
        if ($i == $3)
            own = "asyncinfo::" $3
        else
            rest = rest tab("asyncinfo::" $i, $i)
    }
    if (own != $2)
        rest = rest tab($2, "Header")
    tools = tools (rest == "" ? tab(own, $3) : header($3, own) rest "</tab>\n")
    next
}

FILENAME ~ /sources$/ {
    folder = name = $2
    sub(/\/[^\/]*$/, "", folder)
    sub(/.*\//, "", name)
    if (!(folder in sources))
        folders[++folder_count] = folder
    sources[folder] = sources[folder] tab($1, name)
    next
}

FILENAME ~ /order$/ && FNR == 1 { section = "" }
FILENAME ~ /order$/ {
    if ($1 != section && section != "")
        tabs = tabs "</tab>\n"
    if ($1 != section && $1 != "")
        tabs = tabs header($1)
    section = $1
    if (id($2) == "mainpage")
        tabs = "<tab type=\"mainpage\" title=\"" escaped($3) "\"/>\n" tabs
    else if (id($2) == "page_reference")
        tabs = tabs header($3, id($2)) tools "</tab>\n</tab>\n"
    else
        tabs = tabs tab(id($2), $3)
    next
}

/<!-- pages -->/ {
    print tabs (section == "" ? "" : "</tab>") header("Sources")
    for (i = 1; i <= folder_count; ++i)
        print header(folders[i]) sources[folders[i]] "</tab>"
    print "</tab>"
    next
}
{ print }
