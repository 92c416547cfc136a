// SPDX-License-Identifier: GPL-3.0-or-later
// Page tables as the CPU sees them: pages of entries, linked from the top table down to leaves, in any of the modes of
// paging.h. Built entry by entry; table pages come from whoever owns memory (a callback), as in the kernel.
//
//      63 NX | 51..12 frame | 11..9 | 8 G | 7 PS | 6 D | 5 A | 4 PCD | 3 PWT | 2 US | 1 RW | 0 P      (x86_64)
//
// Follows arch/x86/mm/init_64.c and init_32.c, Linux 6.1. Copying is cheap: table pages are shared until written (a
// keyframe holds a copy).
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/pgtable/paging.h"
#include "engine/types/outcome.h"
#include "engine/types/shared.h"

namespace mm {

/// 4 KiB of entries, 4 or 8 bytes each.
class PtPage {
public:
    PtEntry get(unsigned index, unsigned entry_size) const;
    void set(unsigned index, unsigned entry_size, PtEntry entry);
    const std::array<std::uint64_t, 512>& words() const { return m_words; }
    friend bool operator==(const PtPage&, const PtPage&) = default;

private:
    std::array<std::uint64_t, 512> m_words{};
};

struct WalkStep {
    PtLevel level{};
    PhysAddr table = 0;  ///< physical address of the table page
    unsigned index = 0;
    PhysAddr entry_at = 0;  ///< physical address of the entry
    PtEntry entry = 0;
};
struct Walk {
    std::vector<WalkStep> steps;   ///< from the top; ends at the leaf or at the first entry not present
    std::optional<PhysAddr> phys;  ///< translated address
    Bytes leaf_size = 0;           ///< 4K, 2M, 4M or 1G; 0 not mapped
};

/// What the CPU reads on its way down from a top table. page: a table's entries; null where there is none: the way
/// ends.
Walk walk_tables(const Paging& paging, Pfn top, VirtAddr virt, const std::function<const PtPage*(Pfn)>& page);

/// A stretch of equal leaves: for printing and for the strips.
struct MappedRange {
    VirtRange virt;
    PhysAddr phys = 0;
    Bytes leaf_size = 0;
    PtEntry flags = 0;
    friend bool operator==(const MappedRange&, const MappedRange&) = default;
};

class PageTables {
public:
    /// Returns the frame of a zeroed table page. May not fail (the kernel panics).
    using AllocTable = std::function<Pfn(PtLevel)>;

    PageTables() = default;
    /// top: the frame of the top table (init_top_pgt, swapper_pg_dir).
    PageTables(Pfn top, PagingMode mode);

    const Paging& paging() const { return paging_of(m_mode); }
    /// Sets a leaf of that size, making the tables on the way. An existing leaf is overwritten, and so is an entry that
    /// points to a table (which is forgotten); a larger leaf on the way is split into equal smaller ones first. The bit
    /// that makes a leaf is set and cleared as the size asks.
    /// REQUIRES: virt and phys aligned to leaf_size.
    void map(VirtAddr virt, PhysAddr phys, Bytes leaf_size, PtEntry flags, const AllocTable& alloc);
    /// kernel_physical_mapping_init(): maps [virt, virt + phys.size()) to phys with leaves of at most that size and
    /// keeps what is mapped already: a leaf stays, below an existing table smaller leaves are set. Returns where the
    /// mapping ends, which is past phys.end if the last leaf reaches over it.
    PhysAddr map_missing(VirtAddr virt, PhysRange phys, Bytes leaf_size, PtEntry flags, const AllocTable& alloc);
    /// The level of the first table that is missing on the way down to a table of that level; none: all are there, or
    /// a leaf ends the way.
    std::optional<PtLevel> missing_table(VirtAddr virt, PtLevel down_to = PtLevel::pte) const;
    /// That table is made, empty. REQUIRES: one is missing.
    void add_table(VirtAddr virt, Pfn pfn);
    /// pmd_clear() and its kin: the entry of that level is cleared. Answers the tables that hung below it, the highest
    /// first; they are forgotten. REQUIRES: it points to one.
    std::vector<Pfn> cut_off(VirtAddr virt, PtLevel level);
    /// Frames side by side from an address on, as leaves of 4 KiB. REQUIRES: one existing table of the last level maps
    /// all of them.
    void set_ptes(VirtAddr virt, std::span<const Pfn> frames, PtEntry flags);
    /// pte_clear(), pmd_clear_huge() ...: leaves wholly inside are no longer present, tables stay.
    void unmap(VirtRange range);
    /// Bytes that leaves map there.
    Bytes mapped_bytes(VirtRange range) const;
    /// Makes the tables down to the last level, without a leaf.
    void populate(VirtAddr virt, const AllocTable& alloc);
    /// The table of the last level that maps the address is copied to another frame and replaced by it. REQUIRES: it
    /// exists.
    void move_table(VirtAddr virt, Pfn to);
    Walk walk(VirtAddr virt) const;
    std::vector<MappedRange> mapped_ranges() const;
    /// Frames of all table pages with their level, in order of making.
    const std::vector<std::pair<Pfn, PtLevel>>& tables() const { return m_tables.get(); }
    const PtPage* table(Pfn pfn) const;

    Broken check() const;  ///< every present table entry points to a known table page one level down, each used once
    friend bool operator==(const PageTables&, const PageTables&);

private:
    struct Filling;
    PtPage& writable(Pfn pfn);
    PtEntry entry(Pfn table, unsigned index) const;
    void forget(Pfn table, PtLevel level);
    Pfn make_table(PtLevel level, const AllocTable& alloc);
    Pfn table_below(Pfn table, PtLevel level, unsigned index, const AllocTable& alloc);
    PhysAddr fill(const Filling& how, Pfn table, PtLevel level, PhysAddr at, Bytes leaf_size);

    /// Each leaf in a range: visit(table, index, level).
    template<class Visit>
    void each_leaf(VirtRange range, Pfn table, const PagingLevel& here, VirtAddr base, const Visit& visit) const;

    Pfn m_top = 0;
    PagingMode m_mode = PagingMode::x86_64;
    Shared<std::map<Pfn, std::shared_ptr<PtPage>>> m_pages;
    SharedVector<std::pair<Pfn, PtLevel>> m_tables;
};

}  // namespace mm
