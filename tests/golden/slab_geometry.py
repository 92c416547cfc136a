#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares mmsim slab-geometry with the <objperslab> and <pagesperslab> that real kernels printed.

    slab_geometry.py MMSIM CAPTURE...     exit 1 if a cache of any capture differs; captures are folders with dmesg.txt and
                                          proc_slabinfo.txt

mmsim is given a copy of the capture in which both columns are removed, so it cannot have read them.
"""
import os
import shutil
import subprocess
import sys
import tempfile

COPIED = ("dmesg.txt", "config.json", "proc_iomem.txt")


def rows_of(path):
    """Name, objsize, objperslab, pagesperslab of each cache, as text."""
    with open(path, encoding="utf-8") as f:
        for line in f:
            words = line.split()
            if len(words) > 6 and not line.startswith(("#", "slabinfo - ")):
                yield words[0], words[3], words[4], words[5]


def without_answers(line):
    words = line.split()
    return line if line.startswith(("#", "slabinfo - ")) else " ".join(words[:4]) + "\n"


def computed(mmsim, capture):
    with tempfile.TemporaryDirectory() as folder:
        for name in COPIED:
            if os.path.exists(os.path.join(capture, name)):
                shutil.copy(os.path.join(capture, name), folder)
        with open(os.path.join(capture, "proc_slabinfo.txt"), encoding="utf-8") as f, \
                open(os.path.join(folder, "proc_slabinfo.txt"), "w", encoding="utf-8") as out:
            out.writelines(map(without_answers, f))
        done = subprocess.run([mmsim, "slab-geometry", folder], capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise SystemExit("%s: exit code %d: %s" % (capture, done.returncode, done.stderr.strip()))
    return [tuple(line.split()) for line in done.stdout.splitlines()]


def main():
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    caches = wrong = 0
    for capture in sys.argv[2:]:
        real, ours = list(rows_of(os.path.join(capture, "proc_slabinfo.txt"))), computed(sys.argv[1], capture)
        caches += len(real)
        if [r[:2] for r in real] != [o[:2] for o in ours]:
            print("%s: other caches or sizes than the file's" % capture)
            wrong += len(real)
            continue
        for r, o in zip(real, ours):
            if r != o:
                wrong += 1
                print("%s: %s: real %s, computed %s" % (capture, r[0], " ".join(r[1:]), " ".join(o[1:])))
    print("slab geometry: %d of %d caches equal in %d captures" % (caches - wrong, caches, len(sys.argv) - 2))
    return 1 if wrong or not caches else 0


if __name__ == "__main__":
    sys.exit(main())
