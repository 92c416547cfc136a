#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the kernel's memblock out of the installed package linux-source-6.1 and runs the comparison with ours.

    run_oracle.py BUILD_DIR TEST_PROGRAM

What is needed of the tarball is unpacked once into BUILD_DIR. Exit code 77: skipped, the package is not installed."""
import os
import pathlib
import shutil
import subprocess
import sys

SKIPPED = 77
TARBALL = pathlib.Path(os.environ.get("MMSCOPE_LINUX_SOURCE", "/usr/src/linux-source-6.1.tar.xz"))
TOP = "linux-source-6.1"
WANTED = ["mm/memblock.c", "include/linux/memblock.h", "include/linux/gfp_types.h", "tools/include",
          "tools/arch/x86/include", "tools/testing/memblock"]
# What the simulator's Makefile links into its own folder, so that it is found before the kernel's.
LINKS = {"linux/memblock.h": "include/linux/memblock.h", "asm/asm.h": "tools/arch/x86/include/asm/asm.h",
         "asm/cmpxchg.h": "tools/arch/x86/include/asm/cmpxchg.h", "memblock.c": "mm/memblock.c"}
HERE = pathlib.Path(__file__).resolve().parent


def skip(why):
    print(f"SKIPPED: {why}", flush=True)
    sys.exit(SKIPPED)


def unpack(build):
    stamp = build / "unpacked"
    key = f"{TARBALL} {TARBALL.stat().st_mtime_ns} {' '.join(WANTED)}"
    root = build / TOP
    if stamp.exists() and stamp.read_text() == key:
        return root
    shutil.rmtree(root, ignore_errors=True)
    build.mkdir(parents=True, exist_ok=True)
    subprocess.run(["tar", "-xJf", TARBALL, "-C", build, *(f"{TOP}/{name}" for name in WANTED)], check=True)
    for link, target in LINKS.items():
        path = root / "tools/testing/memblock" / link
        path.unlink(missing_ok=True)
        path.symlink_to(root / target)
    stamp.write_text(key)
    return root


def compile_library(build, root):
    library = build / "libkernel_memblock.so"
    simulator = root / "tools/testing/memblock"
    subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-O2", "-w", "-DCONFIG_PHYS_ADDR_T_64BIT", "-DCONFIG_NUMA",
                    "-DCONFIG_NODES_SHIFT=10", f"-I{simulator}", f"-I{root}/tools/include", f"-I{HERE}", "-o", library,
                    HERE / "kernel_memblock.c", simulator / "mmzone.c"], check=True)
    return library


def main():
    build, program = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
    if not TARBALL.exists():
        skip(f"{TARBALL} is not there; it comes with Debian's package linux-source-6.1")
    if shutil.which(os.environ.get("CC", "cc")) is None:
        skip("no C compiler")
    library = compile_library(build, unpack(build))
    sys.exit(subprocess.run([program], env={**os.environ, "MM_KERNEL_MEMBLOCK": str(library)}).returncode)


main()
