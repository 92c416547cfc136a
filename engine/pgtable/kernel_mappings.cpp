// SPDX-License-Identifier: GPL-3.0-or-later
// PageTables: what changes while a kernel runs. Single tables and leaves are set and cleared; tables stay where they
// are. Follows vmap_pages_pte_range(), vunmap_range_noflush() and p?d_alloc() of mm/vmalloc.c and mm/memory.c, 6.1.
#include <cassert>

#include "engine/pgtable/page_tables.h"

namespace mm {

std::optional<PtLevel> PageTables::missing_table(VirtAddr virt, PtLevel down_to) const {
    const Paging& p = paging();
    Pfn table = m_top;
    for (PtLevel level = PtLevel::pgd; level > down_to; level = p.below(level).level) {
        const PtEntry e = entry(table, p.index(virt, level));
        if (!p.present(e)) return p.below(level).level;
        if (p.is_leaf(e, level)) return std::nullopt;
        table = pfn_down(p.phys_in(e, level));
    }
    return std::nullopt;
}

void PageTables::add_table(VirtAddr virt, Pfn pfn) {
    const Paging& p = paging();
    Pfn table = m_top;
    for (PtLevel level = PtLevel::pgd; level != PtLevel::pte; level = p.below(level).level) {
        const unsigned index = p.index(virt, level);
        const PtEntry e = entry(table, index);
        if (!p.present(e)) {
            table_below(table, level, index, [pfn](PtLevel) { return pfn; });
            return;
        }
        table = pfn_down(p.phys_in(e, level));
    }
    assert(false && "no table is missing");
}

std::vector<Pfn> PageTables::cut_off(VirtAddr virt, PtLevel level) {
    const Paging& p = paging();
    std::vector<Pfn> found;
    const auto collect = [&](const auto& self, PtEntry e, PtLevel at) -> void {
        if (!p.present(e) || p.is_leaf(e, at)) return;
        const Pfn pfn = pfn_down(p.phys_in(e, at));
        const PtLevel lower = p.below(at).level;
        found.push_back(pfn);
        for (unsigned i = 0; lower != PtLevel::pte && i < p.at(lower).entries(); ++i)
            self(self, entry(pfn, i), lower);
    };
    for (const WalkStep& step : walk(virt).steps) {
        if (step.level != level) continue;
        collect(collect, step.entry, level);
        forget(found.at(0), p.below(level).level);
        writable(pfn_down(step.table)).set(step.index, p.entry_size, 0);
    }
    return found;
}

void PageTables::set_ptes(VirtAddr virt, std::span<const Pfn> frames, PtEntry flags) {
    const Paging& p = paging();
    Pfn table = m_top;
    for (PtLevel level = PtLevel::pgd; level != PtLevel::pte; level = p.below(level).level)
        table = pfn_down(p.phys_in(entry(table, p.index(virt, level)), level));
    unsigned index = p.index(virt, PtLevel::pte);
    assert(index + frames.size() <= p.at(PtLevel::pte).entries());
    PtPage& page = writable(table);
    for (const Pfn pfn : frames)
        page.set(index++, p.entry_size, p.leaf_entry(phys_of(pfn), PtLevel::pte, flags));
}

template<class Visit>
void PageTables::each_leaf(VirtRange range, Pfn table, const PagingLevel& here, VirtAddr base,
                           const Visit& visit) const {
    const Paging& p = paging();
    const bool top = here.level == PtLevel::pgd;
    const unsigned first = range.start > base || top ? p.index(range.start, here.level) : 0;
    for (unsigned i = first; i < here.entries(); ++i) {
        const VirtAddr virt = top ? p.canonical(i * here.span()) : base + i * here.span();
        if (virt >= range.end) return;
        const PtEntry e = entry(table, i);
        if (!p.present(e)) continue;
        if (!p.is_leaf(e, here.level))
            each_leaf(range, pfn_down(p.phys_in(e, here.level)), p.below(here.level), virt, visit);
        else if (virt >= range.start && here.span() <= range.end - virt)
            visit(table, i, here);
    }
}

void PageTables::unmap(VirtRange range) {
    if (range.empty() || m_pages->empty()) return;
    std::vector<std::pair<Pfn, unsigned>> leaves;
    each_leaf(range, m_top, paging().top(), 0,
              [&](Pfn table, unsigned index, const PagingLevel&) { leaves.emplace_back(table, index); });
    for (const auto& [table, index] : leaves)
        writable(table).set(index, paging().entry_size, 0);
}

Bytes PageTables::mapped_bytes(VirtRange range) const {
    Bytes bytes = 0;
    if (range.empty() || m_pages->empty()) return 0;
    each_leaf(range, m_top, paging().top(), 0, [&](Pfn, unsigned, const PagingLevel& level) { bytes += level.span(); });
    return bytes;
}

}  // namespace mm
