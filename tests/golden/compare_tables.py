#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far computed page tables agree with those of running machines, by area, over all captures of a folder.

    compare_tables.py path/to/mmsim path/to/captures      (any depth; folders with qemu_page_table.txt count)

Prints for each capture the share that is as built, and the share with what mmsim explains by a kernel function; then
the totals of each area. Exit code 1 if something is unexplained.
"""
import collections
import json
import os
import subprocess
import sys

UNEXPLAINED = "different", "missing", "extra"


def captures(top):
    for folder, _, files in sorted(os.walk(top)):
        if "qemu_page_table.txt" in files:
            yield folder


def shares(pages):
    total = sum(pages.values())
    bad = sum(pages[fate] for fate in UNEXPLAINED)
    return total, 100.0 * pages["equal"] / total, 100.0 * (total - bad) / total, bad


def line(name, pages):
    total, equal, explained, bad = shares(pages)
    return "%-34s %10d pages  as built %8.3f %%  explained %8.3f %%  unexplained %d" % (name, total, equal, explained, bad)


def main(mmsim, top):
    totals = collections.defaultdict(collections.Counter)
    failed = 0
    for folder in captures(top):
        done = subprocess.run([mmsim, "tables", "--json", folder], capture_output=True, text=True, timeout=600)
        name = os.path.relpath(folder, top)
        if done.returncode == 2:
            print("%-34s not read: %s" % (name, done.stderr.strip().splitlines()[-1]))
            failed += 1
            continue
        for area in json.loads(done.stdout)[0]["areas"]:
            pages = collections.Counter({k: v for k, v in area.items() if k != "area"})
            totals[area["area"]].update(pages)
            if area["area"] in ("direct map", "lowmem"):
                print(line(name, pages))
    print()
    bad = 0
    for name, pages in totals.items():
        if pages["not modelled"] == sum(pages.values()):
            print("%-34s %10d pages  not modelled: filled while the kernel runs" % (name, pages["not modelled"]))
            continue
        print(line(name, pages))
        bad += shares(pages)[3]
    return 1 if bad or failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2]))
