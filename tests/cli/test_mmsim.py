#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""mmsim as a user meets it: formats, exit codes, and what it says about input that it cannot use.

    MMSIM=path/to/mmsim MACHINES=path/to/resources/machines test_mmsim.py
"""
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import unittest

MMSIM = os.environ.get("MMSIM", "mmsim")
MACHINES = os.environ.get("MACHINES", os.path.join(os.path.dirname(__file__), "..", "..", "resources", "machines"))
FORMATS = "dmesg e820 memblock iomem pagetables zoneinfo buddyinfo pagetypeinfo vmstat extfrag_index unusable_index meminfo slabinfo ps maps swaps layout json".split()
PC = os.path.join(MACHINES, "pc-512m")

SMALL = """\
Linux version 6.1.0 (builder@host) #1
Command line: root=/dev/sda1
BIOS-provided physical RAM map:
BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable
BIOS-e820: [mem 0x000000000009fc00-0x000000000009ffff] reserved
BIOS-e820: [mem 0x00000000000f0000-0x00000000000fffff] reserved
BIOS-e820: [mem 0x0000000000100000-0x000000000ffdffff] usable
BIOS-e820: [mem 0x000000000ffe0000-0x000000000fffffff] reserved
"""


def mmsim(*args, timeout=120):
    done = subprocess.run([MMSIM, *args], capture_output=True, timeout=timeout)
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        return path

    def good(self, *args):
        code, out, err = mmsim(*args)
        self.assertEqual(0, code, "%s\n%s" % (args, err))
        self.assertNotEqual("", out.strip(), args)
        for line in err.splitlines():
            self.assertTrue(line.startswith("mmsim: note: "), "on stderr of a good run: " + line)
        return out

    def refused(self, *args, words=()):
        """Expect exit code 2, nothing on stdout, a message with these words on stderr."""
        code, out, err = mmsim(*args)
        self.assertEqual(2, code, "%s\n%s%s" % (args, out, err))
        self.assertEqual("", out)
        for word in words:
            self.assertIn(word.lower(), err.lower())
        self.assertLess(len(err), 3000, "a message, not a flood")
        return err

    def boot(self, path, what="dmesg", *more):
        return self.good("boot", path, *more, "--print", what)

    def every_line(self, text, pattern):
        for line in text.splitlines():
            self.assertRegex(line, pattern)


class Split(Case):
    def test_a_32_bit_kernel_may_begin_elsewhere(self):
        log = self.write("i386.txt", SMALL.replace("0x000000000ffdffff", "0x000000006ffdffff") + "883MB LOWMEM available.\n")
        usual = self.good("boot", log)
        self.assertRegex(usual, r"\b8[0-9][0-9]MB LOWMEM available")
        self.assertRegex(self.good("boot", log, "--page-offset", "0x80000000"), r"\b17[0-9][0-9]MB LOWMEM available")
        self.refused("boot", log, "--page-offset", "0x90000000", words=["--page-offset", "0x80000000"])
        self.refused("boot", PC, "--page-offset", "0x80000000", words=["x86_64", "i386"])


class Frames(Case):
    def test_a_frame_tells_its_place_and_struct_pages(self):
        out = self.good("pfn", PC, "0x5000", "phys:0x1000000")
        self.assertIn("frame 0x5000  [mem 0x0000000005000000-0x0000000005000fff]", out)
        self.assertIn("* SPARSEMEM_VMEMMAP  0xffffea0000140000 = vmemmap + 0x140000", out)
        self.assertIn("FLATMEM            mem_map + 0x140000", out)
        self.assertIn("frame 0x1000 ", out)
        self.assertRegex(out, r"zone +DMA32")

    def test_what_is_no_frame_is_refused(self):
        for text in ("", "x", "0x", "-1", "0x1000z", "phys:", "0xffffffffff"):
            self.refused("pfn", PC, text, words=["expected"])

    def test_mtrrs_print_as_in_proc(self):
        lines = ("MTRR default type: uncachable", "MTRR fixed ranges enabled:", "  00000-FFFFF write-back",
                 "MTRR variable ranges enabled:", "  0 base 000000000 mask F80000000 write-back", "  1 disabled",
                 "  2 base 0000C0000 mask FFFFE0000 uncachable")
        log = self.write("mtrr.log", SMALL + "\n".join(lines) + "\n")
        self.assertEqual("reg00: base=0x000000000 (    0MB), size= 2048MB, count=1: write-back\n"
                         "reg02: base=0x0000c0000 (    0MB), size=  128KB, count=1: uncachable\n",
                         self.good("boot", log, "--print", "mtrr"))


class Usage(Case):
    def test_help_everywhere(self):
        self.assertIn("boot", self.good("--help"))
        whole = self.good("boot", "--help")
        for word in FORMATS + ["--until", "--print", "--kernel"]:
            self.assertIn(word, whole)
        self.good("stages", "--help")

    def test_bad_usage(self):
        self.refused()
        self.refused("bot", words=["boot", "stages"])
        self.refused("boot")
        self.refused("boot", PC, "--print", "nonsense", words=["nonsense", "zoneinfo"])
        self.refused("boot", PC, "--nonsense", words=["nonsense"])
        self.refused("boot", PC, "--print", "dmesg", "--kernel", "0.99", words=["0.99", "6.1"])
        self.refused("stages")

    def test_an_unknown_stage_lists_the_known_ones(self):
        self.refused("boot", PC, "--until", "nonsense", "--print", "dmesg", words=["nonsense", "e820__memblock_setup", "mem_init"])

    def test_stages(self):
        out = self.good("stages", PC)
        for name in ("detect_memory", "setup_arch", "e820__memory_setup", "init_mem_mapping", "memblock_free_all", "arch/x86/kernel/e820.c"):
            self.assertIn(name, out)
        self.assertLess(out.index("e820__memory_setup"), out.index("init_mem_mapping"))
        self.assertLess(out.index("init_mem_mapping"), out.index("memblock_free_all"))


class Formats(Case):
    def test_every_format_of_every_bundled_machine(self):
        for machine in ("pc-512m", "q35-ovmf-8g", "numa-2n-2g"):
            for what in FORMATS:
                with self.subTest(machine=machine, what=what):
                    self.boot(os.path.join(MACHINES, machine), what)

    def test_run(self):
        out = self.good("run", "kernel-build", PC, "--events", "20000")
        self.assertRegex(out, r"(?m)^faults +[1-9]\d+, [1-9]\d* of them major$")
        self.assertRegex(out, r"(?m)^jobs +\d+ ended, 0 killed, [1-9]")
        self.assertEqual(out, self.good("run", "kernel-build", PC, "--events", "20000"), "the same seed")
        self.assertNotEqual(out, self.good("run", "kernel-build", PC, "--events", "20000", "--seed", "2"))
        self.assertEqual(self.good("run", "file-scan", PC, "--seconds", "1"),
                         self.good("run", "file-scan", PC, "--seconds", "1"))
        self.assertNotEqual(self.good("run", "file-scan", PC, "--seconds", "1"),
                            self.good("run", "file-scan", PC, "--seconds", "2"))
        self.refused("run", "file-scan", PC, "--seconds", "1", "--events", "5", words=["--seconds", "excludes"])
        maps = self.good("run", "leak", PC, "--events", "5000", "--print", "maps")
        self.assertIn("==> /proc/1/maps <==\n555555554000-", maps)
        self.every_line(maps.replace("\n\n", "\n"), r"^==> |^[0-9a-f]{8,16}-[0-9a-f]{8,16} [r-][w-][x-][ps] [0-9a-f]{8} \d\d:\d\d \d+ ")
        self.assertIn("AnonPages:", self.good("run", "leak", PC, "--events", "5000", "--print", "meminfo"))
        self.refused("run", "nothing", PC, words=["nothing: there is no such workload", "kernel-build"])
        self.refused("run", "leak", "/nothing/there")
        self.refused("boot", PC, "--do", "fork 1", words=["there is no process 1"])

    def test_vmallocinfo(self):
        """No line where nobody has asked, as in the kernel; then a line an area."""
        self.assertEqual((0, ""), mmsim("boot", PC, "--print", "vmallocinfo")[:2])
        code, out, err = mmsim("boot", PC, "--do", "vmalloc 8192", "--print", "vmallocinfo")
        self.assertEqual(0, code, err)
        self.assertEqual("0xffffc90000000000-0xffffc90000003000   12288 pages=2 vmalloc N0=2\n", out)

    def test_twice_the_same(self):
        for what in ("dmesg", "json"):
            self.assertEqual(self.boot(PC, what), self.boot(PC, what))

    def test_dmesg(self):
        out = self.boot(PC)
        self.every_line(out, r"^\[ *\d+\.\d{6}\] ")
        for word in ("Linux version 6.1", "BIOS-provided physical RAM map:", "last_pfn = 0x1ffe0", "Zone ranges:", "Early memory node ranges",
                     "Memory: "):
            self.assertIn(word, out)

    def test_e820(self):
        self.every_line(self.boot(PC, "e820"), r"\[mem 0x[0-9a-f]{16}-0x[0-9a-f]{16}\] \w")

    def test_iomem(self):
        out = self.boot(PC, "iomem")
        self.every_line(out, r"^ *[0-9a-f]{8,16}-[0-9a-f]{8,16} : \S")
        self.assertIn("00100000-1ffdffff : System RAM", out)
        self.assertIn("Kernel code", out)

    def test_pagetables(self):
        out = self.boot(PC, "pagetables")
        self.every_line(out, r"^ffff[0-9a-f]{12}-ffff[0-9a-f]{12} -> [0-9a-f]{12} +(4 KiB|2 MiB|1 GiB) ")
        self.assertIn("ffff888000000000", out, "the direct map starts at PAGE_OFFSET")

    def test_zoneinfo(self):
        out = self.boot(PC, "zoneinfo")
        self.assertRegex(out, r"(?m)^Node 0, zone      DMA$")
        self.assertRegex(out, r"(?m)^        spanned  4095$")
        self.assertRegex(out, r"(?m)^Node 0, zone    DMA32$")
        self.assertRegex(out, r"(?m)^  pages free     \d+$")

    def test_buddyinfo(self):
        out = self.boot(PC, "buddyinfo")
        self.every_line(out, r"^Node \d+, zone +\w+( +\d+){11} $")
        self.assertEqual(2, len(out.splitlines()))

    def test_pagetypeinfo(self):
        out = self.boot(PC, "pagetypeinfo")
        self.assertTrue(out.startswith("Page block order: 9\nPages per block:  512\n"), out[:80])
        self.assertRegex(out, r"(?m)^Node    0, zone    DMA32, type      Movable( +\d+){11} $")

    def test_meminfo(self):
        out = self.boot(PC, "meminfo")
        self.assertRegex(out, r"\AMemTotal: +\d+ kB\nMemFree: +\d+ kB\n")

    def test_json_has_a_version(self):
        data = json.loads(self.boot(PC, "json"))
        self.assertEqual(1, data["mmscope"], "the version of the format, see engine/snapshot/json.md")
        for key in ("machine", "e820", "memblock", "zones", "stages", "log"):
            self.assertTrue(data[key], key)

    def test_until(self):
        whole, part = self.boot(PC), self.boot(PC, "dmesg", "--until", "e820__memory_setup")
        self.assertTrue(whole.startswith(part.rstrip("\n")), "a boot that stops early printed what the whole one prints first")
        self.assertLess(len(part), len(whole))
        self.assertNotIn("Zone ranges:", part)
        self.boot(PC, "memblock", "--until", "e820__memblock_setup")


class UnusableInput(Case):
    def test_missing_file(self):
        path = os.path.join(self.folder, "nothing-here.txt")
        self.refused("boot", path, "--print", "dmesg", words=[path])
        self.refused("stages", path, words=[path])

    def test_folder_without_a_log(self):
        self.refused("boot", self.folder, "--print", "dmesg", words=[self.folder, "dmesg.txt"])

    def test_empty_file(self):
        path = self.write("empty.txt", "")
        self.refused("boot", path, "--print", "dmesg", words=[path, "empty"])

    def test_binary_file(self):
        path = self.write("program.bin", b"\x7fELF\x00\x01\x02\x00" + random.Random(1).randbytes(50000))
        self.refused("boot", path, "--print", "dmesg", words=[path])

    def test_a_log_without_a_map(self):
        path = self.write("late.txt", "[   12.345678] usb 1-1: new high-speed USB device number 2\n" * 50)
        self.refused("boot", path, "--print", "dmesg", words=[path, "BIOS-e820"])

    def test_a_broken_map_line(self):
        """Expect the broken line named by file and number, or passed over as a foreign line; never a crash."""
        path = self.write("broken.txt", SMALL.replace("0x000000000009fc00-", "0x00000000zz9fc00-"))
        code, out, err = mmsim("boot", path, "--print", "e820")
        self.assertIn(code, (0, 2), err)
        if code == 2:
            self.assertRegex(err, re.escape(path) + r":5\b")

    def test_unreadable_things(self):
        self.assertIn(mmsim("boot", "/dev/null", "--print", "dmesg")[0], (2,))


class OddMaps(Case):
    """Maps that no sane firmware makes: exit 0 with the kernel's own behaviour, or 2 with a message; nothing else."""

    def survive(self, entries):
        lines = ["Linux version 6.1.0", "BIOS-provided physical RAM map:"]
        lines += ["BIOS-e820: [mem 0x%016x-0x%016x] %s" % entry for entry in entries]
        path = self.write("odd.txt", "\n".join(lines) + "\n")
        for what in ("dmesg", "zoneinfo", "json"):
            code, out, err = mmsim("boot", path, "--print", what, timeout=60)
            self.assertIn(code, (0, 2), "%s\n%s" % (entries[:5], err[-2000:]))
            if what == "dmesg":
                panicked = "Kernel panic - not syncing: " in out
            nothing_to_say = what == "zoneinfo" and panicked  # a boot that died before it had zones
            self.assertTrue(nothing_to_say or (out.strip() if code == 0 else err.strip()), (what, entries[:5]))

    def test_overlapping(self):
        self.survive([(0, 0x9ffff, "usable"), (0x100000, 0xfffffff, "usable"), (0x8000000, 0x17ffffff, "reserved"), (0x9000000, 0x9ffffff, "usable")])

    def test_wrapping(self):
        self.survive([(0, 0x9ffff, "usable"), (0x100000, 0xfffffff, "usable"), (0xffffffff00000000, 0xffffffffffffffff, "usable")])
        self.survive([(0, 0x9ffff, "usable"), (0x100000, 0xfffffff, "usable"), (0xfffffffffffff000, 0xfff, "usable")])

    def test_zero_length_and_backwards(self):
        self.survive([(0, 0x9ffff, "usable"), (0x100000, 0xfffffff, "usable"), (0x10000000, 0xfffffff, "usable"), (0x20000000, 0x10000000, "usable")])

    def test_more_entries_than_the_kernel_holds(self):
        self.survive([(0, 0x9ffff, "usable"), (0x100000, 0xfffffff, "usable")] +
                     [(0x10000000 + i * 0x200000, 0x10000000 + i * 0x200000 + 0xfffff, "reserved" if i % 2 else "usable") for i in range(400)])

    def test_no_usable_memory_or_almost_none(self):
        self.survive([(0, 0x9ffff, "reserved"), (0x100000, 0xfffffff, "reserved")])
        self.survive([(0, 0x9ffff, "usable")])
        self.survive([(0, 0x9ffff, "usable"), (0x100000, 0x1fffff, "usable")])
        self.survive([(0x100000, 0x100fff, "usable")])

    def test_random_maps(self):
        seed = int(os.environ.get("MMSCOPE_SEED", random.randrange(1 << 32)))
        print("seed: MMSCOPE_SEED=%d" % seed, file=sys.stderr)
        rng = random.Random(seed)
        for _ in range(6):
            entries = []
            for _ in range(rng.randrange(1, 40)):
                start = rng.randrange(1 << rng.choice((20, 28, 33, 37)))
                entries.append((start, start + rng.randrange(1 << rng.choice((8, 16, 30))), rng.choice(("usable", "reserved", "ACPI data", "ACPI NVS"))))
            self.survive(entries)


class ShapesOfLogs(Case):
    """The same facts in another dress are the same machine."""

    def setUp(self):
        super().setUp()
        self.plain = self.boot(self.write("plain.txt", SMALL), "e820")

    def same(self, text):
        self.assertEqual(self.plain, self.boot(self.write("dressed.txt", text), "e820"))

    def dressed(self, dress):
        return "".join(dress + line + "\n" for line in SMALL.splitlines())

    def test_time_stamps_levels_and_journal(self):
        self.same(self.dressed("[    0.000000] "))
        self.same(self.dressed("<6>[    0.000000] "))
        self.same(self.dressed("Nov 22 05:46:03 host kernel: "))
        self.same(self.dressed("Nov 22 05:46:03 host kernel: [    0.000000] "))
        self.same(self.dressed("2026-11-22T05:46:03,123456+00:00 "))
        self.same(self.dressed("kern  :info  : [    0.000000] "))

    def test_line_ends_and_foreign_lines(self):
        self.same(SMALL.replace("\n", "\r\n"))
        self.same("some text before\n\n" + SMALL.replace("BIOS-provided", "random: crng init done\nBIOS-provided") + "\nand after\n")
        self.same(SMALL.rstrip("\n"))

    def test_the_old_format(self):
        def old(match):
            return "BIOS-e820: %s - %016x (%s)" % (match.group(1), int(match.group(2), 16) + 1, match.group(3))
        self.same(re.sub(r"BIOS-e820: \[mem 0x(\w+)-0x(\w+)\] (\w+)", old, SMALL))

    def test_a_hundred_megabytes(self):
        noise = "[    9.000000] " + "x" * 84 + "\n"
        self.same(SMALL + noise * (100 * 1024 * 1024 // len(noise)))
        self.same(SMALL + "y" * 5_000_000)


class Verify(Case):
    """Real and computed against each other; what was given to the computation is no answer of it."""

    def verify(self, *args):
        code, out, err = mmsim("verify", *args)
        self.assertIn(code, (0, 1), err)
        return code, out

    def test_a_table_of_categories_and_the_first_differences(self):
        code, out = self.verify(PC)
        for word in ("category", "equal", "different", "e820", "zones", "total", "given to the computation", "not compared"):
            self.assertIn(word, out)
        total = next(line.split() for line in out.splitlines() if line.startswith("  total"))
        self.assertEqual(code, 1 if int(total[2]) else 0)
        self.assertGreater(int(total[1]), 30)

    def test_json_agrees_with_the_table(self):
        _, out = self.verify(PC)
        code, text = self.verify("--json", PC)
        one, = json.loads(text)
        total = next(line.split() for line in out.splitlines() if line.startswith("  total"))
        self.assertEqual([int(total[1]), int(total[2])], [one["equal"], one["different"]])
        self.assertEqual(one["equal"], sum(c["equal"] for c in one["categories"]))
        for difference in one["differences"]:
            self.assertTrue(difference["left"] or difference["right"])
            self.assertTrue(difference["explanation"])
        self.assertEqual(code, 1 if one["different"] else 0)

    def test_what_is_computed_equals_itself(self):
        """The computed log as a capture: nothing differs, exit code 0."""
        log = self.write("computed.txt", self.boot(self.write("facts.txt", SMALL)))
        code, out = self.verify(log)
        self.assertEqual(0, code, out)
        self.assertIn("zones are not compared", out)

    def test_a_changed_line_is_one_difference_and_is_explained(self):
        text = self.boot(self.write("facts.txt", SMALL))
        changed = re.sub(r"last_pfn = 0xffe0 ", "last_pfn = 0xffe1 ", text, count=1)
        self.assertNotEqual(text, changed)
        code, out = self.verify(self.write("changed.txt", changed))
        self.assertEqual(1, code)
        self.assertIn("- last_pfn = 0xffe1", out)
        self.assertIn("+ last_pfn = 0xffe0", out)
        self.assertIn("e820_end_pfn()", out)
        self.assertIn("0xffe1 real, 0xffe0 computed", out)

    def test_several_captures(self):
        code, out = self.verify(PC, os.path.join(MACHINES, "numa-2n-2g"))
        self.assertIn("2 captures", out)
        code, text = self.verify("--json", PC, os.path.join(MACHINES, "numa-2n-2g"))
        self.assertEqual(["pc-512m", "numa-2n-2g"], [one["name"] for one in json.loads(text)])

    def test_bad_captures(self):
        self.refused("verify", os.path.join(self.folder, "missing"), words=("no such file",))
        self.refused("verify", self.write("facts.txt", SMALL), words=("nothing in it that could be compared",))
        self.refused("verify", self.write("empty.txt", ""), words=("empty",))
        self.refused("verify", words=("CAPTURE",))
        code, out, err = mmsim("verify", PC, os.path.join(self.folder, "missing"))
        self.assertEqual(2, code, "one bad capture is an error")
        self.assertIn("pc-512m", out, "the others are compared all the same")
        self.assertIn("no such file", err)


class Compare(Case):
    def test_a_kernel_with_itself(self):
        code, out, err = mmsim("compare", PC, "--kernel", "6.1", "--with", "6.1")
        self.assertEqual(0, code, err)
        self.assertIn("total", out)

    def test_bad_kernels(self):
        self.refused("compare", PC, "--with", "0.99", words=("0.99", "6.1"))
        self.refused("compare", PC, words=("--with",))


class Walk(Case):
    def test_levels_and_folding(self):
        out = self.good("walk", PC, "ffff888001000123")
        self.assertRegex(out, r"PGD\[273\] +entry at 0x[0-9a-f]+ = 0x[0-9a-f]{16}  P RW US A D  -> table")
        self.assertRegex(out, r"P4D +folded into PGD")
        self.assertRegex(out, r"PMD\[8\] .*P RW A D G NX PSE  -> 2 MiB page 0x1000000")
        self.assertIn("physical address 0x1000123, frame 0x1000, in a 2 MiB page", out)
        self.assertIn("direct map", out)

    def test_every_kind_of_address(self):
        same = self.good("walk", PC, "0xffff888001000000")
        self.assertEqual(same, self.good("walk", PC, "phys:0x1000000"))
        self.assertEqual(same, self.good("walk", PC, "pfn:1000"))
        self.assertIn("in vmemmap", self.good("walk", PC, "page:0x1000"))
        self.assertIn("in kernel image", self.good("walk", PC, "ffffffff81000000"))

    def test_unmapped_and_non_canonical(self):
        self.assertIn("not mapped: the PUD entry is not present", self.good("walk", PC, "ffffc90000000000"))
        self.assertIn("not mapped: the PGD entry is not present", self.good("walk", PC, "ffffa00000000000"))
        self.assertIn("not canonical", self.good("walk", PC, "123456789abcdef0"))
        self.assertIn("no page tables yet", self.good("walk", PC, "0", "--until", "e820__memory_setup"))

    def test_bad_addresses(self):
        for bad in "xyz", "0x", "", "12345678901234567", "frame:1", "pfn:", "phys:zz", "-1", "0x1 2":
            self.refused("walk", PC, "--", bad)
        self.refused("walk", PC, "pfn:fffffffffffff0", words=["52 bits"])
        self.refused("walk", PC, "phys:0xf000000000000", words=["no virtual address"])
        self.refused("walk", PC, "ffff888000000000", "nonsense", words=["nonsense"])


class Tables(Case):
    def test_needs_a_dump(self):
        self.refused("tables", PC, words=["qemu_page_table.txt"])

    def test_bad_dump(self):
        os.makedirs(os.path.join(self.folder, "m"))
        self.write("m/dmesg.txt", SMALL)
        self.write("m/qemu_page_table.txt", "hello\n")
        self.refused("tables", os.path.join(self.folder, "m"), words=["qemu_page_table.txt:1", "hello"])



class SlabGeometry(Case):
    def capture(self, slabinfo):
        self.write("dmesg.txt", SMALL)
        self.write("proc_slabinfo.txt", slabinfo)
        return self.folder

    def test_shapes_follow_from_sizes(self):
        out = self.good("slab-geometry", self.capture("slabinfo - version: 2.1\nfilp 0 0 256\nTCP 0 0 2304 1 1 : x\n"))
        self.assertEqual("filp 256 16 1\nTCP 2304 14 8\n", out)

    def test_bad_captures(self):
        self.refused("slab-geometry", self.capture(""), words=["proc_slabinfo.txt", "expected /proc/slabinfo"])
        self.refused("slab-geometry", self.capture("slabinfo - version: 2.1\nfilp a b c\n"),
                     words=["proc_slabinfo.txt:2:", "expected NAME"])
        self.refused("slab-geometry", self.capture("slabinfo - version: 2.1\nfilp 0 0 99999999\n"),
                     words=["proc_slabinfo.txt:2:", "filp"])
        self.refused("slab-geometry", os.path.join(self.folder, "none"), words=["no such file"])


class Kmalloc(Case):
    def test_an_object_is_followed_from_its_size_to_its_frame(self):
        out = self.good("kmalloc", PC, "100")
        for words in ("kmalloc(100, GFP_KERNEL)", "size class 7: 128 bytes", "cache kmalloc-128:", "slab_alloc_node", "PG_slab",
                      "node 0 zone", "virtual address 0xffff"):
            self.assertIn(words, out)
        self.assertIn("new_slab", self.good("kmalloc", PC, "3000"))
        self.assertIn("kmalloc_large", self.good("kmalloc", PC, "9000"))
        self.assertIn("ZERO_SIZE_PTR", self.good("kmalloc", PC, "0"))

    def test_bad_requests(self):
        self.refused("kmalloc", PC, "100", "--gfp", "GFP_NONE", words=["--gfp", "expected"])
        self.refused("kmalloc", PC, "99999999", words=["expected at most"])
        self.refused("kmalloc", PC, "100", "--cpu", "9", words=["CPU 9"])
        self.refused("kmalloc", PC, "many")

    def test_slabinfo_is_printed_as_the_kernel_does(self):
        out = self.boot(PC, "slabinfo")
        self.assertTrue(out.startswith("slabinfo - version: 2.1\n# name "))
        self.assertRegex(out, r"(?m)^kmalloc-96  +\d+ +\d+     96   42    1 : tunables    0    0    0 : slabdata +\d+ +\d+      0$")


class Sessions(Case):
    SESSION = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "sessions", "version-1.mms")

    def test_a_session_is_booted_with_what_was_done_in_it(self):
        here = self.good("boot", self.SESSION, "--print", "dmesg")
        self.assertIn("Linux version", here)

    #   main      [ alloc, kmalloc | alloc ]     the current one
    #   what if                    ` [ vmalloc, vmalloc ]
    def test_branches_are_listed_and_each_is_booted(self):
        file = os.path.join(os.path.dirname(self.SESSION), "branches.mms")
        listed = self.good("branches", file).splitlines()
        self.assertEqual(["branch", "commands", "shared"], listed[0].split())
        self.assertCountEqual(["* main             3          3", "  what if          4          2"], listed[1:])
        self.assertEqual((0, ""), mmsim("boot", file, "--print", "vmallocinfo")[:2])
        areas = self.good("boot", file, "--branch", "what if", "--print", "vmallocinfo").splitlines()
        self.assertEqual([24576, 45056], sorted(int(line.split()[1]) for line in areas))
        self.refused("boot", file, "--branch", "nobody's", words=["nobody's", "branch"])
        self.refused("boot", PC, "--branch", "main", words=["--branch main", "no session"])
        self.refused("branches", PC, words=["no session"])

    def test_a_damaged_session_is_refused_in_words(self):
        with open(self.SESSION, "rb") as f:
            whole = f.read()
        self.refused("boot", self.write("cut.mms", whole[:700]), words=["cut.mms"])
        self.refused("boot", self.write("text.mms", "no database"), words=["text.mms", "no session"])


class Commands(Case):
    def test_the_page_allocator_answers_after_the_boot(self):
        code, out, err = mmsim("boot", PC, "--do", "alloc_pages GFP_KERNEL order 3", "--do", "drain_all_pages",
                               "--print", "vmstat")
        self.assertEqual(code, 0, err)
        self.assertRegex(err, r"alloc_pages GFP_KERNEL order 3 node 0 cpu 0: pfn 0x[0-9a-f]+\n")
        before = mmsim("boot", PC, "--print", "vmstat")[1]
        free = [int(re.search(r"^nr_free_pages (\d+)", text, re.M)[1]) for text in (before, out)]
        self.assertLessEqual(abs(free[0] - free[1] - 8), 250, "8 pages less, but for what a CPU keeps to itself")

    def test_what_is_no_command_is_told(self):
        code, _, err = mmsim("boot", PC, "--do", "alloc_pages GFP_NONSENSE")
        self.assertEqual(code, 2)
        self.assertIn("expected one of", err)
        code, _, err = mmsim("boot", PC, "--do", "free_pages 0x5 order 0")
        self.assertEqual(code, 2)
        self.assertIn("frame 0x5", err)


if __name__ == "__main__":
    unittest.main()
