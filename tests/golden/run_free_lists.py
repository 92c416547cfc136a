#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares the free lists after memblock_free_all() with all recordings of real kernels below a folder.

    run_free_lists.py BUILD RECORDINGS     e.g. build/dev ../recordings; a folder each, with boot_state/ in it

Exit status: 0 all equal, 1 some differ, 2 nothing to compare. See free_lists_test.cpp.
"""
import glob, os, subprocess, sys


def main():
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    build, recordings = sys.argv[1:]
    tests = glob.glob(os.path.join(build, "**", "test_golden"), recursive=True)
    found = glob.glob(os.path.join(recordings, "*", "boot_state", "memblock_memory.txt"))
    if not tests or not found:
        what = "no test_golden below " + build if not tests else "no */boot_state/memblock_memory.txt below " + recordings
        print("run_free_lists.py: %s" % what, file=sys.stderr)
        return 2
    done = subprocess.run([tests[0], "--gtest_filter=*FreeLists*", "--gtest_brief=1"],
                          env=dict(os.environ, MMSCOPE_BOOT_STATES=os.path.abspath(recordings)))
    print("%d recordings %s" % (len(found), "equal" if done.returncode == 0 else "compared, some differ"))
    return 1 if done.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
