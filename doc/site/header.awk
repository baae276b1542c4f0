# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0
#
# awk -f header.awk include/asyncinfo/NAME.hpp
#
# What Doxygen reads of a public header, line for line, so that its warnings have the right numbers.
#
# Comments: `Errors: text` at the start of a line becomes a paragraph with that heading, and so do the
# other words of `headings`. `Example:` is followed by an indented block, or by `code` on the same
# line. A comment that a blank line or an #include follows is the text of the header's page.
#
# Declarations: an overload of the documented name before it needs no comment. Left out are protected
# members, specialisations of other libraries' templates and, without a comment, destructors, what is
# defaulted or deleted, friends, and constructors that take what is of detail::.

function indentation(line) {
    match(line, /^ */)
    return RLENGTH
}

# Where the bracket at `at` is closed.
function closing(text, at, open, close_, i, c, depth) {
    open = substr(text, at, 1)
    close_ = open == "<" ? ">" : ")"
    for (i = at; i <= length(text); ++i) {
        c = substr(text, i, 1)
        if (c == open)
            ++depth
        else if (c == close_ && substr(text, i - 1, 1) != "-" && --depth == 0)
            return i
    }
    return length(text)
}

# The name that a declaration declares.
function declared(text, at) {
    sub(/^ +/, "", text)
    gsub(/\n/, " ", text)
    while (text ~ /^(template|requires|explicit) *[<(]/) {
        at = match(text, /[<(]/)
        text = substr(text, closing(text, at) + 1)
        sub(/^ +/, "", text)
    }
    if (text ~ /^using /)
        return text ~ /=/ ? word_before(text, index(text, "=")) : ""
    if (match(text, /operator *(\(\)|[a-z_]+|[^a-z( ]+)/))
        return substr(text, RSTART, RLENGTH)
    while ((at = match(text, /[<(;={]/)) && substr(text, at, 1) == "<")
        text = substr(text, 1, at - 1) substr(text, closing(text, at) + 1)
    return word_before(text, at)
}

function word_before(text, at) {
    text = substr(text, 1, at - 1)
    sub(/ +$/, "", text)
    match(text, /~?[A-Za-z_0-9]+$/)
    return substr(text, RSTART, RLENGTH)
}

# The last line of the declaration that begins at line `i`; its head alone if it has a body that
# declares more.
function last_of(i, text, depth) {
    for (; i <= NR; ++i) {
        text = line[i]
        sub(/ +\/\/.*/, "", text)
        if (text ~ /^ *(template <.*> *)?(enum |class |struct |namespace |extern )/ && text ~ /{$/)
            return i
        depth += gsub(/[({]/, "&", text) - gsub(/[)}]/, "&", text)
        if (depth == 0 && text ~ /[;}]$/ && text !~ /^ *requires.*}$/)
            return i
    }
    return NR
}

# A declaration as readers need it.
function readable(text, at, end, name) {
    # A type that users do not write is `auto` as a result, and else has its bare name.
    while (match(text, /(asyncinfo::)?detail::[a-z_]+_t</) &&
           substr(text, 1, RSTART - 1) ~ /(^|[\n>] *)(static |constexpr |inline )*$/ &&
           substr(text, 1, RSTART - 1) !~ /<[^>]*$/) {
        at = RSTART
        text = substr(text, 1, at - 1) "auto" substr(text, closing(text, at + RLENGTH - 1) + 1)
    }
    sub(/ : detail::[a-z_]+<>/, "", text)
    while (match(text, /detail::[a-z_]+_t[^a-z_]/))
        text = substr(text, 1, RSTART - 1) substr(text, RSTART + 8, RLENGTH - 11) \
            substr(text, RSTART + RLENGTH - 1)
    gsub(/detail::/, "", text)
    gsub(/boost::system::error_code/, "error_code", text)
    gsub(/boost::asio::/, "asio::", text)
    gsub(/boost::system::/, "system::", text)
    return text
}

function blank(from, to) {
    for (; from <= to; ++from)
        line[from] = ""
}

# A line of a comment that begins at line `first`.
function comment(i, first, text) {
    text = line[i]
    if (text ~ /\/\/\/     / && i > first) {
        # The blank line before makes it code, up to the last line that is indented so.
        if (!in_code && line[i - 1] ~ /\/\/\/$/) {
            line[i - 1] = line[i - 1] " @code{.cpp}"
            in_code = 1
        }
        if (in_code)
            sub(/\/\/\/     /, "/// ", text)
        goes_on = line[i + 1] ~ /^ *\/\/\/$/ ? line[i + 2] : line[i + 1]
        if (in_code && goes_on !~ /^ *\/\/\/     /) {
            text = text " @endcode"
            in_code = 0
        }
        line[i] = text
        return
    }
    if (sub(headings, "&\001", text)) {
        sub(/:\001 ?/, "} ", text)
        sub(/ $/, "", text)
        sub(/\/\/\/ /, "/// @about{", text)
        if (match(text, /} [a-z]/)) # a sentence now
            text = substr(text, 1, RSTART + 1) toupper(substr(text, RSTART + 2, 1)) \
                substr(text, RSTART + 3)
    }
    if (text ~ /@about{Example} `.*`$/) { # code on one line
        sub(/} `/, "}@code{.cpp} ", text)
        sub(/`$/, " @endcode", text)
    } else # with two, a quotation mark does not end the code
        gsub(/`/, "``", text)
    line[i] = text
}

BEGIN {
    headings = "^ *\/\/\/ (When it completes|When it is called|Cancellation|Executor and threads|" \
        "Cancellation, executor and threads, lifetime|Told apart from Cancel|" \
        "Lifetime|Errors|Example|Source):"
}

{ line[NR] = $0 }

END {
    page = FILENAME
    sub(/.*\/asyncinfo\//, "", page)
    sub(/\.hpp$/, "", page)
    gsub(/\//, "_", page)

    documented = previous = ""
    for (i = 1; i <= NR; i = next_line) {
        next_line = i + 1
        if (line[i] ~ /^ *\/\/\//) {
            first = i
            for (; line[i] ~ /^ *\/\/\//; ++i)
                comment(i, first)
            next_line = i
            if (line[i] ~ /^(#|$)/) # of the header
                line[first - 1] = "/// @addtogroup " page
            else
                documented = 1
            continue
        }
        if (line[i] ~ /^ *(protected|private):/) {
            # Up to the class's end, or the next public:
            depth = indentation(line[i])
            for (; i <= NR && !(indentation(line[i]) == depth && line[i] ~ /^ *(};|public:)/); ++i)
                line[i] = ""
            next_line = i
            documented = ""
            continue
        }
        if (line[i] ~ /^ *($|#|\/\/|}|public:)/) {
            documented = ""
            sub(/^} \/\/ namespace asyncinfo$/, "/** @} */ }", line[i])
            if (line[i] ~ /};$/)
                enumerators = 0
            continue
        }
        if (line[i] == "namespace asyncinfo {") {
            line[i] = line[i] " /** @header{" page "} */"
            continue
        }
        if (line[i] ~ /^ *enum /)
            enumerators = 1
        if (enumerators && line[i] !~ /;$/)
            continue

        last = last_of(i)
        text = line[i]
        for (j = i + 1; j <= last; ++j)
            text = text "\n" line[j]
        next_line = last + 1

        if (text ~ /^template/ && text ~ /(struct|class|constexpr bool) (boost|std|asyncinfo::detail)::/) {
            for (; line[last] !~ /;$/ || line[last] !~ /^[^ ]/; ++last)
                ;
            blank(i, last)
            next_line = last + 1
            documented = ""
            continue
        }
        name = declared(text)
        own = text ~ /= (default|delete);$|^ *(friend |static_assert\()/ || name ~ /^~/ ||
            (name == type && text ~ /detail::/)
        if (text ~ /(class|struct) [^(]*{$/) {
            type = name
            name = ""
        } else if (!documented && own && (name == type || name != previous)) {
            blank(i, last)
            continue
        } else if (!documented && name == previous) {
            same = "The same with other arguments."
            if (text ~ /error_code& error\)/)
                same = "The same; an error goes to ``error``."
            text = substr(text, 1, indentation(text)) "/** " same " */ " \
                substr(text, indentation(text) + 1)
        }
        previous = name
        documented = ""
        text = readable(text)
        count = split(text, lines, "\n")
        for (j = 0; j < count; ++j)
            line[i + j] = lines[j + 1]
    }
    for (i = 1; i <= NR; ++i)
        print line[i]
}
