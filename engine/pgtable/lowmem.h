// SPDX-License-Identifier: GPL-3.0-or-later
// 32-bit x86: which physical memory the kernel can map for good (lowmem), and which it must map page by page (highmem).
//
//      0                      max_low_pfn                      max_pfn
//      |======== lowmem ==========|========== highmem ============|          PAGE_OFFSET + lowmem, 8 MiB hole, vmalloc
//
// Follows find_low_pfn_range(), lowmem_pfn_init(), highmem_pfn_init(), arch/x86/mm/init_32.c, Linux 6.1.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/profile/kernel_profile.h"

namespace mm {

struct LowmemSplit {
    Pfn max_low_pfn = 0, max_pfn = 0;
    std::vector<std::string> complaints;  ///< what the kernel prints where "highmem=" or the machine ask too much
};

/// maxmem: MAXMEM, the most that can be lowmem. command_line: for "highmem=".
LowmemSplit find_low_pfn_range(Pfn max_pfn, Bytes maxmem, const KernelProfile& profile, std::string_view command_line);

}  // namespace mm
