#!/usr/bin/env python3
# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0

"""Writes the figures of a run into doc/benchmark.md, below its line `## Figures`, and draws
doc/benchmark.svg.

usage: benchmark/report.py [build/bench.json]
"""

import json
import pathlib
import sys

root = pathlib.Path(__file__).resolve().parent.parent
wrappers = ["raw", "use_future", "use_promise", "asyncinfo"]
colours = {"raw": "#9e9e9e", "use_future": "#d98c3f", "use_promise": "#5b8db8", "asyncinfo": "#2e7d4f"}
drawn = ["post", "timer", "timer_16", "cancel", "cancel_16", "cross_thread_cancel", "socket_read",
         "composed_read"]


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def nanoseconds(value):
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def verdict(bar):
    return "**missed**" if bar["missed"] else "met"


def figures(summary):
    columns = ["raw", "raw2", "use_future", "use_promise", "asyncinfo"]
    yield "Medians in nanoseconds per operation; `outstanding`: per handle of one sweep."
    yield ""
    yield from table(["work", "raw", "raw again", *columns[2:]],
                     [[f"`{work}`", *(nanoseconds(of[c]) for c in columns)]
                      for work, of in summary["medians_ns"].items()])
    yield ""
    yield from table(["bar", "figure", "allowed", "noise", ""],
                     [[f"`{b['row']}`: {b['what']}", f"{b['figure']:.3f}", f"{b['allowed']:g}",
                       f"{b['noise']:.3f}", verdict(b)] for b in summary["bars"]])
    yield ""
    of = summary["outstanding_bytes"]
    yield from table(["bytes per operation", *wrappers],
                     [["`outstanding`", *(f"{of[w]:.0f}" for w in wrappers)]])
    yield ""
    yield from table(["heap allocations per operation", *wrappers],
                     [[f"`{h['work']}`, {h['outstanding']} outstanding"
                       + (", dropped elsewhere" if h["dropped_elsewhere"] else ""),
                       *(f"{h['per_operation'][w]:.2f}" for w in wrappers)]
                      for h in summary["heap_allocations"]])


def drawing(medians):
    """For each work a group of bars: the cost in multiples of a plain callback's."""
    left, bar, gap, unit, longest = 150, 11, 14, 90, 6
    height = len(drawn) * (len(wrappers) * bar + gap) + 40
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + longest * unit + 70}" '
           f'height="{height}" font-family="sans-serif" font-size="11">',
           '<rect width="100%" height="100%" fill="white"/>']
    for n in range(longest + 1):
        x = left + n * unit
        out.append(f'<line x1="{x}" y1="24" x2="{x}" y2="{height - 10}" stroke="#e0e0e0"/>')
        out.append(f'<text x="{x}" y="18" text-anchor="middle" fill="#666">{n}×</text>')
    y = 32
    for work in drawn:
        out.append(f'<text x="{left - 8}" y="{y + 2 * bar + 4}" text-anchor="end">{work}</text>')
        for w in wrappers:
            ratio = medians[work][w] / medians[work]["raw"]
            shown = min(ratio, longest)
            name = f"{w} {ratio:.2f}" if w != "raw" else "raw"
            out.append(f'<rect x="{left}" y="{y}" width="{shown * unit:.1f}" height="{bar - 2}" '
                       f'fill="{colours[w]}"/>')
            inside = ratio > longest - 1
            x = left + shown * unit + (-4 if inside else 4)
            out.append(f'<text x="{x:.1f}" y="{y + bar - 3}" font-size="9" '
                       f'text-anchor="{"end" if inside else "start"}" '
                       f'fill="{"white" if inside else "#333"}">{name}</text>')
            y += bar
        y += gap
    return "\n".join([*out, "</svg>"]) + "\n"


def main():
    source = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else root / "build/bench.json")
    summary = json.loads(source.read_text())["summary"]
    document = root / "doc/benchmark.md"
    head, mark, _ = document.read_text().partition("## Figures\n")
    if not mark:
        sys.exit(f"{document} has no line '## Figures'")
    body = "\n".join(figures(summary))
    document.write_text(head + mark + "\nWritten by `benchmark/report.py` from `build/bench.json`: "
                        "g++ 12 -O2, Boost 1.81, two cores.\n\n"
                        "![cost over a plain callback](benchmark.svg)\n\n" + body + "\n")
    (root / "doc/benchmark.svg").write_text(drawing(summary["medians_ns"]))


main()
