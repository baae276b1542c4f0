# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0
#
# awk -v page=doc/NAME.md -v linked=FILE -f id.awk -f markdown.awk doc/NAME.md
#
# A page as Doxygen reads it: pages and headings have the names that `id` and `slug` give them, and
# links lead to these. The sources that the page links to are written into `linked`.

# What GitHub calls a heading.
function slug(heading) {
    gsub(/`|\*/, "", heading)
    gsub(/\]\([^)]*\)/, "", heading)
    heading = tolower(heading)
    gsub(/[^a-z0-9 _-]/, "", heading)
    gsub(/ /, "-", heading)
    return heading
}

# `target` of a link in `page`, seen from the root of the project.
function from_root(target, path) {
    path = page
    if (!sub(/\/[^\/]*$/, "", path))
        path = ""
    sub(/\/$/, "", target)
    while (sub(/^\.\.\//, "", target))
        if (!sub(/\/?[^\/]*$/, "", path))
            path = ""
    return path (path == "" ? "" : "/") target
}

# Where a link leads in the site.
function site(target, anchor, path) {
    anchor = ""
    if (match(target, /#.*/)) {
        anchor = substr(target, RSTART + 1)
        target = substr(target, 1, RSTART - 1)
    }
    path = target == "" ? page : from_root(target)
    if (path ~ /\.(svg|png)$/) {
        print "- " path >>linked
        sub(/.*\//, "", path)
        return path
    }
    if (id(path) ~ /^source/)
        print id(path) " " path >>linked
    return "@ref " id(path) (anchor == "" ? "" : "-" anchor)
}

# Prose, in which Doxygen sees commands that were not meant.
function prose(text, done, target, at) {
    gsub(/[@%]/, "\\\\&", text)
    while (match(text, /!?\[[^\]]*\]\([^) ]*\.(svg|png)\)/)) { # a picture
        target = substr(text, RSTART, RLENGTH)
        done = done substr(text, 1, RSTART - 1)
        text = substr(text, RSTART + RLENGTH)
        if (target !~ /^!/) {
            done = done target
            continue
        }
        at = index(target, "](")
        done = done "<img src=\"" site(substr(target, at + 2, length(target) - at - 2)) \
            "\" alt=\"" substr(target, 3, at - 3) "\">"
    }
    text = done text
    done = ""
    while (match(text, /\]\([^) ]*\)/)) {
        target = substr(text, RSTART + 2, RLENGTH - 3)
        done = done substr(text, 1, RSTART) "("
        text = substr(text, RSTART + RLENGTH)
        done = done (target ~ /^[a-z]+:/ ? target : site(target)) ")"
    }
    return done text
}

BEGIN { FS = "`" }

/^ *```/ { fenced = !fenced }
fenced || /^ *```/ {
    # Doxygen knows these by another name, or not at all.
    if ($0 ~ /^ *```[a-z]+$/)
        sub(/```(sh|cmake|text|console)$/, "```")
    print
    next
}

/^ *<!--.*-->$/ { next }

/^#+ / {
    heading = $0
    match(heading, /^#+ /)
    depth = RLENGTH - 1
    heading = substr(heading, RLENGTH + 1)
    if (depth == 1) {
        gsub(/`/, "", heading)
        print "# " heading " {#" id(page) "}\n"
        if (id(page) != "mainpage")
            print "[TOC]\n"
    } else {
        anchor = slug(heading)
        if (seen[anchor]++)
            anchor = anchor "-" (seen[anchor] - 1)
        # Sections of the first page would stand beside the pages in the navigation.
        if (id(page) == "mainpage")
            print "@anchor mainpage-" anchor "\n<h" depth ">" heading "</h" depth ">\n"
        else
            print substr("######", 1, depth) " " heading " {#" id(page) "-" anchor "}"
    }
    next
}

/^ *$/ { code = 0 }
{
    # Every second part is code. In code with two marks a quotation mark does not end it.
    text = ""
    for (i = 1; i <= NF; ++i) {
        text = text (code ? $i : prose($i))
        if (i < NF) {
            text = text "``"
            code = !code
        }
    }
    print text
}
