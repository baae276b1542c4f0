#!/usr/bin/env python3
# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0

"""Draws doc/threads.svg: who does what on which thread, from top to bottom.

usage: doc/threads.py
"""

import pathlib

io, queue, loop = 130, 400, 670
width, top = 800, 64
grey, green, blue, ink = "#9e9e9e", "#2e7d4f", "#5b8db8", "#222222"

# from, to, text, its second line, the arrow's kind. `to` None: something done in one place.
wakes = "stroke-dasharray='5 4'"
steps = [
    (loop, io, "async_read(…, use_async_info)", "starts at once; the loop keeps the handle", ""),
    (io, None, "the transfer runs", "and never waits", ""),
    (loop, None, "op.progress(), op.Status()", "asked in any frame, without a lock", ""),
    (io, queue, "Progress, at a pace", "bind_executor(queue, every(50ms, h))", ""),
    (queue, loop, "the descriptor is readable", "the loop, which slept, wakes", wakes),
    (loop, queue, "queue.poll_for(4ms)", "handlers run here, within the budget", ""),
    (loop, io, "op.Cancel()", "from any thread; it never blocks", ""),
    (io, queue, "Completed", "bind_executor(queue, h)", ""),
    (queue, loop, "the descriptor is readable", "once, whatever has ended meanwhile", wakes),
    (loop, queue, "queue.poll_for(4ms)", "what is left wakes the loop again", ""),
]
row = 46
height = top + row * len(steps) + 24


def text(x, y, content, size=12, weight="normal", colour=ink):
    return (f"<text x='{x}' y='{y}' font-size='{size}' font-weight='{weight}' fill='{colour}' "
            f"text-anchor='middle'>{content}</text>")


def drawing():
    yield (f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' "
           f"viewBox='0 0 {width} {height}' font-family='sans-serif'>")
    yield (f"<defs><marker id='tip' markerWidth='9' markerHeight='8' refX='8' refY='4' "
           f"orient='auto'><path d='M0,0 L9,4 L0,8 z' fill='{ink}'/></marker></defs>")
    yield f"<rect width='{width}' height='{height}' fill='#ffffff'/>"
    for x, colour, name, what in ((io, blue, "io_context", "a thread of its own"),
                                  (queue, grey, "completion_queue", "belongs to no thread"),
                                  (loop, green, "your event loop", "its own thread")):
        yield (f"<line x1='{x}' y1='{top}' x2='{x}' y2='{height - 12}' stroke='{colour}' "
               f"stroke-width='3'/>")
        yield (f"<rect x='{x - 85}' y='12' width='170' height='42' rx='5' fill='{colour}'/>")
        yield text(x, 30, name, 14, "bold", "#ffffff")
        yield text(x, 46, what, 11, colour="#ffffff")
    for number, (begin, end, first, second, style) in enumerate(steps):
        y = top + row * number + 30
        if end is None:
            yield (f"<rect x='{begin - 105}' y='{y - 22}' width='210' height='36' rx='4' "
                   f"fill='#f4f4f4' stroke='{grey}'/>")
            yield text(begin, y - 7, first, weight="bold")
            yield text(begin, y + 8, second, 11)
            continue
        # A long arrow passes the queue: its text stands beside it.
        middle = (begin + (queue if abs(begin - end) > 300 else end)) / 2
        side = 5 if end > begin else -5
        yield (f"<line x1='{begin + side}' y1='{y}' x2='{end - side}' y2='{y}' stroke='{ink}' "
               f"stroke-width='1.5' {style} marker-end='url(#tip)'/>")
        yield text(middle, y - 6, first, weight="bold")
        yield text(middle, y + 14, second, 11)
    yield "</svg>"


(pathlib.Path(__file__).resolve().parent / "threads.svg").write_text(
    "\n".join(drawing()) + "\n", encoding="utf-8")
