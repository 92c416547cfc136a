#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replays the areas of a real /proc/vmallocinfo in mmsim and compares what it prints with what the kernel printed.

    vmallocinfo.py MMSIM CAPTURE...     exit 1 if a line that can be computed differs; captures are folders with dmesg.txt
                                        and proc_vmallocinfo.txt

The kernel lists areas by address. Asked for in that order (their sizes without guard page, their callers, the physical
address of an ioremap), best fit from below has to put them in that order again, each behind the one before where the
kernel's are. Addresses are hashed in captures, so of them only that is compared: whether an area begins where the last one
ends; and only told, not demanded, since on a real machine areas came and went in between.

Not replayed: vmap of the kernel's own pages, per-CPU areas, areas that wait to be purged; they are counted.
"""
import os
import re
import subprocess
import sys

AREA = re.compile(r"0x(\S+?)-0x(\S+) ( *\d+)(?: (\S+))?((?: \S+)*)$")
STACK_CALLERS = ("kernel_clone", "fork_idle", "start_kernel", "dup_task_struct")
PAGE = 4096


def areas_of(text):
    """Start, end, what stands between them and the caller, caller, the rest of each line."""
    for line in text.splitlines():
        match = AREA.match(line)
        if not match:
            raise SystemExit("not a line of /proc/vmallocinfo: %r" % line)
        yield match.groups("")


def is_stack(caller, rest):
    return caller.split("+")[0] in STACK_CALLERS and " pages=" in rest


def command_of(size, caller, rest):
    """What mmsim is told to do for such an area; None: it is not replayed."""
    data = int(size) - PAGE
    phys = re.search(r" phys=0x([0-9a-f]+)", rest)
    if phys and " ioremap" in rest:
        return "ioremap 0x%s %d caller %s" % (phys.group(1), data, caller)
    if " pages=" in rest and " vmalloc" in rest:
        return "alloc_task" if is_stack(caller, rest) else "vmalloc %d GFP_KERNEL caller %s" % (data, caller)
    return None


def page_arrays(areas):
    """Indices of areas that hold the array of another's pages (vpages): who makes that one gets them, too."""
    out = set()
    for start, _, _, caller, rest in areas:
        pages = re.search(r" pages=(\d+)", rest)
        if not pages or " vpages" not in rest:
            continue
        array = int(pages.group(1)) * (8 if len(start) == 16 else 4)
        size = (array + PAGE - 1) // PAGE * PAGE + PAGE
        out |= {next((i for i, a in enumerate(areas) if i not in out and a[3] == caller and int(a[2]) == size), -1)}
    return out - {-1}


def comparable(size, caller, rest):
    """The line but for addresses, who asked for a stack, and how interleaving spread pages over nodes."""
    by_node = re.findall(r" N\d+=(\d+)", rest)
    rest = re.sub(r" N\d+=\d+", "", rest)
    if by_node:
        rest += " N=%d" % sum(map(int, by_node))
    return "%s %s%s" % (size, "stack" if is_stack(caller, rest) else caller, rest)


def joined(areas):
    """For each area but the first: whether it begins where the one before ends."""
    return [areas[i][1] == areas[i + 1][0] for i in range(len(areas) - 1)]


def replay(mmsim, capture, commands):
    words = [mmsim, "boot", capture, "--print", "vmallocinfo"]
    for command in commands:
        words += ["--do", command]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise SystemExit("%s: exit code %d: %s" % (capture, done.returncode, done.stderr.strip()))
    return [a for a in areas_of("\n".join(l for l in done.stdout.splitlines() if l.startswith("0x")))]


def compare(mmsim, capture):
    """Counts: lines of the file, replayed, equal, neighbours that could be compared, equal neighbours."""
    with open(os.path.join(capture, "proc_vmallocinfo.txt"), encoding="utf-8") as f:
        real = list(areas_of(f.read()))
    arrays = page_arrays(real)
    wanted = [(a, command_of(*a[2:])) for a in real]
    asked = [(a, c) for a, c in wanted if c]
    ours = replay(mmsim, capture, [c for i, (_, c) in enumerate(wanted) if c and i not in arrays])
    # Areas that are there from boot on were not asked for.
    ours = [a for a in ours if command_of(*a[2:])]
    if len(ours) != len(asked):
        print("%s: %d areas were asked for, %d are there" % (capture, len(asked), len(ours)))
        return len(real), len(asked), 0, 0, 0
    equal = 0
    lines = sorted(comparable(*a[2:]) for a in ours)
    for expected, line in zip(sorted(comparable(*a[2:]) for a, _ in asked), lines):
        if expected == line:
            equal += 1
        else:
            print("%s: real %r, computed %r" % (capture, expected, line))
    places = same = 0
    if "ptrval" not in real[0][0]:  # hashed, but each address always the same
        known = [c is not None for _, c in wanted]
        both = [j for i, j in enumerate(joined(real)) if known[i] and known[i + 1]]
        index = {i: n for n, i in enumerate(i for i, k in enumerate(known) if k)}
        mine = [ours[index[i]][1] == ours[index[i + 1]][0] for i in range(len(real) - 1) if known[i] and known[i + 1]]
        places, same = len(both), sum(a == b for a, b in zip(both, mine))
    return len(real), len(asked), equal, places, same


def main():
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    total = [0] * 5
    for capture in sys.argv[2:]:
        total = [a + b for a, b in zip(total, compare(sys.argv[1], capture))]
    lines, asked, equal, places, same = total
    print("vmallocinfo: %d of %d lines that were replayed equal, of %d in %d captures; %d of %d neighbours as close"
          % (equal, asked, lines, len(sys.argv) - 2, same, places))
    return 1 if equal != asked or not asked else 0


if __name__ == "__main__":
    sys.exit(main())
