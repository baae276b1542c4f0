#!/usr/bin/env python3
# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0

"""Counts the instructions that an operation takes in user mode, with valgrind's callgrind.

usage: benchmark/instructions.py PROGRAM FILE [work...]

PROGRAM is asyncinfo_benchmark. The counts go to FILE, for report.py; without a work, those of all
works below.

It counts the thread that runs the row, inside benchmark_only(). Each row runs twice: with a number
of operations, and with three times as many. The difference of the two counts, divided by that of
the numbers, leaves out what a run does once.
"""

import concurrent.futures
import json
import os
import re
import subprocess
import sys

# The works that are counted, and how many operations the shorter run has.
works = {
    "post": 2000,
    "cancel": 2000,
    "composed_read": 200,
    "await": 2000,
    "coroutine_call": 2000,
    "coroutine_call_100": 50,
    "when_all": 200,
    "when_all_await": 200,
    "echo": 5000,
}


def count(program, row, operations):
    command = ["valgrind", "--tool=callgrind", "--toggle-collect=benchmark_only",
               "--callgrind-out-file=/dev/null", program, "--only", row,
               "--iterations", str(operations)]
    run = subprocess.run(command, stderr=subprocess.PIPE, text=True)
    collected = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode != 0 or not collected:
        sys.exit(f"{' '.join(command)}\n{run.stderr}")
    return int(collected[1])


def per_operation(program, row, operations):
    more = 3 * operations
    return ((count(program, row, more) - count(program, row, operations)) / (more - operations))


def main():
    program, file, *chosen = sys.argv[1:]
    listed = subprocess.run([program, "--list"], stdout=subprocess.PIPE, text=True, check=True)
    rows = [row for row in listed.stdout.split() if row.split("/")[0] in (chosen or works)]
    print(f"counting instructions of {len(rows)} rows", file=sys.stderr)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        counts = pool.map(lambda row: per_operation(program, row, works[row.split("/")[0]]), rows)
        report = [{"run_name": row, "family_index": i, "instructions": n}
                  for i, (row, n) in enumerate(zip(rows, counts))]
    with open(file, "w") as out:
        json.dump({"benchmarks": report}, out, indent=2)


main()
