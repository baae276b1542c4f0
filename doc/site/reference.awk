# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0
#
# awk -v out=FOLDER -f reference.awk doc/reference.md HEADER...
#
# Each row of the tables in doc/reference.md, `| [title](header) | sentence |`, is a group of
# Doxygen's, in FOLDER/input/reference.dox, and a line in FOLDER/reference: section, group, title.
# The headers without a row are named in FOLDER/absent.

BEGIN {
    print "/** @namespace asyncinfo" >out "/input/reference.dox"
    print " * All names of the library, see @ref page_reference. */" >out "/input/reference.dox"
}

FNR == 1 && FILENAME !~ /\.md$/ {
    header = FILENAME
    if (!(header in told) && header !~ /\/asyncinfo\.hpp$/)
        print "doc/reference.md does not name " header >>out "/absent"
    nextfile
}
FILENAME !~ /\.md$/ { next }

/^## / { section = substr($0, 4) }

/^\| *\[.*\]\(\.\.\/include\/.*\.hpp\)/ {
    row = $0
    match(row, /\[[^]]*\]/)
    title = substr(row, RSTART + 1, RLENGTH - 2)
    gsub(/`/, "", title)
    match(row, /include\/[^)]*/)
    header = substr(row, RSTART, RLENGTH)
    told[header] = 1
    row = substr(row, RSTART + RLENGTH + 1)
    gsub(/^ *\| *| *\|$/, "", row)
    sentence = toupper(substr(row, 1, 1)) substr(row, 2) "."

    sub(/^include\//, "", header)
    group = header
    sub(/^asyncinfo\//, "", group)
    sub(/\.hpp$/, "", group)
    gsub(/\//, "_", group)
    print "/** @defgroup " group " " title >out "/input/reference.dox"
    print " * " sentence "\n *" >out "/input/reference.dox"
    print " * @code{.cpp}\n * #include <" header ">\n * @endcode */" >out "/input/reference.dox"
    print section "\t" group "\t" title >out "/reference"
}
