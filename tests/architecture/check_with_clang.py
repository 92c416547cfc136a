#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets clang read what a build would compile, warnings as errors, and writes nothing: two thirds of a build's time.

    check_with_clang.py BUILD [FILE...]     BUILD: a configured clang build; FILE: these alone, as the top folder names them

In a build with MMSCOPE_UNITY ten files are read together. Without it (preset clang) each is read by itself, where a missing
include shows, or a private name that only a neighbour has. Prints what clang says and exits with 1 if it said anything.
"""
import concurrent.futures
import json
import os
import shlex
import subprocess
import sys

WITH_VALUE = {"-o", "-MF", "-MT", "-MQ"}
ALONE = {"-c", "-MD", "-MMD"}


def syntax_command(command):
    """The compiler's own words: no ccache in front, nothing written."""
    words = shlex.split(command)
    first = next(i for i, word in enumerate(words) if os.path.basename(word).startswith("clang++"))
    kept, skip = [], False
    for word in words[first:]:
        if skip:
            skip = False
        elif word in WITH_VALUE:
            skip = True
        elif word not in ALONE:
            kept.append(word)
    return kept + ["-fsyntax-only", "-Werror"]


def check(entry):
    run = subprocess.run(syntax_command(entry["command"]), cwd=entry["directory"], stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True)
    return run.returncode, run.stdout


def main(arguments):
    if not arguments:
        sys.exit(__doc__)
    with open(os.path.join(arguments[0], "compile_commands.json")) as f:
        entries = json.load(f)
    if len(arguments) > 1:
        wanted = {os.path.realpath(name) for name in arguments[1:]}
        entries = [e for e in entries if os.path.realpath(e["file"]) in wanted]
    entries = [e for e in entries if os.path.exists(e["file"])]  # Qt's moc has not run in a build that is only configured
    if not entries and len(arguments) == 1:
        sys.exit("check_with_clang: nothing to read in %s; expected a configured build with its sources" % arguments[0])
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for code, said in pool.map(check, entries):
            if code != 0:
                bad += 1
                print(said, flush=True)
    print("clang read %d files, %d with an error" % (len(entries), bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
