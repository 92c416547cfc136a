// SPDX-License-Identifier: GPL-3.0-or-later
// What a CPU's paging mode is: its levels from the top, the size of an entry, and what the bits of an entry say. The
// kernel has five names for levels in every mode; where the hardware has fewer, a level is folded into the one above.
//
//               PGD      P4D      PUD      PMD      PTE        entry
//   x86_64      47..39   folded   38..30   29..21   20..12     8 bytes, leaves of 1G 2M 4K
//   x86_64 la57 56..48   47..39   38..30   29..21   20..12     8 bytes
//   i386        31..22   folded   folded   folded   21..12     4 bytes, leaves of 4M (PSE) and 4K
//   i386 PAE    31..30   folded   folded   29..21   20..12     8 bytes, leaves of 2M 4K; four PGD entries
//   arm64       47..39   folded   38..30   29..21   20..12     8 bytes, blocks of 1G 2M, pages of 4K
//
// Follows arch/x86/include/asm/pgtable_types.h, pgtable-2level_types.h, pgtable-3level_types.h, include/asm-generic/
// pgtable-nop4d.h and its kin, arch/arm64/include/asm/pgtable-hwdef.h, Linux 6.1.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/types/units.h"

namespace mm {

enum class PtLevel : std::uint8_t { pte = 1, pmd = 2, pud = 3, p4d = 4, pgd = 5 };
std::string_view name_of(PtLevel);  ///< "PTE", "PMD"...

enum class PagingMode : std::uint8_t { x86_64, x86_64_la57, i386, i386_pae, arm64 };
std::string_view name_of(PagingMode);  ///< "x86_64, 4 levels"

/// An entry as it lies in memory; i386 without PAE has 32 of these bits.
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

inline constexpr PtEntry arm64_table_bit = 2, arm64_read_only = 0x80, arm64_shared = 0x300, arm64_af = 0x400,
                         arm64_write = PtEntry{1} << 51, arm64_pxn = PtEntry{1} << 53, arm64_uxn = PtEntry{1} << 54,
                         arm64_pfn_mask = 0x0000fffffffff000;
/// PAGE_KERNEL: valid, page, AttrIndx MT_NORMAL, inner shareable, accessed, writable, never executed.
inline constexpr PtEntry arm64_page_kernel =
    pte_present | arm64_table_bit | arm64_shared | arm64_af | arm64_write | arm64_pxn | arm64_uxn;

struct PagingLevel {
    PtLevel level{};
    unsigned shift = 0, bits = 0;  ///< the address bits [shift, shift + bits) are the index
    bool leaf_allowed = false;
    PtLevel leaf_name{};  ///< what the kernel calls a leaf here: with folding, a 4M leaf is a PMD
    constexpr Bytes span() const { return Bytes{1} << shift; }
    constexpr unsigned entries() const { return 1U << bits; }
};

class Paging {
public:
    PagingMode mode{};
    std::string_view name;
    unsigned entry_size = 8;              ///< bytes
    unsigned virtual_bits = 0;            ///< 48, 57, 32
    std::span<const PagingLevel> levels;  ///< those the hardware has, from the top

    const PagingLevel& top() const { return levels.front(); }
    /// REQUIRES: the hardware has the level.
    const PagingLevel& at(PtLevel level) const;
    /// REQUIRES: level is not the last.
    const PagingLevel& below(PtLevel level) const;
    /// The level whose leaves have this size, or the nearest smaller one that may have leaves.
    const PagingLevel& for_leaf(Bytes leaf_size) const;
    unsigned index(VirtAddr virt, PtLevel level) const;

    bool present(PtEntry e) const { return e & pte_present; }
    bool is_leaf(PtEntry e, PtLevel level) const;
    /// The frame's or the table's physical address.
    PhysAddr phys_in(PtEntry e, PtLevel level) const;
    /// Everything but the address.
    PtEntry flags_in(PtEntry e) const;
    PtEntry leaf_entry(PhysAddr phys, PtLevel level, PtEntry flags) const;
    PtEntry table_entry(PhysAddr table, PtLevel level) const;
    PtEntry page_kernel_flags() const;  ///< PAGE_KERNEL of this mode, with no-execute where the mode has it

    /// The address of the kernel's half that an index path in the top table stands for (sign extension, TTBR1).
    VirtAddr canonical(VirtAddr bits) const;
    /// Why the CPU refuses the address before any table is read; "" if it does not.
    std::string refusal(VirtAddr virt) const;
};

const Paging& paging_of(PagingMode mode);

/// The manuals' names of what is set in an entry: "P", "RW", "PSE", "NX"; none for an entry that is not present.
std::vector<std::string> flag_names(const Paging& paging, PtEntry e, PtLevel level);

/// All five names from PGD down; where is_folded, the level is the same entry as the nearest one above it.
struct FoldedLevel {
    PtLevel level{};
    bool is_folded = false;
};
std::vector<FoldedLevel> folding(const Paging& paging);

}  // namespace mm
