#!/usr/bin/env python3
# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0

"""What `./dev bench` says of its figures: benchmark/report.py, with those of doc/benchmark.md."""

import copy
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "benchmark"))
sys.dont_write_bytecode = True
import report


def expect(condition, *what):
    if not condition:
        sys.exit(" ".join(map(str, what)))


committed = report.committed()

# Each bar judges what is ours, by figures that are measured.
for quantity, work, what, allowed in report.bars:
    names = re.findall(r"[a-z]\w*", what)
    expect(names[0] in report.ours, work, what, "judges another")
    expect(set(names) <= set(committed[quantity].get(work, ())), work, what, "is not measured")

# A bar is missed by what is beyond it and its noise.
for asyncinfo, second, verdict in ((1600, 1000, "met"), (1601, 1000, "**missed** by 1.000"),
                                   (1601, 1010, "met within the noise")):
    figures = {quantity: {} for quantity in report.quantities}
    figures[report.instructions]["cancel"] = {"raw": 1000, "raw2": second, "asyncinfo": asyncinfo}
    (_, _, _, *judged), = report.judge(figures)
    expect(report.verdict(*judged) == verdict, asyncinfo, second, judged)
# Of a share there is no figure if what it is a share of is nothing.
figures = {quantity: {} for quantity in report.quantities}
figures[report.times]["post"] = {"raw": 50, "raw2": 50, "use_promise": 49, "asyncinfo": 60}
(_, _, _, *judged), = report.judge(figures)
expect("no figure" in report.verdict(*judged), judged)

# The same figures are not worse, nor those of a machine that is slower throughout.
expect(not list(report.worse(committed, committed)), "the same is worse")
slower = copy.deepcopy(committed)
for of in slower[report.times].values():
    for wrapper in of:
        of[wrapper] *= 2
expect(not list(report.worse(slower, committed)), "a slower machine is worse")

# One that has become worse is named, and is the only one.
for quantity, works in committed.items():
    for work, of in works.items():
        for wrapper in set(of) & set(report.ours):
            changed = copy.deepcopy(committed)
            changed[quantity][work][wrapper] = of[wrapper] * 3 + 1
            lines = list(report.worse(changed, committed))
            expect(len(lines) == 1 and lines[0].startswith(f"`{work}`, {quantity}, {wrapper}:"),
                   work, quantity, wrapper, lines)
