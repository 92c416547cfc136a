// SPDX-License-Identifier: GPL-3.0-or-later
// The e820 steps of setup_arch() that are more than one call: mem= and memmap= parameters, the kernel's own range, the
// BIOS trims, MTRR trimming. Follows arch/x86/kernel/{e820,setup}.c and cpu/mtrr/cleanup.c, Linux 6.1.
#pragma once

#include "engine/e820/e820_table.h"

namespace mm {

/// parse_early_param() for mem= and memmap= (nn@ss, nn#ss, nn$ss, nn!ss, exactmap) and, if one changed the table,
/// e820__finish_early_params(): "user-defined physical RAM map:" and its lines. True: the user changed the map.
bool apply_user_map(E820Table& table, std::string_view command_line, const Tracer& trace);

/// e820_add_kernel_range(): the image must be usable RAM; warns and adds it where it is not.
void e820_add_kernel_range(E820Table& table, PhysRange image, const Tracer& trace);

/// trim_bios_range(): page 0 becomes reserved, 640K-1M is removed, table updated.
void trim_bios_range(E820Table& table, const Tracer& trace);

/// mtrr_trim_uncached_memory(end_pfn): RAM that no write-back MTRR covers becomes reserved. True: the table changed.
/// Does nothing (as the kernel) where MTRRs are unknown, disabled, or the default type is not uncachable.
bool mtrr_trim_uncached_memory(E820Table& table, const MtrrState& mtrr, Pfn end_pfn, std::string_view command_line,
                               const Tracer& trace);

}  // namespace mm
