// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mmzone/hole_line.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/mmzone/mem_ranges.h"

namespace mm {
namespace {

/// Frames of the range in sections that exist; looked up a pageblock at a time.
NrPages with_struct_page(const PresentSections& sections, PfnRange range) {
    NrPages count = 0;
    const Pfn end = std::min(range.end, sections.end());
    for (Pfn p = range.start; p < end;) {
        const Pfn block = align_down(p, pageblock_pages), next = std::min(block + pageblock_pages, end);
        if (sections.valid(block)) count += next - p;
        p = next;
    }
    return count;
}

/// for_each_resv_unavail_range(): what is reserved and no memory. A frame at the edge counts with both its sides.
NrPages reserved_holes(const Memblock& memblock, const PresentSections& sections) {
    NrPages count = 0;
    for (const MemblockRegion& r : memblock.reserved()) {
        PhysAddr at = r.base;
        for (const MemblockRegion& m : memblock.memory()) {
            const PhysRange hole{at, std::min(m.base, r.end())};
            if (m.end() <= at) continue;
            if (!hole.empty()) count += with_struct_page(sections, touched_pfns(hole));
            at = m.end();
            if (at >= r.end()) break;
        }
        if (at < r.end()) count += with_struct_page(sections, touched_pfns({at, r.end()}));
    }
    return count;
}

NrPages holes(const Memblock& memblock, const PresentSections& sections, Pfn end) {
    NrPages count = 0;
    PhysAddr next = 0;
    for (const MemblockRegion& m : memblock.memory()) {
        if (next < m.base) count += with_struct_page(sections, touched_pfns({next, m.base}));
        next = m.end();
    }
    return count + with_struct_page(sections, {pfn_down(next), end});
}

}  // namespace

std::string hole_line(const Memblock& memblock, const KernelProfile& profile, Pfn max_pfn) {
    const PresentSections sections(memblock, profile);
    if (profile.log.holes == HoleWords::reserved) {
        const NrPages count = reserved_holes(memblock, sections);
        return count ? fmt::format("Reserved but unavailable: {} pages", count) : "";
    }
    if (profile.log.holes != HoleWords::zeroed) return "";
    const Pfn end = profile.zeroes_last_section ? align_up(max_pfn, sections.section_pages()) : max_pfn;
    const NrPages count = holes(memblock, sections, end);
    return count ? fmt::format("Zeroed struct page in unavailable ranges: {} pages", count) : "";
}

}  // namespace mm
