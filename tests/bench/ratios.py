#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the benchmarks that have bars and compares: ratios.py [BUILD] [--repetitions N] [--without-tib]

All of a comparison run in one process, interleaved, medians of the processor time. BUILD: build/release.
"""
import argparse
import json
import statistics
import subprocess
import sys

BARS = [
    # what, numerator, denominator (or what it is divided by), at most (aim), unit
    ("engine / textbook, 2^18 frames", "engine/262144", "plain/262144", 4.0, 2.0, "x"),
    ("engine, 2^28 / 2^18 frames", "engine/268435456", "engine/262144", 12.0, None, "x"),
    ("initial lists of 2^28 frames", "boot_free/28/10", 1e6, 100.0, None, "ms"),
    ("step back / step forward", "step_back", "step_forward", 1.0, 0.5, "x"),
    ("kmalloc / page, pairs", "kmalloc_pair", "page_pair", 3.0, 1.0, "x"),
    ("history of an event", "step_back:bytes_per_event", 1.0, 16.0, 8.0, "bytes"),
    ("time of a line of a recording", "replay_text:ns_per_line", 1.0, 2000.0, None, "ns"),
]
BIG = "engine/268435456"


def pattern(without=()):
    """Of all benchmarks that have a bar, or are what another one is divided by."""
    names = {name.split(":")[0] for bar in BARS for name in bar[1:3] if isinstance(name, str)}
    return f"^({'|'.join(sorted(names - set(without)))})(/|$)"


def medians(build, repetitions, names):
    """Name of a benchmark, or name:counter, to its median; times in nanoseconds."""
    out = subprocess.run(
        [f"{build}/tests/bench/mm_bench", f"--benchmark_filter={names}", f"--benchmark_repetitions={repetitions}",
         "--benchmark_enable_random_interleaving=true", "--benchmark_format=json"],
        check=True, capture_output=True, text=True).stdout
    scale = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}
    values = {}
    for run in json.loads(out)["benchmarks"]:
        if run.get("run_type") != "iteration":
            continue
        name = run["run_name"].split("/iterations:")[0].replace("/manual_time", "")
        manual = "manual_time" in run["run_name"]
        values.setdefault(name, []).append(run["real_time" if manual else "cpu_time"] * scale[run["time_unit"]])
        for counter in ("bytes_per_event", "ns_per_line"):
            if counter in run:
                values.setdefault(f"{name}:{counter}", []).append(run[counter])
    return {name: statistics.median(v) for name, v in values.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", nargs="?", default="build/release")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--without-tib", action="store_true", help="not the 2^28 frames, which take 5 GB")
    args = parser.parse_args()
    found = medians(args.build, args.repetitions, pattern((BIG,) if args.without_tib else ()))
    for name in sorted(found):
        print(f"  {name:32} {found[name]:14.1f}")
    missed = 0
    for what, top, bottom, bar, aim, unit in BARS:
        if top not in found or (isinstance(bottom, str) and bottom not in found):
            print(f"{what:34} not measured")
            continue
        value = found[top] / (found[bottom] if isinstance(bottom, str) else bottom)
        missed += value > bar
        verdict = "MISSED" if value > bar else "met, and the aim" if aim and value <= aim else "met"
        print(f"{what:34} {value:9.2f} {unit:5} bar {bar:g}{f', aim {aim:g}' if aim else ''}: {verdict}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
