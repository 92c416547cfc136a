// SPDX-License-Identifier: GPL-3.0-or-later
// What is mapped in a range ceases to be: entries are cleared, and the pages are given back together once the TLBs
// are flushed.
//
// Follows mm/memory.c (unmap_vmas, zap_pte_range) and mm/mmu_gather.c, Linux 6.1.
#pragma once

#include "engine/mm/rmap.h"

namespace mm {

/// struct mmu_gather: pages wait here until no CPU can reach them any more.
class MmuGather {
public:
    explicit MmuGather(const MmContext& context) : m_c(context) {}
    MmuGather(const MmuGather&) = delete;
    MmuGather& operator=(const MmuGather&) = delete;
    void remove_page(Pfn p) { m_pages.push_back(p); }
    /// tlb_finish_mmu(). Not the destructor's work: a replay may end with any event, which is an exception.
    void finish();

private:
    const MmContext& m_c;
    std::vector<Pfn> m_pages;
};

/// unmap_single_vma() of what of the area lies in the range.
void zap_range(const MmContext& context, Mm& mm, const Vma& area, VirtRange range, MmuGather& gather);

}  // namespace mm
