// SPDX-License-Identifier: GPL-3.0-or-later
// A process touches an address: if no entry allows that, a page is found for it.
//
//      entry empty, anonymous     read: the zero page         write: a new page
//      the same, and a huge page fits there: one of those (huge_memory.h)
//      entry empty, of a file     read: the cache's pages, 16 at once; private write: a copy of one
//      entry names a slot         the page is read from swap, unless it is still in the swap cache
//      entry not writable         the page is used if nobody else has it, else copied (copy on write)
//
// Follows mm/memory.c, Linux 6.1: handle_mm_fault, do_anonymous_page, do_fault, do_swap_page, do_wp_page.
#pragma once

#include "engine/mm/areas.h"
#include "engine/mm/fault_kind.h"
#include "engine/mm/filemap.h"

namespace mm {

class Fault {
public:
    explicit Fault(const MmContext& context) : m_c(context), m_tables(context), m_rmap(context), m_filemap(context) {}

    /// The CPU's access and, if it faults, exc_page_fault() and handle_mm_fault().
    FaultKind access(Task& task, VirtAddr address, bool write) const;

private:
    struct Vmf {
        Mm& mm;
        Vma& area;
        VirtAddr address;
        bool write;
        EntryAt at;
        bool major = false;
    };
    FaultKind handle(Vmf& f) const;
    FaultKind anonymous(Vmf& f) const;
    FaultKind file(Vmf& f) const;
    FaultKind file_read(Vmf& f, Pfn p) const;
    FaultKind file_cow(Vmf& f, Pfn p) const;
    FaultKind file_shared(Vmf& f, Pfn p) const;
    bool fault_around(Vmf& f) const;
    FaultKind swap_in(Vmf& f) const;
    FaultKind write_protected(Vmf& f) const;
    FaultKind write_shared(Vmf& f, Pfn p) const;
    FaultKind reuse(Vmf& f) const;
    FaultKind copy(Vmf& f, Pfn from) const;
    Pfn new_anonymous(Vmf& f, Gfp extra) const;
    void map_anonymous(Vmf& f, Pfn p) const;
    void map_file(Vmf& f, VirtAddr address, Pfn p, bool writable) const;
    void add_to_lru(const Vma& area, Pfn p) const;
    UserPte entry_of(const Vma& area, Pfn p) const;

    const MmContext& m_c;
    UserTables m_tables;
    Rmap m_rmap;
    Filemap m_filemap;
};

}  // namespace mm
