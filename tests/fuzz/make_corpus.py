#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""First inputs for the fuzz targets, made from real kernels' logs.

    make_corpus.py DATA_FOLDER CORPUS_FOLDER

fuzz_log gets each log cut down to lines of firmware facts (short inputs mutate better) of a machine with little memory
(which boots fast), and the same in the words of older kernels; fuzz_command_line the command lines and one of each
documented form, fuzz_e820 the firmware's maps as the packed entries of the boot protocol."""
import pathlib
import re
import struct
import sys

FACTS = re.compile(r"Linux version|Command line|BIOS-|e820:|SRAT|SLIT|MTRR|base|efi:|RAMDISK|Reserving|Memory:|setup_percpu|"
                   r"percpu|Using GB|memblock_(alloc|reserve|phys)|last_pfn|write-back|uncachable|MP-table|node +\d|NUMA|"
                   r"Machine model|Zone ranges|HighMem|Booting Linux|OF:|cma:|KASLR|Max(imum)? ")
MOST_OF_A_KIND = 10
MOST_OF_A_LOG = 4000
MOST_OF_A_RANGE = 96 << 20
COMMAND_LINES = [
    "mem=512M", "mem=4G mem=nopentium", "memmap=16M@1M,4K#3M,64K$0x9f000,1G!4G", "memmap=exactmap memmap=640K@0 memmap=1G@1M",
    "memmap=1G%4G-1+12 memmap=1G%8G+2 memmap=4K%0x1000-2", 'root="a b" "quoted=1 2" x="y" -- init=1', "numa=off",
    "numa=fake=4", "movablecore=512M kernelcore=30%", "kernelcore=mirror movable_node", "memblock=debug hugepages=64",
    "crashkernel=256M,high crashkernel=1G-2G:64M,2G-:128M cma=64M@0-4G", "vmalloc=512M highmem=256M", "early_memtest=4",
    "hashdist=0 dhash_entries=1024 nr_cpus=4 possible_cpus=8", "mem=0x10000000000000000e", "memmap=k$g,m,,=@",
]
OTHER_VERSIONS = ["2.6.32-5", "2.6.39.4", "3.2.0-4", "3.10.0-1062.el7", "4.4.0", "4.17.19", "5.4.0",
                  "6.16.0"]
TYPES = {"usable": 1, "reserved": 2, "ACPI data": 3, "ACPI NVS": 4, "unusable": 5}
ENTRY = re.compile(r"BIOS-\w+: \[mem (0x[0-9a-f]+)-(0x[0-9a-f]+)\] (.*?)\s*$")


def write(folder, name, data):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def short_log(lines):
    kept, counts = [], {}
    for line in lines:
        kind = FACTS.search(line)
        if not kind:
            continue
        counts[kind.group()] = counts.get(kind.group(), 0) + 1
        if counts[kind.group()] <= MOST_OF_A_KIND:
            kept.append(line)
    return "\n".join(kept) + "\n"


RANGE = re.compile(r"(BIOS-e820: \[mem |node +\d+: \[mem |efi: mem.*range=\[)0x([0-9a-f]+)-0x([0-9a-f]+)(.*)")


def with_little_memory(line):
    """A range of RAM keeps its first 96 MiB."""
    found = RANGE.search(line)
    if not found or ("usable" not in line and "BIOS" in line):
        return line
    start, end = int(found[2], 16), int(found[3], 16)
    end = min(end, start + MOST_OF_A_RANGE - 1)
    return f"{line[:found.start()]}{found[1]}0x{start:016x}-0x{end:016x}{found[4]}"


def in_words_of(line, version):
    """As a kernel of another version would have printed it."""
    line = re.sub(r"Linux version [\d.]+(-\d+)?", f"Linux version {version}", line)
    found = ENTRY.search(line)
    if not found or [int(part) for part in re.findall(r"\d+", version)[:2]] >= [3, 5]:
        return line
    return f"[    0.000000]  BIOS-e820: {int(found[1], 16):016x} - {int(found[2], 16) + 1:016x} ({found[3]})"


def main():
    data, corpus = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    for number, line in enumerate(COMMAND_LINES):
        write(corpus / "fuzz_command_line", f"form-{number}", line.encode())
    for log in sorted(data.rglob("dmesg.txt")):
        name = "-".join(log.relative_to(data).parent.parts)
        lines = log.read_text(errors="replace").splitlines()
        short = short_log([with_little_memory(line) for line in lines])[:MOST_OF_A_LOG].rpartition("\n")[0] + "\n"
        write(corpus / "fuzz_log", name, short.encode())
        version = OTHER_VERSIONS[len(short) % len(OTHER_VERSIONS)]
        older = "\n".join(in_words_of(line, version) for line in short.splitlines()) + "\n"
        write(corpus / "fuzz_log", f"{name}-as-{version}", older.encode())
        for line in lines:
            if "Command line:" in line:
                write(corpus / "fuzz_command_line", name, line.split("Command line:")[1].strip().encode())
                break
        entries = [ENTRY.search(line) for line in lines]
        packed = b"".join(struct.pack("<QQI", int(e[1], 16), int(e[2], 16) - int(e[1], 16) + 1, TYPES.get(e[3], 6))
                          for e in entries if e)
        if packed:
            write(corpus / "fuzz_e820", name, packed)


main()
