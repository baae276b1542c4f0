#!/usr/bin/python3
# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0

"""Draws doc/demo.svg: what the demo shows on a terminal, recorded from a run of it.

usage: doc/demo.py <program> [argument...]

It needs pyte, a terminal emulator: Debian's package python3-pyte.
"""

import fcntl
import html
import os
import pathlib
import pty
import re
import struct
import sys
import termios
import time

import pyte

rows, columns = 13, 96
pace = 0.2  # seconds from frame to frame
hold = 4  # seconds that the last frame stays
cell, line, size = 8.4, 21, 14  # of the font, in pixels
left, top = 18, 48
bars = {"━": 5, "─": 1.5}  # drawn as lines: most fonts leave gaps between these characters
# pyte calls yellow brown. It has no dim text, which is magenta here.
colours = {"default": "#d6dde5", "magenta": "#8d96a0", "red": "#ff7b72", "green": "#4ac26b",
           "brown": "#d9a633", "cyan": "#4cc3d9"}
dim = colours["magenta"]
fonts = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace"


def record(command):
    """The frames of a run; a frame is a drawn line for each row."""
    screen = pyte.Screen(columns, rows)
    stream = pyte.ByteStream(screen)
    child, terminal = pty.fork()
    if child == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        environment = {**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8"}
        environment.pop("NO_COLOR", None)
        os.execvpe(command[0], command, environment)

    frames, start, live = [], time.monotonic(), True
    while True:
        try:
            data = os.read(terminal, 65536)
        except OSError:  # on Linux the end of the program is an error
            break
        while live and len(frames) * pace < time.monotonic() - start:
            frames.append([drawn(screen.buffer[row]) for row in range(rows)])
        table, *after = data.split(b"\x1b[?1049l")  # behind it comes what the demo prints at last
        if live:
            stream.feed(table.replace(b"\x1b[2m", b"\x1b[35m"))
        live = live and not after
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0:
        sys.exit(f"{command[0]} did not end well")
    frames.append([drawn(screen.buffer[row]) for row in range(rows)])
    return frames[1:]  # the first is empty


def drawn(row):
    """A row of the screen as SVG: pieces of one colour, each at the place of its first cell."""
    kinds = "".join("━" if row[x].data == "━" else "─" if row[x].data == "─" else "." for x in range(columns))
    text = "".join(row[x].data for x in range(columns))
    result, x = [], 0
    while x < columns:
        end = x + 1
        while end < columns and row[end].fg == row[x].fg and kinds[end] == kinds[x]:
            end += 1
        colour = colours[row[x].fg]
        if kinds[x] in bars:
            thick = bars[kinds[x]]
            result.append(f'<rect x="{x * cell:.1f}" y="{9.5 - thick / 2}" width="{(end - x) * cell:.1f}" '
                          f'height="{thick}" fill="{colour}"/>')
        else:
            for word in re.finditer(r"\S+( \S+)*", text[x:end]):
                fill = "" if colour == colours["default"] else f' fill="{colour}"'
                result.append(f'<text x="{(x + word.start()) * cell:.1f}" y="14"{fill}>'
                              f'{html.escape(word[0])}</text>')
        x = end
    return "".join(result)


def picture(frames, title, bar="./dev demo"):
    """All frames one below the other, of which a window shows one at a time."""
    width, height = round(2 * left + cell * columns), top + line * rows + 10
    names = {}
    for row in (row for frame in frames for row in frame if row):
        names.setdefault(row, f"r{len(names)}")
    screen = line * rows
    length = len(frames) * pace + hold
    half = len(frames) // 2
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
           f'viewBox="0 0 {width} {height}" font-family="{fonts}" font-size="{size}" '
           f'fill="{colours["default"]}" role="img">')
    yield f"<title>{html.escape(title)}</title>"
    yield "<style>"
    yield "text{white-space:pre}"
    yield "@media (prefers-reduced-motion:no-preference){"  # what does not move shows the run half-way
    yield f"#film{{animation:film {length:.1f}s step-end infinite}}"
    yield "}"
    yield "@keyframes film{"
    for number in range(len(frames)):
        yield f"{number * pace / length:.2%}{{transform:translateY({-number * screen}px)}}"
    yield "}</style>"
    yield f'<rect x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="9" fill="#161b22" stroke="#3d444d"/>'
    for number, colour in enumerate(("#ff5f57", "#febc2e", "#28c840")):
        yield f'<circle cx="{left + 5 + 18 * number}" cy="20" r="5.5" fill="{colour}"/>'
    yield f'<text x="{width / 2}" y="25" text-anchor="middle" fill="{dim}">{html.escape(bar)}</text>'
    yield "<defs>"
    for row, name in names.items():
        yield f'<g id="{name}">{row}</g>'
    yield "</defs>"
    yield f'<svg x="{left}" y="{top}" width="{width - 2 * left}" height="{screen}">'
    yield f'<g id="film" transform="translate(0,{-half * screen})">'
    for number, frame in enumerate(frames):
        for row, content in enumerate(frame):
            if content:
                yield f'<use href="#{names[content]}" y="{number * screen + row * line}"/>'
    yield "</g></svg></svg>"


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    (pathlib.Path(__file__).resolve().parent / "demo.svg").write_text(
        "\n".join(picture(record(sys.argv[1:]),
                          "A terminal: eight operations run, complete, fail and are cancelled")) + "\n",
        encoding="utf-8")
