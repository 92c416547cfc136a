// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/pgtable/page_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <set>

namespace mm {
namespace {

constexpr unsigned entries_per_table = 512;

constexpr unsigned shift_of(PtLevel level) {
    return page_shift + 9 * (static_cast<unsigned>(level) - 1);
}
constexpr Bytes size_of(PtLevel level) {
    return Bytes{1} << shift_of(level);
}
constexpr unsigned index_of(VirtAddr virt, PtLevel level) {
    return static_cast<unsigned>(virt >> shift_of(level)) % entries_per_table;
}
constexpr PtLevel leaf_level(Bytes leaf_size) {
    return leaf_size >= GiB ? PtLevel::pud : leaf_size >= 2 * MiB ? PtLevel::pmd : PtLevel::pte;
}
constexpr bool present(PtEntry e) {
    return e & pte_present;
}
constexpr bool is_leaf(PtEntry e, PtLevel level) {
    return present(e) && (level == PtLevel::pte || (e & pte_pse));
}
constexpr PhysAddr phys_in(PtEntry e) {
    return e & pte_pfn_mask;
}
constexpr PtEntry leaf_entry(PhysAddr phys, PtLevel level, PtEntry flags) {
    const PtEntry sized = level == PtLevel::pte ? flags & ~pte_pse : flags | pte_pse;
    return align_down(phys, size_of(level)) | sized;
}

}  // namespace

std::string_view name_of(PtLevel level) {
    constexpr std::string_view names[] = {"?", "PTE", "PMD", "PUD", "P4D", "PGD"};
    return names[static_cast<std::size_t>(level)];
}

PageTables::PageTables(Pfn top, unsigned levels) : m_top(top), m_levels(levels) {
    assert(levels == 4 || levels == 5);
    make_table(PtLevel::pgd, [top](PtLevel) { return top; });
}

PtPage& PageTables::writable(Pfn pfn) {
    auto& page = m_pages.at(pfn);
    if (page.use_count() > 1) page = std::make_shared<PtPage>(*page);
    return *page;
}

const PtPage* PageTables::table(Pfn pfn) const {
    const auto at = m_pages.find(pfn);
    return at == m_pages.end() ? nullptr : at->second.get();
}

/// The level whose share of an address selects the entry: with four levels the top table takes the place of P4D.
PtLevel PageTables::folded(PtLevel level) const {
    return level == PtLevel::pgd && m_levels == 4 ? PtLevel::p4d : level;
}

PtLevel PageTables::below(PtLevel level) const {
    if (level == PtLevel::pgd && m_levels == 4) return PtLevel::pud;
    return static_cast<PtLevel>(static_cast<unsigned>(level) - 1);
}

Pfn PageTables::make_table(PtLevel level, const AllocTable& alloc) {
    const Pfn pfn = alloc(level);
    [[maybe_unused]] const bool fresh = m_pages.emplace(pfn, std::make_shared<PtPage>(PtPage{})).second;
    assert(fresh);
    m_tables.emplace_back(pfn, level);
    return pfn;
}

/// The table an entry points to; made if there is none, filled with equal smaller leaves if the entry is a leaf.
Pfn PageTables::table_below(Pfn table, PtLevel level, unsigned index, const AllocTable& alloc) {
    const PtEntry entry = (*m_pages.at(table))[index];
    if (present(entry) && !is_leaf(entry, level)) return pfn_down(phys_in(entry));
    const PtLevel lower = below(level);
    const Pfn made = make_table(lower, alloc);
    if (is_leaf(entry, level)) {
        const PtEntry flags = entry & ~pte_pfn_mask;
        for (unsigned i = 0; i < entries_per_table; ++i)
            writable(made)[i] = leaf_entry(phys_in(entry) + i * size_of(lower), lower, flags);
    }
    writable(table)[index] = phys_of(made) | page_table_flags;
    return made;
}

void PageTables::map(VirtAddr virt, PhysAddr phys, Bytes leaf_size, PtEntry flags, const AllocTable& alloc) {
    assert(virt % leaf_size == 0 && phys % leaf_size == 0);
    const PtLevel target = leaf_level(leaf_size);
    Pfn table = m_top;
    PtLevel level = PtLevel::pgd;
    for (; level != target; level = below(level))
        table = table_below(table, level, index_of(virt, folded(level)), alloc);
    PtEntry& entry = writable(table)[index_of(virt, folded(level))];
    assert(!present(entry) || is_leaf(entry, level));
    entry = leaf_entry(phys, level, flags);
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
    const PtLevel target = leaf_level(leaf_size);
    const Bytes span = size_of(folded(level));
    PhysAddr last = how.end;
    PtPage* page = &writable(table);
    for (unsigned index = index_of(at + how.offset, folded(level)); index < entries_per_table && at < how.end;
         ++index) {
        const VirtAddr next_virt = align_down(at + how.offset, span) + span;
        const PhysAddr next = next_virt - how.offset;
        const PtEntry entry = (*page)[index];
        const bool hangs_below = present(entry) && !is_leaf(entry, level);
        if (level == target && !hangs_below) {
            if (!present(entry)) (*page)[index] = leaf_entry(at, level, how.flags);
            if (!present(entry) || level != PtLevel::pte) last = next;
        } else {
            const Pfn lower = table_below(table, level, index, how.alloc);
            const Bytes leaf = std::min(leaf_size, level <= PtLevel::pud ? size_of(below(level)) : leaf_size);
            last = fill(how, lower, below(level), at, leaf);
            page = &writable(table);
        }
        at = next;
    }
    return last;
}

Walk PageTables::walk(VirtAddr virt) const {
    Walk walk;
    PhysAddr at = phys_of(m_top);
    for (PtLevel level = PtLevel::pgd;; level = below(level)) {
        const PtPage* page = table(pfn_down(at));
        if (!page) return walk;
        const unsigned index = index_of(virt, folded(level));
        const PtEntry entry = (*page)[index];
        walk.steps.push_back({level, at, index, entry});
        if (!present(entry)) return walk;
        if (is_leaf(entry, level)) {
            walk.leaf_size = size_of(level);
            walk.phys = align_down(phys_in(entry), walk.leaf_size) + virt % walk.leaf_size;
            return walk;
        }
        at = phys_in(entry);
    }
}

std::vector<MappedRange> PageTables::mapped_ranges() const {
    std::vector<MappedRange> ranges;
    const VirtAddr sign_bit = VirtAddr{1} << (m_levels == 5 ? 56 : 47);
    const auto visit = [&](const auto& self, Pfn pfn, PtLevel level, VirtAddr base) -> void {
        const PtPage& page = *m_pages.at(pfn);
        for (unsigned i = 0; i < entries_per_table; ++i) {
            if (!present(page[i])) continue;
            VirtAddr virt = base + i * size_of(folded(level));
            if (level == PtLevel::pgd && (virt & sign_bit)) virt |= ~(2 * sign_bit - 1);
            if (!is_leaf(page[i], level)) {
                self(self, pfn_down(phys_in(page[i])), below(level), virt);
                continue;
            }
            const MappedRange leaf{
                {virt, virt + size_of(level)}, phys_in(page[i]), size_of(level), page[i] & ~pte_pfn_mask};
            MappedRange* previous = ranges.empty() ? nullptr : &ranges.back();
            if (previous && previous->virt.end == virt && previous->phys + previous->virt.size() == leaf.phys &&
                previous->leaf_size == leaf.leaf_size && previous->flags == leaf.flags)
                previous->virt.end = leaf.virt.end;
            else
                ranges.push_back(leaf);
        }
    };
    if (!m_pages.empty()) visit(visit, m_top, PtLevel::pgd, 0);
    return ranges;
}

Broken PageTables::check() const {
    if (m_pages.empty()) return {};
    if (m_tables.size() != m_pages.size()) return "the list of tables and the tables differ in number";
    const std::map<Pfn, PtLevel> levels(m_tables.begin(), m_tables.end());
    std::set<Pfn> linked{m_top};
    for (const auto& [pfn, level] : levels) {
        const PtPage* page = table(pfn);
        if (!page) return fmt::format("table {:#x} is listed but not there", pfn);
        for (const PtEntry entry : *page) {
            if (!present(entry) || is_leaf(entry, level)) continue;
            const Pfn lower = pfn_down(phys_in(entry));
            const auto at = levels.find(lower);
            if (at == levels.end()) return fmt::format("table {:#x} points to {:#x}, no table", pfn, lower);
            if (at->second != below(level)) return fmt::format("table {:#x} hangs at the wrong level", lower);
            if (!linked.insert(lower).second) return fmt::format("table {:#x} is used twice", lower);
        }
    }
    if (linked.size() != levels.size()) return "a table hangs nowhere";
    return {};
}

bool operator==(const PageTables& a, const PageTables& b) {
    if (a.m_top != b.m_top || a.m_levels != b.m_levels || a.m_tables != b.m_tables) return false;
    return std::equal(a.m_pages.begin(), a.m_pages.end(), b.m_pages.begin(), b.m_pages.end(),
                      [](const auto& l, const auto& r) {
                          return l.first == r.first && (l.second == r.second || *l.second == *r.second);
                      });
}

}  // namespace mm
