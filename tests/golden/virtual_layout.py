#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares the virtual layout of 32-bit machines with what their kernels printed of it.

    virtual_layout.py MMSIM CAPTURE...     exit 1 if one differs; captures are folders with dmesg.txt and proc_meminfo.txt

Lines of the log: "virtual kernel memory layout" with its table (kernels up to 5.x print it), high and low memory
available, the frames of high memory. Of /proc/meminfo: how large the window of vmalloc is. mmsim is given the log
without any of these, so it cannot have read them.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

LINES = re.compile(r"virtual kernel memory layout|^ +(fixmap|cpu_entry|pkmap|vmalloc|lowmem|\.init|\.data|\.text) +: "
                   r"|MB (HIGHMEM|LOWMEM) available|Initializing HighMem")
TOTAL = re.compile(r"^VmallocTotal:.*", re.MULTILINE)


def message(line):
    return re.sub(r"^(<\d+>)?\[ *\d+\.\d+\] ", "", line.rstrip("\n"))


def layout(log, meminfo):
    return [m for m in map(message, log.splitlines()) if LINES.search(m)] + TOTAL.findall(meminfo)


def text_of(*path):
    with open(os.path.join(*path), encoding="utf-8", errors="replace") as f:
        return f.read()


def computed(mmsim, capture):
    with tempfile.TemporaryDirectory() as folder:
        log = text_of(capture, "dmesg.txt").splitlines(keepends=True)
        with open(os.path.join(folder, "dmesg.txt"), "w", encoding="utf-8") as out:
            out.writelines(line for line in log if not LINES.search(message(line)))
        if os.path.exists(os.path.join(capture, "config.json")):
            shutil.copy(os.path.join(capture, "config.json"), folder)

        def printed(what):
            done = subprocess.run([mmsim, "boot", folder, "--print", what], capture_output=True, text=True, timeout=60)
            if done.returncode != 0:
                raise SystemExit("%s: exit code %d: %s" % (capture, done.returncode, done.stderr.strip()))
            return done.stdout

        return layout(printed("dmesg"), printed("meminfo"))


def main():
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    lines = equal = 0
    for capture in sys.argv[2:]:
        real = layout(text_of(capture, "dmesg.txt"), text_of(capture, "proc_meminfo.txt"))
        ours = computed(sys.argv[1], capture)
        lines += max(len(real), len(ours))
        equal += sum(r == o for r, o in zip(real, ours))
        for r, o in zip(real, ours):
            if r != o:
                print("%s: real %r, computed %r" % (capture, r, o))
        if len(real) != len(ours):
            print("%s: %d lines, computed %d" % (capture, len(real), len(ours)))
    print("virtual layout: %d of %d lines equal in %d captures" % (equal, lines, len(sys.argv) - 2))
    return 1 if equal != lines or not lines else 0


if __name__ == "__main__":
    sys.exit(main())
