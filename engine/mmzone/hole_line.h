// SPDX-License-Identifier: GPL-3.0-or-later
// Frames without memory whose struct pages exist, as kernels from 4.15 to 5.11 counted them: once for the machine, in
// zero_resv_unavail() or init_unavailable_mem() of mm/page_alloc.c. Newer kernels count by zone, in memmap_init.
#pragma once

#include <string>

#include "engine/memblock/memblock.h"
#include "engine/profile/kernel_profile.h"

namespace mm {

/// "Reserved but unavailable: 100 pages" or "Zeroed struct page in unavailable ranges: 100 pages"; empty where the
/// kernel prints neither.
std::string hole_line(const Memblock& memblock, const KernelProfile& profile, Pfn max_pfn);

}  // namespace mm
