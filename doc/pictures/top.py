#!/usr/bin/python3
# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0

"""Draws doc/pictures/top.svg: asyncinfo-top, which shows example/console/stuck.cpp.

usage: doc/pictures/top.py <asyncinfo-top> <example_stuck>

It needs pyte, a terminal emulator: Debian's package python3-pyte.
"""

import fcntl
import html
import os
import pathlib
import pty
import re
import struct
import subprocess
import sys
import termios

import pyte

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent))
import demo  # noqa: E402

demo.rows, demo.columns = 14, 92
# Dim text is black here, which nothing else is.
colours = {**demo.colours, "black": demo.dim, "magenta": "#d2a8ff"}
paper = "#161b22"


def drawn(row):
    """A row of the screen as SVG: pieces of one look, each at the place of its first cell."""
    def look(x):
        return row[x].fg, row[x].bold, row[x].reverse

    result, x = [], 0
    while x < demo.columns:
        end = x + 1
        while end < demo.columns and look(end) == look(x):
            end += 1
        colour, bold, reverse = look(x)
        ink = colours[colour]
        if reverse:
            result.append(f'<rect x="{x * demo.cell:.1f}" width="{(end - x) * demo.cell:.1f}" '
                          f'height="{demo.line}" fill="{ink}"/>')
            ink = paper
        for word in re.finditer(r"\S+( \S+)*", "".join(row[n].data for n in range(x, end))):
            more = "" if ink == colours["default"] else f' fill="{ink}"'
            more += ' font-weight="bold"' if bold else ""
            result.append(f'<text x="{(x + word.start()) * demo.cell:.1f}" y="14"{more}>'
                          f'{html.escape(word[0])}</text>')
        x = end
    return "".join(result)


def record(top, url):
    """The screen once all parts but one have come, and nothing has happened for some seconds."""
    screen = pyte.Screen(demo.columns, demo.rows)
    stream = pyte.ByteStream(screen)
    child, terminal = pty.fork()
    if child == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", demo.rows, demo.columns, 0, 0))
        environment = {**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8", "ASYNCINFO_CONSOLE": url}
        environment.pop("NO_COLOR", None)
        os.execve(top, [top], environment)
    while not re.search(r"Waits for part 7 .* 1[2-9] s", "\n".join(screen.display)):
        stream.feed(os.read(terminal, 65536).replace(b"\x1b[0;2m", b"\x1b[0;30m"))
    os.write(terminal, b"q")
    frame = [drawn(screen.buffer[row]) for row in range(demo.rows)]
    try:
        while os.read(terminal, 65536):
            pass
    except OSError:  # on Linux the end of the program is an error
        pass
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0:
        sys.exit(f"{top} did not end well")
    return frame


if len(sys.argv) != 3:
    sys.exit(__doc__)
stuck = subprocess.Popen([sys.argv[2]], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
try:
    frame = record(os.path.abspath(sys.argv[1]), stuck.stderr.readline().split()[-1])
finally:
    stuck.kill()
    stuck.wait()
(here / "top.svg").write_text(
    "\n".join(demo.picture([frame], 'A terminal: "part 7" holds up a program', "asyncinfo-top")) + "\n",
    encoding="utf-8")
