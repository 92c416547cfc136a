#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of the whole window and of every view, light and dark, on a small screen and on a large one, to be looked at:

    tests/gui/screenshots.py build/dev/gui/mmscope pictures/ [view ...]

Needs no display. Ends with 1 if a picture could not be made, and says which."""
import concurrent.futures
import os
import re
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CAPTURE = os.path.join(TOP, "tests/data/machines/pc-512m")
HIGHMEM = os.path.join(TOP, "tests/data/machines/i386-pae-2g")
SIZES = ["1280x800", "3840x2160"]
THEMES = ["light", "dark"]
BUSY = ["--workload", "3000", "--select", "0x4000"]
AREAS = [word for command in ["vmalloc 20000", "ioremap 0xfed00000 8192", "vmalloc 300000", "vmalloc 4096",
                              "vmap 0x4800 count 4", "vmalloc 70000"] for word in ["--do", command]]
# What a view needs to have something to show; the others are looked at on a machine that has worked for a while.
MOMENTS = {
    "compare": [CAPTURE],
    "compare-zones": [CAPTURE],
    "compare-maps": [CAPTURE],
    "compare-moments": ["--mark", "374", *BUSY],
    "slab": ["--workload", "500", "--do", "kmalloc 3000 GFP_KERNEL", "--do", "kmalloc 100 GFP_KERNEL"],
    "numa": [os.path.join(TOP, "resources/machines/numa-2n-2g"), *BUSY],
    "fragmentation": ["--workload", "60000", "--select", "0x4000"],
    "percpu": [word for command in ["alloc_percpu 4096", "alloc_percpu 64", "alloc_percpu 20000", "alloc_percpu 30000",
                                    "alloc_percpu 12000", "alloc_percpu 256"] for word in ["--do", command]],
    "kstack": [word for command in ["alloc_task", "alloc_task", "alloc_task", "alloc_task", "free_task 2", "free_task 1"] for word in ["--do", command]],
    "highmem": [HIGHMEM, *[word for command in
                           [*[f"kmap {pfn:#x}" for pfn in range(0x3a000, 0x3a040, 2)], "kmap 0x3a010", "kunmap 0x3a004",
                            "kunmap 0x3a006", "kmap_local 0x5a000 cpu 0", "kmap_local 0x3a010 cpu 0"]
                           for word in ["--do", command]], "--select", "0x3a010"],
    "hierarchy": ["--workload", "500", *AREAS, "--do", "kmalloc 100 GFP_KERNEL", "--select", "0x1e3bb"],
    "vmalloc": ["--workload", "500", *AREAS],
    "processes": ["--story", "kernel-build", "--workload", "3000"],
    "cache": ["--story", "file-scan", "--workload", "3000"],
    "reclaim": ["--story", "file-scan", "--workload", "6000"],
    "stages": ["--stage", "e820__memblock_setup"],
    "card": ["--stage", "e820__memblock_setup"],
}


def views(mmscope):
    words = subprocess.run([mmscope, "--help"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"Show only this view: ([a-z, \n-]+?)\s+--", words)
    if not found:
        raise SystemExit("mmscope --help does not name its views")
    return found.group(1).replace("\n", " ").replace(" ", "").split(",")


def take(mmscope, folder, view, size, theme):
    """None, or what went wrong."""
    path = os.path.join(folder, f"{view}-{theme}-{size}.png")
    which = [] if view == "window" else ["--view", view]
    call = [mmscope, *MOMENTS.get(view, BUSY), *which, "--size", size, "--theme", theme, "--screenshot", path]
    done = subprocess.run(call, capture_output=True, text=True, timeout=300)
    if done.returncode == 0 and os.path.getsize(path) > 0:
        return None
    return f"{path}: exit code {done.returncode}: {done.stderr.strip()}"


def main():
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    mmscope, folder = sys.argv[1:3]
    os.makedirs(folder, exist_ok=True)
    chosen = sys.argv[3:] or ["window", *views(mmscope)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        problems = list(pool.map(lambda shot: take(mmscope, folder, *shot),
                                 [(v, s, t) for v in chosen for s in SIZES for t in THEMES]))
    for problem in filter(None, problems):
        print(problem, file=sys.stderr)
    print(f"{problems.count(None)} of {len(problems)} pictures in {folder}")
    return 0 if problems.count(None) == len(problems) else 1


if __name__ == "__main__":
    sys.exit(main())
