#!/usr/bin/env python3
# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0

"""Judges what asyncinfo_benchmark has measured: prints its figures and whether each bar is met.

usage: benchmark/report.py [--write] [build/bench.json]

With --write it writes them into doc/benchmark.md, below its line `## Figures`, and draws
doc/benchmark.svg.
"""

import json
import math
import pathlib
import statistics
import sys

root = pathlib.Path(__file__).resolve().parent.parent

# The bars. What asyncinfo adds to raw, as a share of what use_promise adds: at most.
shares = {"post": 0.40, "timer": 0.70, "cancel": 0.80}
# One wrapper's time as a multiple of another's: at most.
multiples = {
    "socket_read": ("asyncinfo", "raw", 1.06),
    "composed_read": ("asyncinfo", "raw", 1.06),
    "read_with_progress": ("asyncinfo", "raw", 1.02),
    "poll_status": ("asyncinfo", "use_future", 1),
    "await": ("asyncinfo", "use_awaitable", 1),
    "when_all": ("asyncinfo", "parallel_group", 1),
    "when_all_range": ("asyncinfo", "parallel_group", 1),
    "when_all_await": ("asyncinfo", "parallel_group", 1),
    "queue_post": ("asyncinfo", "raw", 1),
    "wake_latency": ("asyncinfo", "raw", 1.5),
    "drain": ("among_1000000", "alone", 1.5),
}
# Heap allocations beyond those of a yardstick, in any work that has it; bytes beyond raw's.
allocations_beyond = {"raw": 0, "parallel_group": 0}
bytes_beyond_raw = 192


def read(report, key, aggregate="median"):
    """By work and wrapper, in order, the figures of that key. The first wrapper of a work is its
    yardstick, the second the same once more, to show the noise."""
    figures = {}
    for b in report["benchmarks"]:
        if key in b and b.get("aggregate_name") == aggregate:
            work, wrapper = b["run_name"].split("/")[:2]
            place = b["family_index"], wrapper  # those of one run: they ran in random order
            figures.setdefault(work, {}).setdefault(place, []).append(b[key])
    return {work: {wrapper: statistics.median(n) for (_, wrapper), n in
                   sorted(of.items(), key=lambda row: row[0][0])}
            for work, of in figures.items()}


def judge(times, allocations, sizes):
    """The bars as (work, what, figure, allowed, noise). By so much the figure may be off, judging
    from the yardstick against itself."""
    for work, allowed in shares.items():
        of = times[work]
        unit = of["use_promise"] - of["raw"]
        figure, noise = math.nan, 0
        if unit > 0:
            figure, noise = (of["asyncinfo"] - of["raw"]) / unit, abs(of["raw2"] - of["raw"]) / unit
        yield work, "(asyncinfo - raw) / (use_promise - raw)", figure, allowed, noise
    for work, (wrapper, other, allowed) in multiples.items():
        if work in times:  # some are not on every system
            of = times[work]
            first, again = list(of.values())[:2]
            yield (work, f"{wrapper} / {other}", of[wrapper] / of[other], allowed,
                   allowed * abs(again / first - 1))
    for yardstick, allowed in allocations_beyond.items():
        beyond = [of["asyncinfo"] - of[yardstick] for of in allocations.values() if yardstick in of]
        if beyond:
            yield ("heap", f"allocations each beyond {yardstick}'s, at most", max(beyond),
                   allowed, 0)
    for work, of in sizes.items():
        yield (work, "bytes per operation beyond raw's", of["asyncinfo"] - of["raw"],
               bytes_beyond_raw, abs(of["raw2"] - of["raw"]))


def verdict(figure, allowed, noise):
    if math.isnan(figure):
        return "**no figure**: use_promise was not slower than raw"
    if figure - noise > allowed:
        return f"**missed** by {figure - allowed:.3f}"
    return "met" if figure <= allowed else "met within the noise"


def table(*rows):
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = ["| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in rows]
    return [lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:], ""]


def tables(title, figures, shown):
    """Those with the same wrappers make a table."""
    for wrappers in dict.fromkeys(map(tuple, figures.values())):
        yield from table([title, *wrappers],
                         *(["`{}`{}{}".format(*work.partition(",")), *map(shown, of.values())]
                           for work, of in figures.items() if tuple(of) == wrappers))


def without_second(figures):
    return {work: {w: n for i, (w, n) in enumerate(of.items()) if i != 1}
            for work, of in figures.items()}


def text(times, allocations, sizes):
    yield "Medians in nanoseconds per operation; `outstanding`: per handle of one sweep."
    yield ""
    yield from tables("work", times, lambda n: f"{n:.2f}" if n < 10 else f"{n:.0f}")
    yield from table(["bar", "figure", "allowed", "noise", ""],
                     *([f"`{work}`: {what}", f"{figure:.3f}", f"{allowed:g}", f"{noise:.3f}",
                        verdict(figure, allowed, noise)]
                       for work, what, figure, allowed, noise in judge(times, allocations, sizes)))
    yield from tables("bytes per operation", without_second(sizes), lambda n: f"{n:.0f}")
    yield from tables("heap allocations per operation", without_second(allocations),
                      lambda n: f"{n:.2f}")


def drawing(times):
    """For each work a group of bars: the cost in multiples of the yardstick's."""
    grey, green, others = "#9e9e9e", "#2e7d4f", ["#d98c3f", "#5b8db8", "#8a6fb0"]
    left, bar, gap, unit, longest = 150, 11, 14, 90, 6
    times = {work: of for work, of in without_second(times).items()
             if work not in {"poll_status", "outstanding"}}
    height = sum(map(len, times.values())) * bar + len(times) * gap + 40
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + longest * unit + 90}" '
           f'height="{height}" font-family="sans-serif" font-size="11">',
           '<rect width="100%" height="100%" fill="white"/>']
    for n in range(longest + 1):
        x = left + n * unit
        out.append(f'<line x1="{x}" y1="24" x2="{x}" y2="{height - 10}" stroke="#e0e0e0"/>')
        out.append(f'<text x="{x}" y="18" text-anchor="middle" fill="#666">{n}×</text>')
    y = 32
    for work, of in times.items():
        yardstick, *rest = of
        middle = y + len(of) * bar // 2 + 4
        out.append(f'<text x="{left - 8}" y="{middle}" text-anchor="end">{work}</text>')
        judged = "asyncinfo" if "asyncinfo" in of else rest[-1]
        colours = dict(zip([w for w in rest if w != judged], others))
        colours |= {yardstick: grey, judged: green}
        for w, time in of.items():
            ratio = time / of[yardstick]
            length = min(ratio, longest) * unit
            name = f"{w} {ratio:.2f}" if w != yardstick else w
            out.append(f'<rect x="{left}" y="{y}" width="{length:.1f}" height="{bar - 2}" '
                       f'fill="{colours[w]}"/>')
            inside = ratio > longest - 1
            x = left + length + (-4 if inside else 4)
            out.append(f'<text x="{x:.1f}" y="{y + bar - 3}" font-size="9" '
                       f'text-anchor="{"end" if inside else "start"}" '
                       f'fill="{"white" if inside else "#333"}">{name}</text>')
            y += bar
        y += gap
    return "\n".join([*out, "</svg>"]) + "\n"


def main():
    arguments = [a for a in sys.argv[1:] if a != "--write"]
    source = pathlib.Path(arguments[0] if arguments else root / "build/bench.json")
    report = json.loads(source.read_text())
    figures = read(report, "real_time"), read(report, "allocations", None), read(report, "bytes")
    body = "\n".join(text(*figures))
    print(body)
    if report["context"]["quick"] == "yes":
        print("This was --quick: nothing to judge by.")
    if "--write" in sys.argv[1:]:
        document = root / "doc/benchmark.md"
        head, mark, _ = document.read_text().partition("## Figures\n")
        if not mark:
            sys.exit(f"{document} has no line '## Figures'")
        document.write_text(head + mark + "\nWritten by `benchmark/report.py` from "
                            "`build/bench.json`: g++ 12 -O2, Boost 1.81, two cores.\n\n"
                            "![cost in multiples of the yardstick](benchmark.svg)\n\n"
                            + body.rstrip() + "\n")
        (root / "doc/benchmark.svg").write_text(drawing(figures[0]))


main()
