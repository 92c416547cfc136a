// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/zap.h"

#include <algorithm>

#include "engine/mm/folio.h"
#include "engine/mm/huge_memory.h"
#include "engine/mm/hugetlb.h"
#include "engine/mm/swapfile.h"

namespace mm {
namespace {

constexpr std::size_t first_batch = 8, next_batch = 510;  // MMU_GATHER_BUNDLE, MAX_GATHER_BATCH

}  // namespace

/// release_pages() puts those that are free onto a list, newest first, and frees them in that order.
void MmuGather::finish() {
    std::size_t done = 0, batch = first_batch;
    while (done < m_pages.size()) {
        const std::size_t end = std::min(done + batch, m_pages.size());
        for (std::size_t i = done; i < end; ++i)
            free_swap_cache(m_c, m_pages[i]);
        for (std::size_t i = end; i-- > done;)
            put_user_page(m_c, m_pages[i]);
        done = end;
        batch = next_batch;
    }
    m_pages.clear();
}

void zap_range(const MmContext& c, Mm& mm, const Vma& area, VirtRange range, MmuGather& gather) {
    const UserTables tables(c);
    const Rmap rmap(c);
    const Paging& paging = c.paging();
    const HugeMemory huge(c);
    const VirtRange here = area.range.intersect(range);
    const bool by_name = area.flags & vma::hugetlb;
    if (!by_name) huge.split_pmd_at(mm, here.start), huge.split_pmd_at(mm, here.end);
    tables.each(mm, here, [&](VirtAddr address, const EntryAt& at) {
        if (by_name) return Hugetlb(c).zap(mm, address, gather);
        if (at.level != PtLevel::pte) return huge.zap(mm, address, gather);
        tables.set(at, 0);
        if (!paging.present(at.entry)) {
            if (is_hwpoison(paging, at.entry)) return;
            swap_free(c, decode_swap(paging, at.entry));
            --mm.count(Rss::swap);
            return;
        }
        const UserPte pte = decode(paging, at.entry);
        if (pte.special) return;
        if (!page_anon(c.state, pte.pfn)) {
            if (pte.dirty) set_page_dirty(c, pte.pfn);
            if (pte.young) c.lru().mark_accessed(pte.pfn, c.state.events);
        }
        rmap.remove(mm, area, pte.pfn);
        gather.remove_page(pte.pfn);
    });
}

}  // namespace mm
