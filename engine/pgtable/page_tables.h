// SPDX-License-Identifier: GPL-3.0-or-later
// Page tables as the CPU sees them: pages of 512 64-bit entries, PGD (P4D) PUD PMD PTE, with 4 KiB, 2 MiB and 1 GiB
// leaves. Built entry by entry; table pages come from whoever owns memory (a callback), as in the kernel.
//
//      63 NX | 51..12 frame | 11..9 | 8 G | 7 PS | 6 D | 5 A | 4 PCD | 3 PWT | 2 US | 1 RW | 0 P
//
// Follows arch/x86/include/asm/pgtable_types.h and arch/x86/mm/init_64.c, Linux 6.1. Copying is cheap: table pages are
// shared until written (a keyframe holds a copy).
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/types/outcome.h"
#include "engine/types/units.h"

namespace mm {

enum class PtLevel : std::uint8_t { pte = 1, pmd = 2, pud = 3, p4d = 4, pgd = 5 };
std::string_view name_of(PtLevel);  ///< "PTE", "PMD"...

using PtEntry = std::uint64_t;
inline constexpr PtEntry pte_present = 1, pte_rw = 2, pte_user = 4, pte_accessed = 0x20, pte_dirty = 0x40,
                         pte_pse = 0x80, pte_global = 0x100, pte_nx = PtEntry{1} << 63,
                         pte_pfn_mask = 0x000ffffffffff000;
/// _KERNPG_TABLE without the encryption bit: entries that point to a lower table in the kernel image's own mapping.
inline constexpr PtEntry kernpg_table = pte_present | pte_rw | pte_accessed | pte_dirty;
/// _PAGE_TABLE: the same in tables made later (pud_populate() and friends); the user bit there is harmless, leaves
/// decide.
inline constexpr PtEntry page_table_flags = kernpg_table | pte_user;
/// PAGE_KERNEL and PAGE_KERNEL_LARGE without page-table isolation.
inline constexpr PtEntry page_kernel = pte_present | pte_rw | pte_accessed | pte_dirty | pte_global | pte_nx,
                         page_kernel_large = page_kernel | pte_pse;

using PtPage = std::array<PtEntry, 512>;

struct WalkStep {
    PtLevel level{};
    PhysAddr table = 0;  ///< physical address of the table page
    unsigned index = 0;  ///< 0..511
    PtEntry entry = 0;
};
struct Walk {
    std::vector<WalkStep> steps;   ///< from the top; ends at the leaf or at the first entry not present
    std::optional<PhysAddr> phys;  ///< translated address
    Bytes leaf_size = 0;           ///< 4K, 2M or 1G; 0 not mapped
};

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
    /// top: the frame of the top table (init_top_pgt); levels 4 or 5.
    PageTables(Pfn top, unsigned levels);

    unsigned levels() const { return m_levels; }
    /// Sets a leaf of that size, making the tables on the way. An existing leaf is overwritten; a larger one on the
    /// way is split into equal smaller ones first. pte_pse is set and cleared as the size asks.
    /// REQUIRES: virt and phys aligned to leaf_size; no smaller tables below it.
    void map(VirtAddr virt, PhysAddr phys, Bytes leaf_size, PtEntry flags, const AllocTable& alloc);
    /// kernel_physical_mapping_init(): maps [virt, virt + phys.size()) to phys with leaves of at most that size and
    /// keeps what is mapped already: a leaf stays, below an existing table smaller leaves are set. Returns where the
    /// mapping ends, which is past phys.end if the last leaf reaches over it.
    PhysAddr map_missing(VirtAddr virt, PhysRange phys, Bytes leaf_size, PtEntry flags, const AllocTable& alloc);
    Walk walk(VirtAddr virt) const;
    std::vector<MappedRange> mapped_ranges() const;
    /// Frames of all table pages with their level, in order of making.
    const std::vector<std::pair<Pfn, PtLevel>>& tables() const { return m_tables; }
    const PtPage* table(Pfn pfn) const;

    Broken check() const;  ///< every present table entry points to a known table page one level down, each used once
    friend bool operator==(const PageTables&, const PageTables&);

private:
    struct Filling;
    PtPage& writable(Pfn pfn);
    PtLevel folded(PtLevel level) const;
    PtLevel below(PtLevel level) const;
    Pfn make_table(PtLevel level, const AllocTable& alloc);
    Pfn table_below(Pfn table, PtLevel level, unsigned index, const AllocTable& alloc);
    PhysAddr fill(const Filling& how, Pfn table, PtLevel level, PhysAddr at, Bytes leaf_size);

    Pfn m_top = 0;
    unsigned m_levels = 4;
    std::map<Pfn, std::shared_ptr<PtPage>> m_pages;
    std::vector<std::pair<Pfn, PtLevel>> m_tables;
};

}  // namespace mm
