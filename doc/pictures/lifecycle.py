#!/usr/bin/env python3
# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0

"""Draws doc/pictures/lifecycle.svg: how the status of an operation changes, and by what.

usage: doc/pictures/lifecycle.py
"""

import pathlib

width, height = 600, 420 # narrow enough for a phone
ink, pale, line = "#222222", "#f4f4f4", "#8a8a8a"
blue, green, amber, red, grey = "#3f73a3", "#2e7d4f", "#9a6700", "#b3372f", "#6b6b6b"

# name, colour, the two lines of when an operation ends so
ends = [
    ("Completed", green, "success,", "also after Cancel()"),
    ("Canceled", amber, "aborted by Cancel(),", "or by closing the socket"),
    ("Error", red, "any other failure, its own deadline,", "or abandoned: its context is gone"),
]
top, row = 62, 96
left, middle, right = 24, 243, 464  # where the columns begin
box_width, box_height = 114, 52


def text(x, y, content, size=13, weight="normal", colour=ink, anchor="middle"):
    return (f"<text x='{x}' y='{y}' font-size='{size}' font-weight='{weight}' fill='{colour}' "
            f"text-anchor='{anchor}'>{content}</text>")


def box(x, y, name, colour):
    yield (f"<rect x='{x}' y='{y}' width='{box_width}' height='{box_height}' rx='6' "
           f"fill='{colour}'/>")
    yield text(x + box_width / 2, y + box_height / 2 + 5, name, 16, "bold", "#ffffff")


def arrow(x1, y1, x2, y2):
    return (f"<path d='M{x1},{y1} L{x2},{y2}' stroke='{line}' stroke-width='2' fill='none' "
            f"marker-end='url(#tip)'/>")


def drawing():
    yield (f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' "
           f"viewBox='0 0 {width} {height}' font-family='sans-serif' role='img'>")
    yield ("<title>Started becomes Completed, Canceled or Error, once; Close releases what has "
           "ended.</title>")
    yield (f"<defs><marker id='tip' markerWidth='9' markerHeight='8' refX='8' refY='4' "
           f"orient='auto'><path d='M0,0 L9,4 L0,8 z' fill='{line}'/></marker></defs>")
    # A ground of its own: the page may be light or dark.
    yield f"<rect width='{width}' height='{height}' rx='8' fill='#ffffff'/>"
    for x, name in ((left, "it runs"), (middle, "it has ended"), (right, "it is closed")):
        yield text(x + box_width / 2, 34, name, 13, colour=grey)

    centre = top + row + box_height / 2
    yield from box(left, top + row, "Started", blue)
    yield text(left + box_width / 2, centre + 52, "Cancel(), or a deadline,", 12)
    yield text(left + box_width / 2, centre + 68, "asks it to stop;", 12)
    yield text(left + box_width / 2, centre + 84, "it is still Started", 12)
    for number, (name, colour, first, second) in enumerate(ends):
        y = top + row * number
        yield arrow(left + box_width + 4, centre, middle - 6, y + box_height / 2)
        yield from box(middle, y, name, colour)
        yield text(middle + box_width / 2, y + box_height + 16, first, 12)
        yield text(middle + box_width / 2, y + box_height + 31, second, 12)
        yield arrow(middle + box_width + 4, y + box_height / 2, right - 6,
                    centre + 12 * (number - 1))
    yield from box(right, top + row, "closed", grey)
    yield text(right + box_width / 2, centre + 52, "Close() releases", 12)
    yield text(right + box_width / 2, centre + 68, "the result", 12)

    y = top + row * 3 + 12
    yield f"<rect x='{left}' y='{y}' width='{width - 2 * left}' height='48' rx='6' fill='{pale}'/>"
    yield text(width / 2, y + 20, "The status leaves Started once, and never changes again.")
    yield text(width / 2, y + 38, "A Completed handler is called once, after that.")
    yield "</svg>"


if __name__ == "__main__":
    target = pathlib.Path(__file__).with_suffix(".svg")
    target.write_text("\n".join(drawing()) + "\n")
