// SPDX-License-Identifier: GPL-3.0-or-later
// gfp flags by their kernel names and bits. Follows include/linux/gfp_types.h and gfp.h, Linux 6.1.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/mmzone/zone.h"

namespace mm {

using Gfp = std::uint32_t;

namespace gfp {
inline constexpr Gfp dma = 0x1, highmem = 0x2, dma32 = 0x4, movable = 0x8, reclaimable = 0x10, high = 0x20, io = 0x40,
                     fs = 0x80, zero = 0x100, atomic = 0x200, direct_reclaim = 0x400, kswapd_reclaim = 0x800,
                     write = 0x1000, nowarn = 0x2000, retry_mayfail = 0x4000, nofail = 0x8000, noretry = 0x10000,
                     memalloc = 0x20000, comp = 0x40000, nomemalloc = 0x80000, hardwall = 0x100000, thisnode = 0x200000,
                     account = 0x400000, zerotags = 0x800000;
inline constexpr Gfp reclaim = direct_reclaim | kswapd_reclaim;
inline constexpr Gfp zone_mask = dma | highmem | dma32 | movable;
inline constexpr Gfp GFP_ATOMIC = high | atomic | kswapd_reclaim, GFP_KERNEL = reclaim | io | fs,
                     GFP_KERNEL_ACCOUNT = GFP_KERNEL | account, GFP_NOWAIT = kswapd_reclaim, GFP_NOIO = reclaim,
                     GFP_NOFS = reclaim | io, GFP_USER = reclaim | io | fs | hardwall, GFP_DMA = dma, GFP_DMA32 = dma32,
                     GFP_HIGHUSER = GFP_USER | highmem, GFP_HIGHUSER_MOVABLE = GFP_HIGHUSER | movable,
                     GFP_TRANSHUGE_LIGHT = (GFP_HIGHUSER_MOVABLE | comp | nomemalloc | nowarn) & ~reclaim,
                     GFP_TRANSHUGE = GFP_TRANSHUGE_LIGHT | direct_reclaim;
}  // namespace gfp

/// gfp_zone(): the highest zone the flags allow (on a machine without that zone the zonelist starts lower).
constexpr ZoneType gfp_zone(Gfp flags) {
    if ((flags & gfp::movable) && (flags & gfp::highmem)) return ZoneType::movable;
    if (flags & gfp::dma) return ZoneType::dma;
    if (flags & gfp::dma32) return ZoneType::dma32;
    return flags & gfp::highmem ? ZoneType::highmem : ZoneType::normal;
}
/// The same where the kernel has not all zones: GFP_ZONE_TABLE of its configuration, which sends requests for a zone it
/// lacks to Normal.
inline ZoneType gfp_zone(Gfp flags, const KernelProfile& profile) {
    const ZoneType zone = gfp_zone(flags);
    const bool low = zone == ZoneType::dma || zone == ZoneType::dma32;
    return low && !has_zone(profile, zone) ? ZoneType::normal : zone;
}
/// GFP_ZONE_BAD: whether the zone modifiers may stand together.
bool zone_modifiers_allowed(Gfp flags);
/// gfp_migratetype().
constexpr MigrateType gfp_migratetype(Gfp flags) {
    if (flags & gfp::movable) return MigrateType::movable;
    return flags & gfp::reclaimable ? MigrateType::reclaimable : MigrateType::unmovable;
}
/// "GFP_KERNEL|__GFP_COMP", as show_gfp_flags() prints.
std::string gfp_text(Gfp flags);
/// Accepts what gfp_text prints, 0x numbers, names with or without underscores prefix; nullopt if unknown.
std::optional<Gfp> parse_gfp(std::string_view text);

}  // namespace mm
