#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gate itself: what the judges print is read, and a share below its minimum is noticed."""
import sys
import unittest

sys.dont_write_bytecode = True
from run_judges import fallen, shares_of_boot, shares_of_pfn, shares_of_wild


class Gate(unittest.TestCase):
    def test_reads_the_boot_judge(self):
        text = (
            "x86_64/pc-1g   e820 3/4\nTOTAL e820 99.10%  zoneinfo 100.00%\n"
            "lines equal to the real kernel's: 3 of 4 (75.00%), worst category 1.00%\n")
        self.assertEqual({"e820": 99.1, "zoneinfo": 100.0, "all": 75.0}, shares_of_boot(text))
        self.assertEqual({}, shares_of_boot("nothing\n"))

    def test_reads_the_wild_judge(self):
        text = "zones                120 of   130 equal (92.31%)\nmachines wholly equal: 4 of 10; facts equal: 9 of 10 (90.00%)\n"
        self.assertEqual({"zones": 92.31, "whole": 40.0, "all": 90.0}, shares_of_wild(text))

    def test_reads_the_pfn_judge(self):
        text = (
            "boot-512m                 2709 of    2709 pfns (100.0000%), exact prefix 2709; end: free_lists equal, pcp equal, pageblocks equal\n"
            "idle-128m                    9 of      90 pfns (10.0000%), exact prefix 3; end: free_lists 2 of 24 lines differ, pcp absent, pageblocks equal\n")
        shares = shares_of_pfn(text)
        self.assertEqual(100.0, shares["boot-512m"])
        self.assertEqual(100.0, shares["boot-512m end"])
        self.assertEqual(10.0, shares["idle-128m"])
        self.assertAlmostEqual(33.33, shares["idle-128m end"], 2)

    def test_notices_what_fell(self):
        self.assertEqual([], list(fallen("boot", {"e820": 99.1, "new": 1.0}, {"e820": 99.1})))
        self.assertIn("98.00%, the minimum is 99.10%", list(fallen("boot", {"e820": 98.0}, {"e820": 99.1}))[0])
        self.assertIn("not reported", list(fallen("boot", {}, {"e820": 99.1}))[0])


if __name__ == "__main__":
    unittest.main()
