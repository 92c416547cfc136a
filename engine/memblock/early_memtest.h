// SPDX-License-Identifier: GPL-3.0-or-later
// "memtest=N": each free piece of memory is filled with N patterns in turn and read back; words that come back wrong
// are reserved, so that nobody gets them.
//
//      free     [..............x....)[..........)         x: a bad word
//      pass     written, read back                        -> reserved [x)
//
// Follows mm/memtest.c, Linux 6.1. Which memory is bad is the machine's (Machine::bad_memory): a model has no cells.
#pragma once

#include <span>
#include <string_view>

#include "engine/firmware/machine.h"
#include "engine/memblock/boot_memblock.h"

namespace mm {

/// How many patterns the command line asks for; 0: no test.
unsigned memtest_patterns(std::string_view command_line);

/// early_memtest(). Prints the kernel's lines and reserves what is bad. phys_addr_digits: how addresses are printed.
void early_memtest(unsigned patterns, PhysRange window, std::span<const BadMemory> bad, const BootMemblock& boot,
                   unsigned phys_addr_digits);

}  // namespace mm
