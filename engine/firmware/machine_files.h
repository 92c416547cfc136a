// SPDX-License-Identifier: GPL-3.0-or-later
// The files beside a log: where the image lies (section symbols, /proc/iomem) and how far nodes are apart. Each parser
// takes the file's text and leaves the machine alone where it can make nothing of it. Private to the log reader.
#pragma once

#include <string_view>
#include <vector>

#include "engine/firmware/machine.h"

namespace mm {

/// /proc/iomem's "Kernel code", "rodata", "data" and "bss".
void parse_iomem(std::string_view text, Machine& machine);

/// "ffffffff81000000 T _text": virtual addresses. With KASLR the image is moved separately in virtual and in physical
/// memory, so physical addresses count from where iomem saw the code. REQUIRES: parse_iomem() came before, if at all.
void parse_symbols(std::string_view text, Machine& machine);

/// /proc/mtrr: "reg00: base=0x080000000 ( 2048MB), size= 2048MB, count=1: uncachable". Only for looking at: drivers may
/// have changed it since the boot, so nothing is trimmed by it. Does nothing where the log told the registers.
void parse_proc_mtrr(std::string_view text, Machine& machine);

/// One row of SLIT: "10 20". Empty if anything but numbers from 0 to 255 is in it.
std::vector<unsigned> parse_distances(std::string_view text);

}  // namespace mm
