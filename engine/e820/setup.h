// SPDX-License-Identifier: GPL-3.0-or-later
// The e820 steps of setup_arch() that are more than one call: mem= and memmap= parameters, the kernel's own range, the
// BIOS trims, MTRR trimming. Follows arch/x86/kernel/{e820,setup}.c and cpu/mtrr/cleanup.c, Linux 6.1.
#pragma once

#include "engine/e820/e820_table.h"

namespace mm {

/// parse_early_param() for mem= and memmap= (nn@ss, nn#ss, nn$ss, nn!ss, nn%ss-from+to, exactmap). True: the user
/// changed the map; then call finish_user_map(). Between the two the kernel handles setup_data (reserve_setup_data).
bool parse_user_map(E820Table& table, std::string_view command_line, const Tracer& trace);
/// e820__finish_early_params(): "user-defined physical RAM map:" and its lines. Where the user's map cannot be sorted
/// (fewer than two ranges, or one that wraps) the kernel panics: its line is printed and false returned.
bool finish_user_map(E820Table& table, const Tracer& trace);
/// Both in one call, for a machine without setup_data. True: the user changed the map.
bool apply_user_map(E820Table& table, std::string_view command_line, const Tracer& trace);

/// e820__reserve_setup_data(): one range_update() a piece, sort, "extended physical RAM map:". Each line comes twice,
/// the second time for e820_table_kexec, which nobody here needs later. Nothing without pieces.
void reserve_setup_data(E820Table& table, const std::vector<PhysRange>& pieces, const Tracer& trace);

/// e820_add_kernel_range(): the image must be usable RAM; warns and adds it where it is not.
void e820_add_kernel_range(E820Table& table, PhysRange image, const Tracer& trace);

/// trim_bios_range(): the lowest bytes (a page; in old kernels 64 KiB) become reserved, 640K-1M is removed, table
/// updated.
void trim_bios_range(E820Table& table, Bytes low, const Tracer& trace);

/// mtrr_trim_uncached_memory(end_pfn): RAM that no write-back MTRR covers becomes reserved. True: the table changed.
/// Does nothing where MTRRs are unknown, and as the kernel does with disable_mtrr_trim, a default type that is not
/// uncachable, or variable ranges of other types than write-back and uncachable. The sanitizer (mtrr_cleanup()), off by
/// default, is not modelled: it may change the registers, never what they cover.
bool mtrr_trim_uncached_memory(E820Table& table, const MtrrState& mtrr, Pfn end_pfn, std::string_view command_line,
                               const Tracer& trace);

}  // namespace mm
