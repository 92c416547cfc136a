// SPDX-License-Identifier: GPL-3.0-or-later
// ALLOC_*: what one attempt of get_page_from_freelist() may do, as bits with the kernel's values, so that they can be
// read from and compared with traces. Follows mm/internal.h, Linux 6.1.
#pragma once

#include <cstdint>

namespace mm {

using AllocFlags = std::uint32_t;

namespace alloc {
inline constexpr AllocFlags wmark_min = 0, wmark_low = 1, wmark_high = 2;
inline constexpr AllocFlags no_watermarks = 0x4;
inline constexpr AllocFlags wmark_mask = no_watermarks - 1;
inline constexpr AllocFlags oom = 0x8;           ///< an OOM victim may take half of what is left
inline constexpr AllocFlags non_block = 0x10;    ///< cannot wait: a quarter below the mark
inline constexpr AllocFlags min_reserve = 0x20;  ///< __GFP_HIGH: half below the mark
inline constexpr AllocFlags cpuset = 0x40;
inline constexpr AllocFlags cma = 0x80;          ///< may take from CMA pageblocks
inline constexpr AllocFlags nofragment = 0x100;  ///< may not mix migratetypes in a pageblock
inline constexpr AllocFlags highatomic = 0x200;  ///< may use the highatomic reserve
inline constexpr AllocFlags kswapd = 0x800;      ///< may wake kswapd
inline constexpr AllocFlags reserves = non_block | min_reserve | highatomic | oom;
}  // namespace alloc

}  // namespace mm
