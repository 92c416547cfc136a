// SPDX-License-Identifier: GPL-3.0-or-later
// What the boot stages of this room ask memblock again and again: memory in whole frames with its node
// (for_each_mem_pfn_range) and which sections exist. Private to mmzone.
#pragma once

#include <algorithm>
#include <vector>

#include "engine/memblock/memblock.h"
#include "engine/mmzone/zone.h"
#include "engine/profile/kernel_profile.h"

namespace mm {

struct MemRange {
    PfnRange frames;
    Nid nid = 0;
};

/// for_each_mem_pfn_range(): ascending, without pieces smaller than a frame; memory of no node counts as node 0's.
inline std::vector<MemRange> mem_pfn_ranges(const Memblock& memblock) {
    std::vector<MemRange> out;
    for (const MemblockRegion& r : memblock.memory()) {
        const PfnRange frames = whole_pfns(r.range());
        if (!frames.empty()) out.push_back({frames, r.nid == MemblockRegion::max_numnodes ? 0 : r.nid});
    }
    return out;
}

/// for_each_free_mem_range(), in whole frames.
inline std::vector<PfnRange> free_pfn_ranges(const Memblock& memblock, Nid nid = no_node) {
    std::vector<PfnRange> out;
    for (const MemblockRegion& r : memblock.free_ranges(nid)) {
        const PfnRange frames = whole_pfns(r.range());
        if (!frames.empty()) out.push_back(frames);
    }
    return out;
}

/// Where sections with any memory are, or with FLATMEM all below the end: pfn_valid() of a machine that has just
/// booted.
class PresentSections {
public:
    /// max_pfn: what FLATMEM's struct pages end with (max_mapnr).
    PresentSections(const Memblock& memblock, const KernelProfile& profile, Pfn max_pfn = no_pfn)
        : m_shift(profile.section_size_bits - page_shift) {
        if (profile.memory_model == MemoryModel::flat) {
            m_flat_end = std::min(memblock.end_of_dram() >> page_shift, max_pfn);
            return;
        }
        for (const MemRange& r : mem_pfn_ranges(memblock)) {
            const std::size_t last = static_cast<std::size_t>((r.frames.end - 1) >> m_shift);
            if (m_present.size() <= last) m_present.resize(last + 1);
            for (std::size_t s = static_cast<std::size_t>(r.frames.start >> m_shift); s <= last; ++s)
                m_present[s] = true;
        }
    }
    bool valid(Pfn pfn) const {
        if (m_flat_end) return pfn < m_flat_end;
        const auto s = static_cast<std::size_t>(pfn >> m_shift);
        return s < m_present.size() && m_present[s];
    }
    /// First frame beyond the last section.
    Pfn end() const { return m_flat_end ? m_flat_end : Pfn{m_present.size()} << m_shift; }
    NrPages section_pages() const { return NrPages{1} << m_shift; }

private:
    unsigned m_shift;
    Pfn m_flat_end = 0;  ///< FLATMEM: frames below have a struct page, memory or not
    std::vector<bool> m_present;
};

}  // namespace mm
