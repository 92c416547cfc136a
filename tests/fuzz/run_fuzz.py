#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs each fuzz target for some seconds and tells libFuzzer's figures; exit code 1 when one had a finding.

    run_fuzz.py SECONDS [TARGET...]        targets of build/fuzz; all by default

What is found new is kept in build/fuzz/tests/fuzz/grown, a finding in .../findings (run the target with that file)."""
import os
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("MMSCOPE_FUZZ_BUILD", TOP / "build/fuzz")) / "tests/fuzz"
# Of the tens of thousands of features of a boot, weighing rare ones (entropic) and noting values compared takes libFuzzer
# nine tenths of the time.
LIMITS = ["-timeout=25", "-rss_limit_mb=3000", "-print_final_stats=1", "-entropic=0"]
NOTES_VALUES = {"fuzz_command_line", "fuzz_e820"}
LONGEST = 4096


def run(target, seconds):
    grown, findings = BUILD / "grown" / target.name, BUILD / "findings"
    grown.mkdir(parents=True, exist_ok=True)
    findings.mkdir(parents=True, exist_ok=True)
    done = subprocess.run([target, *LIMITS, f"-max_total_time={seconds}", f"-max_len={LONGEST}",
                           f"-use_value_profile={int(target.name in NOTES_VALUES)}",
                           f"-artifact_prefix={findings}/{target.name}-", f"-dict={pathlib.Path(__file__).parent}/words.dict",
                           grown, BUILD / "corpus" / target.name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace")
    figures = dict(re.findall(r"stat::(\w+):\s+(\d+)", done.stdout))
    coverage = re.findall(r"cov: (\d+) ft: (\d+) corp: (\d+)", done.stdout)
    print(f"{target.name}: {figures.get('number_of_executed_units', '?')} inputs, "
          f"{figures.get('average_exec_per_sec', '?')}/s, slowest {figures.get('slowest_unit_time_sec', '?')} s, "
          f"{figures.get('peak_rss_mb', '?')} MB, edges/features/corpus {'/'.join(coverage[-1]) if coverage else '?'}, "
          + ("no finding" if done.returncode == 0 else f"FINDING (exit code {done.returncode})"), flush=True)
    if done.returncode != 0:
        print("\n".join(done.stdout.splitlines()[-60:]), flush=True)
    return done.returncode == 0


def main():
    if len(sys.argv) < 2 or not sys.argv[1].isdigit():
        sys.exit(__doc__)
    targets = [BUILD / name for name in sys.argv[2:]] or sorted(
        path for path in BUILD.glob("fuzz_*") if path.is_file() and os.access(path, os.X_OK))
    if not targets:
        sys.exit(f"run_fuzz.py: no targets in {BUILD}; cmake --preset fuzz && cmake --build --preset fuzz")
    sys.exit(0 if all([run(target, int(sys.argv[1])) for target in targets]) else 1)


main()
