# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0
#
# awk -v page=doc/NAME.md -v linked=FILE -f id.awk -f markdown.awk \
#     FOLDER/members FOLDER/reference doc/NAME.md
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

# Where a link with this text leads in the site.
function site(target, text, anchor, path, name) {
    anchor = ""
    if (match(target, /#.*/)) {
        anchor = substr(target, RSTART + 1)
        target = substr(target, 1, RSTART - 1)
    }
    path = target == "" ? page : from_root(target)
    if (path ~ /\.(svg|png)$/) {
        print "- " path " " page >>linked
        sub(/.*\//, "", path)
        return path
    }
    name = id(path)
    if ((name, text) in members)
        return "@ref asyncinfo::" members[name, text]
    if (name in tools) # the page of a class or of a header
        return "@ref " tools[name]
    if (name ~ /^source/)
        print name " " path " " page >>linked
    else if (name == "mainpage")
        return "index.html" (anchor == "" ? "" : "#mainpage-" anchor)
    return name ".html" (anchor == "" ? "" : "#" name "-" anchor)
}

# Puts code back where inline() has left its number, with marks or without.
function code(text, plain, at, piece) {
    while (match(text, /\002[0-9]+\002/)) {
        at = RSTART
        piece = pieces[substr(text, at + 1, RLENGTH - 2)]
        if (!plain)
            piece = "``" piece "``" # with one mark a quotation mark would end it
        text = substr(text, 1, at - 1) piece substr(text, at + index(substr(text, at + 1), "\002") + 1)
    }
    return text
}

# Links, and what Doxygen would take for commands.
function inline(text, count, i, done, link, at, label, target) {
    count = split(text, pieces, "`")
    text = ""
    for (i = 1; i <= count; ++i)
        text = text (i % 2 ? pieces[i] : "\002" i "\002")
    gsub(/[@%]/, "\\\\&", text)
    while (match(text, /!?\[[^]]*\]\([^) ]*\)/)) {
        link = substr(text, RSTART, RLENGTH)
        at = RSTART
        done = done code(substr(text, 1, at - 1))
        text = substr(text, at + length(link))
        at = index(link, "](")
        label = substr(link, 1, at - 1)
        target = substr(link, at + 2, length(link) - at - 2)
        if (target ~ /^[a-z]+:/)
            done = done code(label) "](" target ")"
        else if (label ~ /^!/)
            done = done "<img src=\"" site(target) "\" alt=\"" substr(label, 3) "\">"
        else {
            target = site(target, code(substr(label, 2), 1))
            # Doxygen has no code in the text of its own references.
            done = done code(label, target ~ /^@ref/) "](" target ")"
        }
    }
    return done code(text)
}

# Whether a link or code goes on in the next line.
function unfinished(text) {
    gsub(/`[^`]*`/, "", text)
    return text ~ /`|\[[^]]*$/
}

FILENAME ~ /members$/ {
    split($0, field, "\t")
    members[field[1], field[2]] = (field[3] == "" ? "" : field[3] "::") field[2]
    next
}

FILENAME ~ /reference$/ {
    count = split($0, field, "\t")
    tools[field[2]] = field[2]
    for (i = 4; i <= count; ++i)
        if (field[i] == field[3])
            tools[field[2]] = "asyncinfo::" field[3]
    next
}

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
        heading = inline(heading)
        # Sections of the first page would stand beside the pages in the navigation.
        if (id(page) == "mainpage")
            print "@anchor mainpage-" anchor "\n<h" depth ">" heading "</h" depth ">\n"
        else
            print substr("######", 1, depth) " " heading " {#" id(page) "-" anchor "}"
    }
    next
}

{
    if (held != "")
        sub(/^ +/, "")
    held = held (held == "" ? "" : " ") $0
    if ($0 != "" && unfinished(held))
        next
    print inline(held)
    held = ""
}
