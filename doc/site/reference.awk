# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0
#
# awk -v out=FOLDER -f reference.awk doc/reference.md HEADER...
#
# Each row of the tables in doc/reference.md, `| [title](header) | sentence |`, makes its header a
# group of Doxygen's, in FOLDER/input/reference.dox, and a line in FOLDER/reference: section, group,
# title, and the classes in the header. FOLDER/members has the names in headers: group, name, and the
# class that it is a member of. Headers without a row are named in FOLDER/absent.

function group_of(header) {
    sub(/^include\/asyncinfo\//, "", header)
    sub(/\.hpp$/, "", header)
    gsub(/\//, "_", header)
    return header
}

BEGIN {
    dox = out "/input/reference.dox"
    print "/** @namespace asyncinfo\n * The names of the library. See @ref page_reference. */" >dox
}

FILENAME ~ /\.md$/ && /^## / { section = substr($0, 4) }

FILENAME ~ /\.md$/ && /^\| *\[.*\]\(\.\.\/include\/.*\.hpp\)/ {
    row = $0
    match(row, /\[[^]]*\]/)
    title = substr(row, RSTART + 1, RLENGTH - 2)
    match(row, /include\/[^)]*/)
    header = substr(row, RSTART, RLENGTH)
    row = substr(row, RSTART + RLENGTH + 1)
    gsub(/^ *\| *| *\|$/, "", row)

    headers[++count] = header
    sections[header] = section
    titles[header] = title

    sub(/^include\//, "", header)
    print "/** @defgroup " group_of(headers[count]) " " header >dox
    print " * " toupper(substr(row, 1, 1)) substr(row, 2) ".\n *" >dox
    print " * @code{.cpp}\n * #include <" header ">\n * @endcode */" >dox
}

FILENAME ~ /\.hpp$/ && FNR == 1 && !(FILENAME in sections) && FILENAME !~ /\/asyncinfo\.hpp$/ {
    print "doc/reference.md does not name " FILENAME >>(out "/absent")
}

FILENAME ~ /\.hpp$/ && FNR == 1 { ours = 0 }
FILENAME ~ /\.hpp$/ && /^namespace/ { ours = $2 == "asyncinfo" }
FILENAME !~ /\.hpp$/ || !ours { next }

/^(class|struct) .*[^;]$/ {
    public = $1 == "struct"
    sub(/ *({| : | final).*/, "")
    type = $NF
    if (!/</) {
        classes[FILENAME] = classes[FILENAME] "\t" type
        print group_of(FILENAME) "\t" type "\t" >(out "/members")
    }
    next
}
/^};/ { type = "" }
/^[a-z]+:$/ { public = $1 == "public:" }

# Functions, and outside of classes other names.
(type == "" && /^[a-zA-Z]/ || public && /^    [a-zA-Z]/) && !/^ *(template|requires|friend|explicit)/ {
    if (match($0, /[ *&][a-zA-Z_]+\(/))
        name = substr($0, RSTART + 1, RLENGTH - 2)
    else if (type == "" && /^(enum class|using) /)
        name = $1 == "using" ? $2 : $3
    else
        next
    if (name != type && !/operator/)
        print group_of(FILENAME) "\t" name "\t" type >(out "/members")
}

END {
    for (i = 1; i <= count; ++i)
        print sections[headers[i]] "\t" group_of(headers[i]) "\t" titles[headers[i]] \
            classes[headers[i]] >(out "/reference")
}
