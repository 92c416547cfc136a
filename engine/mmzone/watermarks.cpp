// SPDX-License-Identifier: GPL-3.0-or-later
// min_free_kbytes, the watermarks cut from it, and what lower zones keep from requests that could go higher.
// mm/page_alloc.c, mm/khugepaged.c.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/mmzone/init.h"
#include "engine/mmzone/pageset_sizes.h"

namespace mm {
namespace {

constexpr unsigned watermark_scale_factor = 10;
/// sysctl_lowmem_reserve_ratio.
constexpr std::array<unsigned, nr_zone_types> lowmem_reserve_ratio{256, 256, 32, 0, 0, 0};

std::uint64_t int_sqrt(std::uint64_t x) {
    auto r = static_cast<std::uint64_t>(std::sqrt(static_cast<double>(x)));
    while (r * r > x)
        --r;
    while ((r + 1) * (r + 1) <= x)
        ++r;
    return r;
}

/// mult_frac(x, n, d) without overflow.
std::uint64_t mult_frac(std::uint64_t x, std::uint64_t n, std::uint64_t d) {
    return x / d * n + x % d * n / d;
}

/// setup_per_zone_wmarks().
void setup_watermarks(Zones& zones, const KernelProfile& profile) {
    const NrPages pages_min = zones.min_free_kbytes >> (page_shift - 10);
    NrPages lowmem = 0;
    for (const Node& node : zones.nodes)
        for (const Zone& zone : node.zones)
            if (!zones.is_highmem(zone.type)) lowmem += zone.managed;
    if (lowmem == 0) return;
    for (Node& node : zones.nodes) {
        for (Zone& zone : node.zones) {
            const NrPages share = pages_min * zone.managed / lowmem;
            const NrPages min = zones.is_highmem(zone.type) ? std::clamp<NrPages>(zone.managed / 1024, 32, 128) : share;
            const NrPages scaled = profile.watermark_scale ? mult_frac(zone.managed, watermark_scale_factor, 10000) : 0;
            const NrPages gap = std::max(share >> 2, scaled);
            zone.watermark = {min, min + gap, min + 2 * gap};
        }
    }
    set_pagesets(zones, profile);
}

/// setup_per_zone_lowmem_reserve().
void setup_lowmem_reserve(Zones& zones) {
    for (Node& node : zones.nodes) {
        for (std::size_t i = 0; i + 1 < nr_zone_types; ++i) {
            const unsigned ratio = lowmem_reserve_ratio[i];
            const bool clear = ratio == 0 || node.zones[i].managed == 0;
            NrPages above = 0;
            for (std::size_t j = i + 1; j < nr_zone_types; ++j) {
                above += node.zones[j].managed;
                node.zones[i].lowmem_reserve[j] = clear ? 0 : above / ratio;
            }
        }
    }
}

void report(const Zones& zones, const Tracer& trace) {
    if (!trace) return;
    Event e;
    e.kind = EventKind::kernel_note;
    e.a = zones.min_free_kbytes;
    trace.event(e, fmt::format("min_free_kbytes {}, watermarks set", zones.min_free_kbytes));
}

}  // namespace

void init_per_zone_wmark_min(Zones& zones, const KernelProfile& profile, const Tracer& trace) {
    const std::uint64_t lowmem_kbytes = nr_free_zone_pages(zones, ZoneType::normal) << (page_shift - 10);
    zones.min_free_kbytes = std::clamp<std::uint64_t>(int_sqrt(lowmem_kbytes * 16), 128, profile.most_min_free_kbytes);
    setup_watermarks(zones, profile);
    set_stat_thresholds(zones);
    setup_lowmem_reserve(zones);
    report(zones, trace);
}

void set_recommended_min_free_kbytes(Zones& zones, const KernelProfile& profile, NrPages totalram_pages,
                                     const Tracer& trace) {
    if (totalram_pages < pfn_down(512 * MiB)) return;  // transparent huge pages are off: no khugepaged
    NrPages populated = 0;
    for (const Node& node : zones.nodes)
        for (const Zone& zone : node.zones)
            populated += zone.populated() && zone.type <= ZoneType::normal;
    // Two pageblocks a zone against fragmentation, and two for each pair of types that may fall back to each other.
    NrPages recommended = zones.pageblock_nr_pages() * populated * 2;
    recommended += zones.pageblock_nr_pages() * populated * nr_pcptypes * nr_pcptypes;
    recommended = std::min(recommended, nr_free_zone_pages(zones, ZoneType::normal) / 20);
    zones.min_free_kbytes = std::max(zones.min_free_kbytes, recommended << (page_shift - 10));
    setup_watermarks(zones, profile);
    report(zones, trace);
}

}  // namespace mm
