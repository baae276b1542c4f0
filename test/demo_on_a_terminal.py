#!/usr/bin/env python3
# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0

"""Checks what example/downloads.cpp and example/loop_*.cpp do on a terminal.

usage: test/demo_on_a_terminal.py fits|colour|no_color|dumb|ctrl_c|loop_ctrl_c <program> [argument...]
"""

import fcntl
import os
import pty
import re
import struct
import sys
import termios

escape = re.compile(r"\x1b\[[?0-9;]*[A-Za-z]")
colour = re.compile(r"\x1b\[[0-9;]*m")
clear, leave = "\x1b[2J", "\x1b[?1049l"


def run(command, size, variables, meanwhile=lambda output, terminal: None):
    """Its exit code, and all that it wrote."""
    child, terminal = pty.fork()
    if child == 0:
        resize(0, size)
        # For Ctrl-C the terminal writes ^C and drops what is on its way: in the middle of a character.
        attributes = termios.tcgetattr(0)
        attributes[3] = attributes[3] & ~termios.ECHO | termios.NOFLSH
        termios.tcsetattr(0, termios.TCSANOW, attributes)
        kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TERM")}
        os.execve(command[0], command,
                  {**kept, "LC_ALL": "C.UTF-8", "TERM": "xterm", **variables})
    output = b""
    while True:
        try:
            output += os.read(terminal, 65536)
        except OSError:  # on Linux the end of the program is an error
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            return code, output.decode()
        meanwhile(output.decode(errors="ignore"), terminal)


def resize(terminal, size):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))


def check(good, what):
    if not good:
        sys.exit(what)


def fits(command):
    """Each line within the columns and each row within the rows, whatever the size becomes."""
    sizes = [(24, 80), (10, 40), (5, 20), (50, 200), (2, 3), (1, 1), (12, 60)]

    # The screen is cleared for a new size: then the next one comes.
    def next_size(output, terminal):
        cleared = output.count(clear)
        if 0 < cleared < len(sizes):
            resize(terminal, sizes[cleared])

    code, output = run(command, sizes[0], {}, next_size)
    check(code == 0, f"exit code {code}")
    table, after = output.split(leave)
    frames = table.split(clear)[1:]
    check(len(frames) == len(sizes), f"{len(frames)} sizes were drawn, not {len(sizes)}")
    for frame, (rows, columns) in zip(frames, sizes):
        lines = re.findall(r"\x1b\[(\d+);1H\x1b\[K([^\n]*?)(?=\x1b\[\d+;1H|$)", frame)
        check(lines, f"nothing was drawn at {columns} x {rows}")
        for row, text in lines:
            text = escape.sub("", text)
            check(int(row) <= rows, f"row {row} of {rows}: {text}")
            check(len(text) <= columns, f"more than {columns} columns: {text}")
    for text in escape.sub("", after).splitlines():
        check(len(text) <= sizes[-1][1], f"more than {sizes[-1][1]} columns: {text}")
    # No reason is cut; it goes on in the next line.
    words = " ".join(escape.sub("", after).split())
    check("Operation canceled by the frame loop" in words, words)


def colours(command, variables, expected, escapes=True):
    code, output = run(command, (24, 80), variables)
    check(code == 0, f"exit code {code}")
    check("frames; the longest took" in output, output)
    check(bool(colour.search(output)) == expected, f"colours: {not expected}")
    check(("\x1b" in output) == escapes, f"escape sequences: {not escapes}")


def run_and_cancel(command, when):
    """Presses Ctrl-C once `when` is on the terminal."""
    sent = []

    def press(output, terminal):
        if not sent and when in output:
            sent.append(os.write(terminal, b"\x03"))

    return run(command, (24, 80), {}, press)


def ctrl_c(command):
    code, output = run_and_cancel(command, "/video.mp4")
    check(code == 130, f"exit code {code}")
    table, after = output.split(leave)
    check("canceled by Ctrl-C" in after and "every operation has ended" in after, after)
    check("\x1b[?25h" in table, "the cursor is still hidden")


def loop_ctrl_c(command):
    code, output = run_and_cancel(command, "  1 %")
    check(code == 0, f"exit code {code}")
    check(re.search(r"operation \d+: Canceled", output), output)


checks = {
    "fits": fits,
    "colour": lambda command: colours(command, {}, True),
    "no_color": lambda command: colours(command, {"NO_COLOR": "1"}, False),
    "dumb": lambda command: colours(command, {"TERM": "dumb"}, False, escapes=False),
    "ctrl_c": ctrl_c,
    "loop_ctrl_c": loop_ctrl_c,
}
if len(sys.argv) < 3 or sys.argv[1] not in checks:
    sys.exit(__doc__)
checks[sys.argv[1]](sys.argv[2:])
