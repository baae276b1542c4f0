# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0
#
# awk -v out=FOLDER -f reference.awk doc/reference.md HEADER...
#
# Each row of the tables in doc/reference.md, `| [title](header) | sentence |`, makes its header a
# group of Doxygen's, in FOLDER/input/reference.dox, and a line in FOLDER/reference: section, group,
# title, and the classes in the header. Headers without a row are named in FOLDER/absent.

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
FILENAME ~ /\.hpp$/ && ours && /^(class|struct) .*[^;]$/ {
    sub(/ *({| : | final).*/, "")
    if (!/</)
        classes[FILENAME] = classes[FILENAME] "\t" $NF
}

END {
    for (i = 1; i <= count; ++i)
        print sections[headers[i]] "\t" group_of(headers[i]) "\t" titles[headers[i]] \
            classes[headers[i]] >(out "/reference")
}
