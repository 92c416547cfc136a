// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/pgtable/page_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <set>

namespace mm {
PtEntry PtPage::get(unsigned index, unsigned entry_size) const {
    if (entry_size == 8) return m_words[index];
    return (m_words[index / 2] >> (index % 2 * 32)) & 0xffffffff;
}

void PtPage::set(unsigned index, unsigned entry_size, PtEntry entry) {
    if (entry_size == 8) {
        m_words[index] = entry;
        return;
    }
    const unsigned shift = index % 2 * 32;
    m_words[index / 2] = (m_words[index / 2] & ~(std::uint64_t{0xffffffff} << shift)) | (entry << shift);
}

PageTables::PageTables(Pfn top, PagingMode mode) : m_top(top), m_mode(mode) {
    make_table(PtLevel::pgd, [top](PtLevel) { return top; });
}

PtPage& PageTables::writable(Pfn pfn) {
    auto& page = m_pages.edit().at(pfn);
    if (page.use_count() > 1) page = std::make_shared<PtPage>(*page);
    return *page;
}

const PtPage* PageTables::table(Pfn pfn) const {
    const auto at = m_pages->find(pfn);
    return at == m_pages->end() ? nullptr : at->second.get();
}

PtEntry PageTables::entry(Pfn table, unsigned index) const {
    return m_pages->at(table)->get(index, paging().entry_size);
}

/// A table that no entry points to any more, and all below it.
void PageTables::forget(Pfn pfn, PtLevel level) {
    for (unsigned i = 0; i < paging().at(level).entries(); ++i) {
        const PtEntry e = entry(pfn, i);
        if (paging().present(e) && !paging().is_leaf(e, level))
            forget(pfn_down(paging().phys_in(e, level)), paging().below(level).level);
    }
    m_pages.edit().erase(pfn);
    std::erase_if(m_tables.edit(), [pfn](const auto& t) { return t.first == pfn; });
}

Pfn PageTables::make_table(PtLevel level, const AllocTable& alloc) {
    const Pfn pfn = alloc(level);
    [[maybe_unused]] const bool fresh = m_pages.edit().emplace(pfn, std::make_shared<PtPage>(PtPage{})).second;
    assert(fresh);
    m_tables.edit().emplace_back(pfn, level);
    return pfn;
}

/// The table an entry points to; made if there is none, filled with equal smaller leaves if the entry is a leaf.
Pfn PageTables::table_below(Pfn table, PtLevel level, unsigned index, const AllocTable& alloc) {
    const Paging& p = paging();
    const PtEntry old = entry(table, index);
    if (p.present(old) && !p.is_leaf(old, level)) return pfn_down(p.phys_in(old, level));
    const PagingLevel& lower = p.below(level);
    const Pfn made = make_table(lower.level, alloc);
    if (p.is_leaf(old, level)) {
        const PhysAddr phys = p.phys_in(old, level);
        for (unsigned i = 0; i < lower.entries(); ++i)
            writable(made).set(i, p.entry_size, p.leaf_entry(phys + i * lower.span(), lower.level, p.flags_in(old)));
    }
    writable(table).set(index, p.entry_size, p.table_entry(phys_of(made), level));
    return made;
}

void PageTables::map(VirtAddr virt, PhysAddr phys, Bytes leaf_size, PtEntry flags, const AllocTable& alloc) {
    assert(virt % leaf_size == 0 && phys % leaf_size == 0);
    const Paging& p = paging();
    const PtLevel target = p.for_leaf(leaf_size).level;
    Pfn table = m_top;
    PtLevel level = PtLevel::pgd;
    for (; level != target; level = p.below(level).level)
        table = table_below(table, level, p.index(virt, level), alloc);
    const unsigned index = p.index(virt, level);
    const PtEntry old = entry(table, index);
    if (p.present(old) && !p.is_leaf(old, level)) forget(pfn_down(p.phys_in(old, level)), p.below(level).level);
    writable(table).set(index, p.entry_size, p.leaf_entry(phys, level, flags));
}

void PageTables::populate(VirtAddr virt, const AllocTable& alloc) {
    const Paging& p = paging();
    Pfn table = m_top;
    for (PtLevel level = PtLevel::pgd; level != PtLevel::pte; level = p.below(level).level)
        table = table_below(table, level, p.index(virt, level), alloc);
}

void PageTables::move_table(VirtAddr virt, Pfn to) {
    const Paging& p = paging();
    Pfn above = m_top;
    PtLevel level = PtLevel::pgd;
    for (; p.below(level).level != PtLevel::pte; level = p.below(level).level)
        above = pfn_down(p.phys_in(entry(above, p.index(virt, level)), level));
    const unsigned index = p.index(virt, level);
    const Pfn from = pfn_down(p.phys_in(entry(above, index), level));
    auto& pages = m_pages.edit();
    pages[to] = pages.at(from);
    pages.erase(from);
    for (auto& [pfn, at] : m_tables.edit())
        if (pfn == from) pfn = to;
    writable(above).set(index, p.entry_size, p.table_entry(phys_of(to), level));
}

/// What one map_missing() call does not change on its way down.
struct PageTables::Filling {
    VirtAddr offset;  ///< virt = phys + offset
    PhysAddr end;
    PtEntry flags;
    const AllocTable& alloc;
};

PhysAddr PageTables::map_missing(VirtAddr virt, PhysRange phys, Bytes leaf_size, PtEntry flags,
                                 const AllocTable& alloc) {
    if (phys.empty()) return phys.end;
    const Filling how{virt - phys.start, phys.end, flags, alloc};
    return fill(how, m_top, PtLevel::pgd, phys.start, leaf_size);
}

/// One table's share of map_missing(), from physical address at to the end of the table or of the range. As in the
/// kernel, a level that sets nothing answers the range's end.
PhysAddr PageTables::fill(const Filling& how, Pfn table, PtLevel level, PhysAddr at, Bytes leaf_size) {
    const Paging& p = paging();
    const PagingLevel& here = p.at(level);
    const PtLevel target = p.for_leaf(leaf_size).level;
    PhysAddr last = how.end;
    PtPage* page = &writable(table);
    for (unsigned index = p.index(at + how.offset, level); index < here.entries() && at < how.end; ++index) {
        const PhysAddr next = align_down(at + how.offset, here.span()) + here.span() - how.offset;
        const PtEntry old = page->get(index, p.entry_size);
        const bool hangs_below = p.present(old) && !p.is_leaf(old, level);
        if (level == target && !hangs_below) {
            if (!p.present(old)) page->set(index, p.entry_size, p.leaf_entry(at, level, how.flags));
            if (!p.present(old) || level != PtLevel::pte) last = next;
        } else {
            const Pfn lower = table_below(table, level, index, how.alloc);
            const PagingLevel& below = p.below(level);
            last = fill(how, lower, below.level, at, std::min(leaf_size, below.span()));
            page = &writable(table);
        }
        at = next;
    }
    return last;
}

Walk walk_tables(const Paging& paging, Pfn top, VirtAddr virt, const std::function<const PtPage*(Pfn)>& page) {
    Walk walk;
    PhysAddr at = phys_of(top);
    for (const PagingLevel& level : paging.levels) {
        const PtPage* entries = page(pfn_down(at));
        if (!entries) break;
        const unsigned index = paging.index(virt, level.level);
        const PtEntry found = entries->get(index, paging.entry_size);
        walk.steps.push_back({level.level, at, index, at + index * paging.entry_size, found});
        if (!paging.present(found)) break;
        if (paging.is_leaf(found, level.level)) {
            walk.leaf_size = level.span();
            walk.phys = paging.phys_in(found, level.level) + virt % walk.leaf_size;
            break;
        }
        at = paging.phys_in(found, level.level);
    }
    return walk;
}

Walk PageTables::walk(VirtAddr virt) const {
    return walk_tables(paging(), m_top, virt, [this](Pfn pfn) { return table(pfn); });
}

std::vector<MappedRange> PageTables::mapped_ranges() const {
    const Paging& p = paging();
    std::vector<MappedRange> ranges;
    const auto visit = [&](const auto& self, Pfn pfn, const PagingLevel& here, VirtAddr base) -> void {
        const PtPage& page = *m_pages->at(pfn);
        for (unsigned i = 0; i < here.entries(); ++i) {
            const PtEntry e = page.get(i, p.entry_size);
            if (!p.present(e)) continue;
            VirtAddr virt = base + i * here.span();
            if (here.level == PtLevel::pgd) virt = p.canonical(virt);
            const PhysAddr phys = p.phys_in(e, here.level);
            if (!p.is_leaf(e, here.level)) {
                self(self, pfn_down(phys), p.below(here.level), virt);
                continue;
            }
            const MappedRange leaf{{virt, virt + here.span()}, phys, here.span(), p.flags_in(e)};
            MappedRange* previous = ranges.empty() ? nullptr : &ranges.back();
            if (previous && previous->virt.end == virt && previous->phys + previous->virt.size() == leaf.phys &&
                previous->leaf_size == leaf.leaf_size && previous->flags == leaf.flags)
                previous->virt.end = leaf.virt.end;
            else
                ranges.push_back(leaf);
        }
    };
    if (!m_pages->empty()) visit(visit, m_top, p.top(), 0);
    return ranges;
}

Broken PageTables::check() const {
    if (m_pages->empty()) return {};
    if (m_tables.size() != m_pages->size()) return "the list of tables and the tables differ in number";
    const Paging& p = paging();
    const std::map<Pfn, PtLevel> levels(m_tables.begin(), m_tables.end());
    std::set<Pfn> linked{m_top};
    for (const auto& [pfn, level] : levels) {
        const PtPage* page = table(pfn);
        if (!page) return fmt::format("table {:#x} is listed but not there", pfn);
        for (unsigned i = 0; i < p.at(level).entries(); ++i) {
            const PtEntry e = page->get(i, p.entry_size);
            if (!p.present(e) || p.is_leaf(e, level)) continue;
            const Pfn lower = pfn_down(p.phys_in(e, level));
            const auto at = levels.find(lower);
            if (at == levels.end()) return fmt::format("table {:#x} points to {:#x}, no table", pfn, lower);
            if (at->second != p.below(level).level) return fmt::format("table {:#x} hangs at the wrong level", lower);
            if (!linked.insert(lower).second) return fmt::format("table {:#x} is used twice", lower);
        }
    }
    if (linked.size() != levels.size()) return "a table hangs nowhere";
    return {};
}

bool operator==(const PageTables& a, const PageTables& b) {
    if (a.m_top != b.m_top || a.m_mode != b.m_mode || a.m_tables != b.m_tables) return false;
    if (a.m_pages.same_as(b.m_pages)) return true;
    return std::equal(a.m_pages->begin(), a.m_pages->end(), b.m_pages->begin(), b.m_pages->end(),
                      [](const auto& l, const auto& r) {
                          return l.first == r.first && (l.second == r.second || *l.second == *r.second);
                      });
}

}  // namespace mm
