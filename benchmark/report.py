#!/usr/bin/env python3
# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0

"""Judges what asyncinfo_benchmark and instructions.py have measured: prints the figures, whether
each bar is met, and what is worse than in doc/benchmark.md.

usage: benchmark/report.py [--write] [file...]

The files are build/bench.json and build/instructions.json, or those named. With --write it writes
the figures into doc/benchmark.md, below its line `## Figures`, and draws doc/benchmark.svg.
"""

import json
import math
import pathlib
import re
import statistics
import sys

root = pathlib.Path(__file__).resolve().parent.parent
document = root / "doc/benchmark.md"

# The quantities, by their names in the tables: the key and the aggregate in the files, and how many
# decimals a figure has.
times, instructions = "ns per operation", "instructions per operation"
sizes, allocations = "bytes per operation", "heap allocations per operation"
quantities = {
    times: ("real_time", "median", lambda n: 2 if n < 10 else 1 if n < 100 else 0),
    instructions: ("instructions", None, lambda n: 0),
    sizes: ("bytes", "median", lambda n: 0),
    allocations: ("allocations", None, lambda n: 2),
}

# The bars: quantity, work, what is judged, and the most that is allowed.
bars = [
    (times, "post", "(asyncinfo - raw) / (use_promise - raw)", 0.40),
    (times, "timer", "(asyncinfo - raw) / (use_promise - raw)", 0.70),
    (times, "cancel", "(asyncinfo - raw) / (use_promise - raw)", 0.70),
    (times, "socket_read", "asyncinfo / raw", 1.06),
    (times, "composed_read", "asyncinfo / raw", 1.06),
    (times, "read_with_progress", "asyncinfo / raw", 1.02),
    (times, "poll_status", "asyncinfo / use_future", 1),
    (times, "await", "asyncinfo / use_awaitable", 1),
    (times, "coroutine_call", "asyncinfo / awaitable", 1.1),
    (times, "coroutine_call_100", "asyncinfo / awaitable", 1.3),
    (times, "when_all", "asyncinfo / parallel_group", 1),
    (times, "when_all_range", "asyncinfo / parallel_group", 1),
    (times, "when_all_await", "asyncinfo / parallel_group", 1),
    (times, "queue_post", "asyncinfo / raw", 1),
    (times, "wake_latency", "asyncinfo / raw", 1.5),
    (times, "drain", "among_1000000 / alone", 1.5),
    (times, "echo", "asyncinfo / raw", 1.03),
    (times, "echo", "handle / raw", 1.03),
    (times, "echo", "completed / raw", 1.03),
    (times, "echo_4_threads", "handle / raw", 1 / 0.97),  # 0.97 of raw's throughput
    (times, "post", "tracked / asyncinfo", 1.25),
    (times, "socket_read", "tracked / asyncinfo", 1.25),
    (times, "snapshot", "among_100000", 500),  # 50 ms for all, an absolute time
    (times, "outstanding", "asyncinfo", 6),  # an absolute time, which depends on the machine
    (instructions, "echo", "(asyncinfo - raw) / (use_awaitable - raw)", 1.0),
    (instructions, "echo", "(handle - raw) / (use_awaitable - raw)", 1.2),
    (instructions, "echo", "(completed - raw) / (use_awaitable - raw)", 1.2),
    (instructions, "cancel", "asyncinfo - raw", 600),
    (instructions, "composed_read", "(asyncinfo - raw) / 16", 150),  # steps
    (sizes, "outstanding", "asyncinfo - raw", 144),
]
# Heap allocations beyond those of a yardstick, in any work that has it.
allocations_beyond = {"raw": 0, "parallel_group": 0}
# The wrappers that are ours. The others stand beside them.
ours = "asyncinfo", "handle", "completed", "among_10000", "among_100000", "among_1000000", "tracked"
# Two builds of the same source can differ by so much, because their code lies in different places.
placement = 0.05


def read(benchmarks, key, aggregate):
    """By work and wrapper, in order, the figures of that key. The first wrapper of a work is its
    yardstick, the second the same once more, to show the noise."""
    figures = {}
    for b in benchmarks:
        if key in b and b.get("aggregate_name") == aggregate:
            work, wrapper = b["run_name"].split("/")[:2]
            place = b["family_index"], wrapper  # those of one run: they ran in random order
            figures.setdefault(work, {}).setdefault(place, []).append(b[key])
    return {work: {wrapper: statistics.median(n) for (_, wrapper), n in
                   sorted(of.items(), key=lambda row: row[0][0])}
            for work, of in figures.items()}


def noise(of):
    """What part of a figure can be noise: as much as the two figures of the yardstick differ."""
    first, again = list(of.values())[:2]
    return abs(again / first - 1) if first else 0


def value(what, of):
    above, _, below = what.partition(" / ")
    divisor = eval(below or "1", {}, of)
    return eval(above, {}, of) / divisor if divisor > 0 else math.nan


def judge(figures):
    """The bars as (quantity, work, what, figure, allowed, noise)."""
    for quantity, work, what, allowed in bars:
        of = figures[quantity].get(work, {})
        # Some are not on every system, or were not measured.
        if set(re.findall(r"[a-z]\w*", what)) <= set(of):
            judged = re.search(r"\w+", what)[0]
            figure = value(what, of)
            off = value(what, of | {judged: of[judged] * (1 + noise(of))}) - figure
            yield quantity, work, what, figure, allowed, off
    for yardstick, allowed in allocations_beyond.items():
        beyond = [of["asyncinfo"] - of[yardstick] for of in figures[allocations].values()
                  if yardstick in of]
        if beyond:
            yield (allocations, "heap", f"asyncinfo - {yardstick}, in each work", max(beyond),
                   allowed, 0)


def short(figure):
    return f"{figure:.3f}" if figure < 10 else f"{figure:.0f}"


def verdict(figure, allowed, off):
    if math.isnan(figure):
        return "**no figure**: the other was not slower than raw"
    if figure - off > allowed:
        return f"**missed** by {short(figure - allowed)}"
    return "met" if figure <= allowed else "met within the noise"


def table(*rows):
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = ["| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in rows]
    return [lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:], ""]


def tables(title, figures, decimals):
    """Those with the same wrappers make a table."""
    for wrappers in dict.fromkeys(map(tuple, figures.values())):
        yield from table([title, *wrappers],
                         *(["`{}`{}{}".format(*work.partition(",")),
                            *(f"{n:.{decimals(n)}f}" for n in of.values())]
                           for work, of in figures.items() if tuple(of) == wrappers))


def without_second(figures):
    return {work: {w: n for i, (w, n) in enumerate(of.items()) if i != 1}
            for work, of in figures.items()}


def text(figures):
    if figures[times]:
        yield ("Times are medians. `outstanding`: per handle of one sweep. `echo`: of the server's "
               "thread, on a processor.")
        yield ""
    for quantity in times, instructions:
        yield from tables(quantity, figures[quantity], quantities[quantity][2])
    yield from table(["bar", "of", "figure", "allowed", "noise", ""],
                     *([f"`{work}`: {what}", quantity.partition(" per ")[0], short(figure),
                        f"{allowed:.4g}", short(off), verdict(figure, allowed, off)]
                       for quantity, work, what, figure, allowed, off in judge(figures)))
    for quantity in sizes, allocations:
        yield from tables(quantity, without_second(figures[quantity]), quantities[quantity][2])


def committed():
    """The figures of the document, read from its tables."""
    figures = {quantity: {} for quantity in quantities}
    of, wrappers = None, []
    for line in document.read_text().partition("## Figures\n")[2].splitlines():
        first, *cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not first.startswith("`"):
            # A header, or the line below it, which changes nothing.
            if not first.startswith("-"):
                of, wrappers = figures.get(first), cells
        elif of is not None:
            of[first.replace("`", "")] = dict(zip(wrappers, map(float, cells)))
    return figures


def worse(figures, before):
    """What is worse than it was by more than noise. Times are multiples of the yardstick's."""
    for quantity, works in figures.items():
        for work, of in works.items():
            was = before[quantity].get(work, {})
            for wrapper in ours:
                if wrapper not in of or wrapper not in was:
                    continue
                now, then, allowed = of[wrapper], was[wrapper], 0.01
                if quantity == times:
                    now /= next(iter(of.values()))
                    then /= next(iter(was.values()))
                    allowed = placement + noise(of) + noise(was)
                if now > then * (1 + allowed) + 0.01:
                    yield f"`{work}`, {quantity}, {wrapper}: {now:.4g}, was {then:.4g}"


def drawing(figures):
    """For each work a group of bars: the cost in multiples of the yardstick's."""
    grey, green, others = "#9e9e9e", "#2e7d4f", ["#d98c3f", "#5b8db8", "#8a6fb0"]
    left, bar, gap, unit, longest = 150, 11, 14, 90, 6
    works = {work: of for work, of in without_second(figures[times]).items()
             if work not in {"poll_status", "outstanding"}}
    works["echo, instructions"] = without_second(figures[instructions])["echo"]
    height = sum(map(len, works.values())) * bar + len(works) * gap + 40
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + longest * unit + 90}" '
           f'height="{height}" font-family="sans-serif" font-size="11">',
           '<rect width="100%" height="100%" fill="white"/>']
    for n in range(longest + 1):
        x = left + n * unit
        out.append(f'<line x1="{x}" y1="24" x2="{x}" y2="{height - 10}" stroke="#e0e0e0"/>')
        out.append(f'<text x="{x}" y="18" text-anchor="middle" fill="#666">{n}×</text>')
    y = 32
    for work, of in works.items():
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
    files = arguments or [root / "build/bench.json", root / "build/instructions.json"]
    reports = [json.loads(pathlib.Path(file).read_text()) for file in files]
    benchmarks = [b for report in reports for b in report["benchmarks"]]
    figures = {quantity: read(benchmarks, key, aggregate)
               for quantity, (key, aggregate, _) in quantities.items()}
    body = "\n".join(text(figures))
    print(body)
    if any(report.get("context", {}).get("quick") == "yes" for report in reports):
        print("This was --quick: nothing to judge by.")
    elif lines := list(worse(figures, committed())):
        print("Worse than in doc/benchmark.md, whose times are those of one machine:", *lines,
              sep="\n- ")
    else:
        print("Nothing is worse than in doc/benchmark.md, beyond noise.")
    if "--write" in sys.argv[1:]:
        if not all(figures.values()):
            sys.exit("--write needs the figures of the whole benchmark")
        head, mark, _ = document.read_text().partition("## Figures\n")
        if not mark:
            sys.exit(f"{document} has no line '## Figures'")
        document.write_text(head + mark + "\nWritten by `benchmark/report.py` from "
                            "`build/bench.json` and `build/instructions.json`: g++ 12 -O2, "
                            "Boost 1.81, two cores.\n\n"
                            "![cost in multiples of the yardstick](benchmark.svg)\n\n"
                            + body.rstrip() + "\n")
        (root / "doc/benchmark.svg").write_text(drawing(figures))


if __name__ == "__main__":
    main()
