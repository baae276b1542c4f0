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
grey, green = "#9e9e9e", "#2e7d4f"
others = ["#d98c3f", "#5b8db8", "#8a6fb0"]
not_drawn = {"poll_status", "outstanding"}


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def tables(title, rows):
    """`rows` are triples: name, wrappers, a dictionary of figures ready to print by wrapper. Those with
    the same wrappers make a table."""
    for wrappers in dict.fromkeys(tuple(w) for _, w, _ in rows):
        yield from table([title, *wrappers],
                         [[name, *(of[w] for w in wrappers)] for name, ws, of in rows
                          if tuple(ws) == wrappers])
        yield ""


def nanoseconds(value):
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def verdict(bar):
    return "**missed**" if bar["missed"] else "met"


def once(wrappers):
    """Without the yardstick's second measurement."""
    return [wrappers[0], *wrappers[2:]]


def heap_name(h):
    name = f"`{h['work']}`"
    if h["outstanding"]:
        name += f", {h['outstanding']} outstanding"
    return name + (", dropped elsewhere" if h["dropped_elsewhere"] else "")


def figures(summary):
    wrappers = summary["wrappers"]
    yield "Medians in nanoseconds per operation; `outstanding`: per handle of one sweep."
    yield ""
    yield from tables("work", [(f"`{work}`", wrappers[work],
                                {w: nanoseconds(t) for w, t in of.items()})
                               for work, of in summary["medians_ns"].items()])
    yield from table(["bar", "figure", "allowed", "noise", ""],
                     [[f"`{b['row']}`: {b['what']}", f"{b['figure']:.3f}", f"{b['allowed']:g}",
                       f"{b['noise']:.3f}", verdict(b)] for b in summary["bars"]])
    yield ""
    of = summary["outstanding_bytes"]
    yield from tables("bytes per operation", [("`outstanding`", once(wrappers["outstanding"]),
                                               {w: f"{b:.0f}" for w, b in of.items()})])
    yield from tables("heap allocations per operation",
                      [(heap_name(h), once(wrappers[h["work"]]),
                        {w: f"{n:.2f}" for w, n in h["per_operation"].items()})
                       for h in summary["heap_allocations"]])


def drawing(medians, wrappers):
    """For each work a group of bars: the cost in multiples of the yardstick's."""
    left, bar, gap, unit, longest = 150, 11, 14, 90, 6
    works = [work for work in medians if work not in not_drawn]
    bars = sum(len(once(wrappers[work])) for work in works)
    height = bars * bar + len(works) * gap + 40
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + longest * unit + 90}" '
           f'height="{height}" font-family="sans-serif" font-size="11">',
           '<rect width="100%" height="100%" fill="white"/>']
    for n in range(longest + 1):
        x = left + n * unit
        out.append(f'<line x1="{x}" y1="24" x2="{x}" y2="{height - 10}" stroke="#e0e0e0"/>')
        out.append(f'<text x="{x}" y="18" text-anchor="middle" fill="#666">{n}×</text>')
    y = 32
    for work in works:
        shown = once(wrappers[work])
        middle = y + len(shown) * bar // 2 + 4
        out.append(f'<text x="{left - 8}" y="{middle}" text-anchor="end">{work}</text>')
        judged = "asyncinfo" if "asyncinfo" in shown else shown[-1]
        colours = dict(zip([w for w in shown[1:] if w != judged], others))
        for w in shown:
            ratio = medians[work][w] / medians[work][shown[0]]
            length = min(ratio, longest) * unit
            name = f"{w} {ratio:.2f}" if w != shown[0] else w
            colour = grey if w == shown[0] else colours.get(w, green)
            out.append(f'<rect x="{left}" y="{y}" width="{length:.1f}" height="{bar - 2}" '
                       f'fill="{colour}"/>')
            inside = ratio > longest - 1
            x = left + length + (-4 if inside else 4)
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
                        "![cost in multiples of the yardstick](benchmark.svg)\n\n" + body + "\n")
    (root / "doc/benchmark.svg").write_text(drawing(summary["medians_ns"], summary["wrappers"]))


main()
