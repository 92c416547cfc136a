// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/user_tables.h"

namespace mm {
namespace {

/// Tables that nothing was written to share this one: each huge page has one deposited.
const Shared<PtPage>& zeroed_table() {
    static const Shared<PtPage> zeroes;
    return zeroes;
}

constexpr std::int32_t page_table_type =
    -1 - 0x400;  // PG_table cleared in page_type, which shares a word with _mapcount
constexpr Gfp pgtable_gfp = gfp::GFP_KERNEL_ACCOUNT | gfp::zero;  // GFP_PGTABLE_USER

/// The hardware's next level down. REQUIRES: there is one.
PtLevel below(const Paging& paging, PtLevel level) {
    return paging.below(level).level;
}
VirtAddr span_of(const Paging& paging, PtLevel level) {
    return paging.at(level).span();
}

PtEntry read(const MmState& state, Pfn table, unsigned index) {
    return (*state.tables[table])->get(index, paging_of(state.layout.paging).entry_size);
}

}  // namespace

EntryAt find_entry(const MmState& state, const Mm& mm, VirtAddr address) {
    const Paging& paging = paging_of(state.layout.paging);
    Pfn table = mm.pgd;
    for (const PagingLevel& level : paging.levels) {
        const unsigned index = paging.index(address, level.level);
        const EntryAt at{table, index, level.level, read(state, table, index)};
        if (level.level == PtLevel::pte || !paging.present(at.entry) || paging.is_leaf(at.entry, level.level))
            return at;
        table = pfn_down(paging.phys_in(at.entry, level.level));
    }
    return {};
}

Walk walk_user(const MmState& state, const Mm& mm, VirtAddr address) {
    return walk_tables(paging_of(state.layout.paging), mm.pgd, address,
                       [&state](Pfn table) { return &**state.tables[table]; });
}

UserPte page_at(const Paging& paging, const EntryAt& at, VirtAddr address) {
    UserPte pte = decode(paging, at.entry, at.level);
    pte.pfn += (address & (paging.at(at.level).span() - 1)) >> page_shift;
    return pte;
}

Pfn UserTables::new_table(Mm& mm, PtLevel level) const {
    const bool top = level == m_c.paging().top().level;
    const Order order = top ? m_c.state.layout.pgd_order : 0;
    const Pfn p = m_c.alloc_page(pgtable_gfp, order);
    if (p == no_pfn) return no_pfn;
    m_c.state.tables.set(p, zeroed_table());
    m_c.state.mappings.set(p, {MappingKind::table, mm.id, no_id, static_cast<std::uint64_t>(level)});
    if (top) return p;
    m_c.columns().set_mapcount(p, page_table_type);
    ++m_c.counters(p).nr_pagetable;
    mm.pgtables += page_size;
    return p;
}

void UserTables::free_table(Mm& mm, Pfn table, PtLevel level) const {
    m_c.state.tables.set(table, std::nullopt);
    m_c.state.mappings.set(table, unowned(m_c.columns(), table));
    if (level == m_c.paging().top().level) {
        disown(m_c.state.mappings, m_c.columns(), {table + 1, table + (Pfn{1} << m_c.state.layout.pgd_order)});
        (void)m_c.allocator.free_pages(table, m_c.state.layout.pgd_order, m_c.trace, m_c.cpu);
        return;
    }
    m_c.columns().set_mapcount(table, -1);
    --m_c.counters(table).nr_pagetable;
    mm.pgtables -= page_size;
    m_c.put_page(table);
}

bool UserTables::alloc_pgd(Mm& mm) const {
    mm.pgd = new_table(mm, m_c.paging().top().level);
    return mm.pgd != no_pfn;
}

void UserTables::free_pgd(Mm& mm) const {
    if (mm.pgd != no_pfn) free_table(mm, mm.pgd, m_c.paging().top().level);
    mm.pgd = no_pfn;
}

EntryAt UserTables::make(Mm& mm, VirtAddr address, PtLevel wanted) const {
    const Paging& paging = m_c.paging();
    for (EntryAt at = find(mm, address);; at = find(mm, address)) {
        if (at.level <= wanted || paging.present(at.entry)) return at;
        const PtLevel next = below(paging, at.level);
        const Pfn table = new_table(mm, next);
        if (table == no_pfn) return {};
        set(at, encode_table(paging, table, at.level));
    }
}

void UserTables::set(const EntryAt& at, PtEntry entry) const {
    m_c.state.tables.edit(at.table)->edit().set(at.index, m_c.paging().entry_size, entry);
    if (m_c.state.layout.paging == PagingMode::arm64) sync_icache(at, entry);
}

/// __sync_icache_dcache(): the first entry that lets a process run code in the page has its caches cleaned.
void UserTables::sync_icache(const EntryAt& at, PtEntry entry) const {
    if (!m_c.paging().present(entry) || !m_c.paging().is_leaf(entry, at.level)) return;
    const UserPte pte = decode(m_c.paging(), entry, at.level);
    if (!pte.executable || pte.special || (m_c.columns().flags(pte.pfn) & pg_dcache_clean)) return;
    m_c.set_flags(pte.pfn, pg_dcache_clean);
}

void UserTables::free_range(Mm& mm, VirtRange unmapped, VirtAddr floor, VirtAddr ceiling) const {
    free_below(mm, mm.pgd, m_c.paging().top().level, unmapped, {floor, ceiling});
}

/// Of the table's entries that reach into what was unmapped: those whose whole span is room lose their table.
void UserTables::free_below(Mm& mm, Pfn table, PtLevel level, VirtRange unmapped, VirtRange room) const {
    if (level == PtLevel::pte) return;
    const Paging& paging = m_c.paging();
    const Bytes span = span_of(paging, level);
    const PtLevel next = below(paging, level);
    for (VirtAddr a = align_down(unmapped.start, span); a < unmapped.end; a += span) {
        const unsigned index = paging.index(a, level);
        const PtEntry entry = read(m_c.state, table, index);
        if (!paging.present(entry) || paging.is_leaf(entry, level)) continue;
        const Pfn child = pfn_down(paging.phys_in(entry, level));
        free_below(mm, child, next, unmapped.intersect({a, a + span}), room);
        if (a < room.start || a + span > room.end) continue;
        set({table, index, level, entry}, 0);
        free_table(mm, child, next);
    }
}

}  // namespace mm
