#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares mmsim with real machines by the judges of a shared folder, and fails when it got worse.

    run_judges.py MMSIM SHARED MINIMUMS.json            prints what each judge says; exit 1 when a share fell below its minimum
    run_judges.py MMSIM SHARED MINIMUMS.json --update   writes today's shares, a little below, as the new minimums

SHARED holds judge/boot_judge.py with truth/ARCHITECTURE/* (real boots, line by line), judge/wild_judge.py with wild/*.json
(facts of public x86 machines) and judge/pfn_judge.py with traces/* (recordings of a page allocator). MINIMUMS has a section for each architecture's boots and one for the public machines: category ->
least share of equal lines or facts, in percent ("all": of all of them; "whole": of machines without any difference). A category
that is missing in MINIMUMS is only printed.
"""
import argparse
import glob
import json
import os
import re
import subprocess
import sys

SLACK = 0.01  # printed shares are rounded
ARCHITECTURES = ("x86_64", "i386", "arm64")


def shares_of_boot(text):
    """The line 'TOTAL e820 99.10%  mapping 100.00% ...' and 'lines equal to the real kernel's: 3 of 4 (75.00%), ...'."""
    shares = {}
    for line in text.splitlines():
        if line.startswith("TOTAL "):
            shares.update((name, float(share)) for name, share in re.findall(r"(\w+) (\d+\.\d+)%", line))
        whole = re.match(r"lines equal [^:]*: \d+ of \d+ \((\d+\.\d+)%\)", line)
        if whole:
            shares["all"] = float(whole.group(1))
    return shares


def shares_of_wild(text):
    """Lines 'zones   120 of   130 equal (92.31%)' and the closing 'machines wholly equal: 9 of 10; facts equal: ... (90.00%)'."""
    shares = {}
    for line in text.splitlines():
        category = re.match(r"(\w+) +\d+ of +\d+ equal \((\d+\.\d+)%\)", line)
        closing = re.match(r"machines wholly equal: (\d+) of (\d+); facts equal: \d+ of \d+ \((\d+\.\d+)%\)", line)
        if category:
            shares[category.group(1)] = float(category.group(2))
        elif closing:
            shares["whole"] = 100.0 * int(closing.group(1)) / max(1, int(closing.group(2)))
            shares["all"] = float(closing.group(3))
    return shares


def shares_of_pfn(text):
    """Lines 'boot-512m   2709 of   2709 pfns (100.0000%), exact prefix 2709; end: free_lists equal, pcp equal, pageblocks equal'."""
    shares = {}
    for line in text.splitlines():
        found = re.match(r"(\S+) +\d+ of +\d+ pfns \((\d+\.\d+)%\)", line)
        if found:
            shares[found.group(1)] = float(found.group(2))
            shares[found.group(1) + " end"] = 100.0 * line.count(" equal") / 3
    return shares


def run(command):
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=1800)
    print(done.stdout, end="")
    print(done.stderr, end="", file=sys.stderr)
    if done.returncode != 0:
        sys.exit("%s: exit %d" % (command[1], done.returncode))
    return done.stdout


def fallen(judge, shares, minimums):
    """Sentences, one a category whose share is below its minimum or that the judge no longer reports."""
    for category, least in sorted(minimums.items()):
        if category not in shares:
            yield "%s %s: not reported any more (minimum %.2f%%)" % (judge, category, least)
        elif shares[category] + SLACK < least:
            yield "%s %s: %.2f%%, the minimum is %.2f%%" % (judge, category, shares[category], least)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mmsim")
    parser.add_argument("shared")
    parser.add_argument("minimums")
    parser.add_argument("--update", action="store_true")
    args = parser.parse_args()

    boot_judge, wild_judge = (os.path.join(args.shared, "judge", name) for name in ("boot_judge.py", "wild_judge.py"))
    shares = {"wild": shares_of_wild(run([sys.executable, wild_judge, args.mmsim]))}
    traces = sorted(glob.glob(os.path.join(args.shared, "traces", "*", "")))
    shares["pfn"] = shares_of_pfn(run([sys.executable, os.path.join(args.shared, "judge", "pfn_judge.py"), "score", args.mmsim] + traces))
    for arch in ARCHITECTURES:
        captures = sorted(glob.glob(os.path.join(args.shared, "truth", arch, "*", "")))
        shares["boot " + arch] = shares_of_boot(run([sys.executable, boot_judge, "score", args.mmsim] + captures))
    if args.update:
        with open(args.minimums, "w") as f:
            json.dump({j: {c: round(max(0.0, s - 0.1), 1) for c, s in sorted(found.items())} for j, found in shares.items()}, f, indent=4)
            f.write("\n")
        return 0
    with open(args.minimums) as f:
        minimums = json.load(f)
    worse = [line for name in shares for line in fallen(name, shares[name], minimums.get(name, {}))]
    print("\n".join(worse) if worse else "no share below its minimum")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
