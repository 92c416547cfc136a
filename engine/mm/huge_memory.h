// SPDX-License-Identifier: GPL-3.0-or-later
// Anonymous memory in huge pages: an aligned piece of an area is mapped by one entry of its PMD as long as nobody wants
// a part of it to be otherwise.
//
//      PMD [....][ 2M, PSE ][....]            PMD [....][ table ][....]
//                    │                ──►                  │
//                  folio, and a table            PTE [r][w][w]...[ ] ─► the same folio's pages
//                  kept for later
//
// Follows mm/huge_memory.c, Linux 6.1. What is nothing in a result is VM_FAULT_FALLBACK: small pages are used.
#pragma once

#include "engine/mm/fault_kind.h"
#include "engine/mm/zap.h"

namespace mm {

class HugeMemory {
public:
    explicit HugeMemory(const MmContext& context) : m_c(context), m_tables(context), m_rmap(context) {}

    /// create_huge_pmd() and wp_huge_pmd(): what __handle_mm_fault() does above the last level. at: where the address
    /// is looked up to; empty, or a huge page.
    std::optional<FaultKind> fault(Mm& mm, Vma& area, VirtAddr address, bool write, const EntryAt& at) const;
    /// copy_huge_pmd(). Nothing: the parent has no huge page there any more.
    std::optional<bool> copy(Mm& to, Mm& from, VirtAddr address) const;
    /// zap_huge_pmd().
    void zap(Mm& mm, VirtAddr address, MmuGather& gather) const;
    /// __split_huge_pmd(): of the address, if there is a huge page.
    void split_pmd(Mm& mm, VirtAddr address) const;
    /// split_huge_pmd_if_needed(): where an area is to begin or end.
    void split_pmd_at(Mm& mm, VirtAddr border) const;
    /// mm_put_huge_zero_page(): the address space ends.
    void put_zero_page(Mm& mm) const;

private:
    Bytes size() const { return page_size << m_c.state.layout.hpage_order; }
    bool enabled(const Vma& area) const;
    Gfp gfp_mask(const Vma& area) const;
    Pfn alloc(const Vma& area) const;
    std::optional<FaultKind> anonymous(Mm& mm, Vma& area, VirtAddr address, bool write) const;
    std::optional<FaultKind> map_zero(Mm& mm, const Vma& area, VirtAddr start, Pfn table) const;
    std::optional<FaultKind> write_protected(Mm& mm, const Vma& area, VirtAddr address, const EntryAt& at) const;
    Pfn get_zero_page(Mm& mm) const;
    void split_zero(Mm& mm, VirtAddr start, const EntryAt& at) const;
    void deposit(Mm& mm, const EntryAt& at, Pfn table) const;
    Pfn withdraw(Mm& mm, const EntryAt& at) const;
    /// The table kept for the entry, its entries like the first: of the same frame, or of those that follow.
    Pfn withdraw_filled(Mm& mm, const EntryAt& at, UserPte first, bool same_frame) const;

    const MmContext& m_c;
    UserTables m_tables;
    Rmap m_rmap;
};

}  // namespace mm
