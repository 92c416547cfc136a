#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs each workload on machines of several sizes and measures time and memory: stories.py MMSIM [--events N] [--sizes MIB...]

A machine is a firmware map of two pieces of memory. Each workload runs twice, the second time ten times as long; what the
peak of the process grows by between them, by event, is what an event of the history costs: its record, its command, its
share of a keyframe. Exit code 1: more than --most-bytes an event anywhere, where that is asked for, or a run that failed.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile
import time

MIB = 1 << 20


def machine(mib):
    """A log whose map has that much memory: 640 KiB, the rest from 1 MiB on, with the PCI hole below 4 GiB."""
    pieces = [(0, 0x9FBFF)]
    low_end, hole = 0xC0000000, 1 << 32
    top = mib * MIB
    pieces.append((MIB, min(top, low_end) - 1))
    if top > low_end:
        pieces.append((hole, hole + top - low_end - 1))
    lines = ["Linux version 6.1.0 (gcc) #1 SMP", "Command line: root=/dev/sda1", "BIOS-provided physical RAM map:"]
    lines += [f"BIOS-e820: [mem 0x{a:016x}-0x{b:016x}] usable" for a, b in pieces]
    return "".join(f"[    0.000000] {line}\n" for line in lines)


def run(mmsim, story, path, events, history):
    """Seconds of processor time and peak of memory in bytes; None: it failed."""
    began = time.monotonic()
    command = [mmsim, "run", story, path, "--events", str(events), "--history", str(history)]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        print(f"{story}: exit code {child.returncode} after {time.monotonic() - began:.0f} s: {error.decode()[-300:]}")
        return None
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def stories(mmsim):
    words = subprocess.run([mmsim, "run", "--help"], check=True, capture_output=True, text=True).stdout
    return re.search(r"WORKLOAD TEXT REQUIRED\s+One of: (.*)", words)[1].split(";")[0].split(", ")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mmsim")
    parser.add_argument("--events", type=int, default=1000000)
    parser.add_argument("--sizes", type=int, nargs="+", default=[64, 1024, 65536], metavar="MIB")
    parser.add_argument("--most-bytes", type=float, default=float("inf"))
    parser.add_argument("--history", type=int, default=1024, metavar="MIB", help="what the past may take (1024)")
    options = parser.parse_args()
    good = True
    print(f"{'workload':<14}{'MiB':>7}{'seconds':>9}{'peak MiB':>10}{'bytes an event':>16}")
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        for mib in options.sizes:
            file.seek(0)
            file.truncate()
            file.write(machine(mib))
            file.flush()
            for story in stories(options.mmsim):
                short, long = (run(options.mmsim, story, file.name, n, options.history)
                               for n in (options.events // 10, options.events))
                if not short or not long:
                    good = False
                    continue
                growth = (long[1] - short[1]) / (options.events * 0.9)
                over = growth > options.most_bytes
                good &= not over
                print(f"{story:<14}{mib:>7}{long[0]:>9.1f}{long[1] / MIB:>10.0f}{growth:>16.1f}{' TOO MUCH' if over else ''}",
                      flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
