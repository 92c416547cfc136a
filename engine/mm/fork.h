// SPDX-License-Identifier: GPL-3.0-or-later
// A process becomes two: areas are copied, page tables where that saves faults, and what was writable is so for neither
// until one of them writes.
//
//      before    PTE rw ─► page             after    parent PTE r- ─► page ◄─ r- PTE child
//
// Follows kernel/fork.c (dup_mm, dup_mmap), mm/memory.c (copy_page_range, copy_present_pte), kernel/exit.c, Linux 6.1.
#pragma once

#include "engine/mm/areas.h"

namespace mm {

class Fork {
public:
    explicit Fork(const MmContext& context) : m_c(context) {}

    /// mm_alloc(): an address space with nothing in it. Nothing: no memory.
    std::optional<MmId> mm_alloc() const;
    /// dup_mm(). Nothing: no memory, and what was copied is gone again.
    std::optional<MmId> dup_mm(MmId from) const;
    /// exit_mmap() and mmdrop().
    void mm_release(MmId id) const;

private:
    bool copy_area(Mm& to, const Vma& from) const;
    bool copy_pages(Mm& to, Mm& from, const Vma& area) const;
    bool copy_range(Mm& to, Mm& from, const Vma& area, VirtRange range) const;
    bool copy_entry(Mm& to, Mm& from, const Vma& area, VirtAddr address) const;

    const MmContext& m_c;
};

}  // namespace mm
