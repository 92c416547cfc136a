// SPDX-License-Identifier: GPL-3.0-or-later
// High memory: frames that the direct map of a 32-bit kernel does not reach are mapped when somebody needs to look.
//
//      physical  | lowmem 0 .. 896 MiB |        highmem        |
//      virtual   [ direct map ] 8M [ vmalloc ] [pkmap: kmap()] [fixmap: kmap_local()]      0xc0000000 .. 4 GiB
//
// kmap() keeps a mapping for everybody, in one of LAST_PKMAP slots, and may have to wait for one; kmap_local() is the
// CPU's own, last in first out. Where there is no highmem both answer the direct map's address.
//
// Follows mm/highmem.c and arch/x86/include/asm/fixmap.h, Linux 6.1; what is left out stands in README.md.
#pragma once

#include <optional>

#include "engine/highmem/highmem_state.h"
#include "engine/mmzone/page_columns.h"
#include "engine/pgtable/page_tables.h"
#include "engine/types/trace.h"

namespace mm {

/// References to the caller's state, which outlives every operation. tables: those of the kernel, with the tables of
/// both windows in place; null: entries are not written.
struct HighmemContext {
    HighmemState& state;
    const PageColumns& pages;
    PageTables* tables = nullptr;
};

class Highmem {
public:
    explicit Highmem(const HighmemContext& context) : m_c(context) {}

    void init(const HighmemWindow& window);

    /// kmap(): nothing where all slots have users; the kernel's task would sleep until one is unmapped. Error: there
    /// is no such frame.
    Outcome<std::optional<VirtAddr>> kmap(Pfn pfn, const Tracer& trace = {});
    /// kunmap(): the slot stays mapped until a flush. Error: it has no user.
    Outcome<Done> kunmap(Pfn pfn, const Tracer& trace = {});
    /// kmap_local_page(), kmap_atomic(). Error: the CPU's slots are used up, which is a BUG in the kernel.
    Outcome<std::optional<VirtAddr>> kmap_local(Pfn pfn, unsigned cpu, const Tracer& trace = {});
    /// kunmap_local(). Error: it is not the CPU's latest mapping.
    Outcome<Done> kunmap_local(VirtAddr address, unsigned cpu, const Tracer& trace = {});
    /// page_address(): nothing for a frame of highmem that is not mapped by kmap().
    Outcome<std::optional<VirtAddr>> page_address(Pfn pfn) const;
    /// kmap_flush_unused(): slots without users are free again.
    void kmap_flush_unused(const Tracer& trace = {});

    Broken check() const;

private:
    /// b: users of the slot, or its index on the CPU.
    static Event mapping_event(EventKind kind, Pfn pfn, VirtAddr address, unsigned b);
    std::optional<unsigned> new_slot(Pfn pfn, const Tracer& trace);
    Broken no_page(Pfn pfn) const;
    void set_pte(VirtAddr address, Pfn pfn);
    void clear_pte(VirtAddr address);

    HighmemContext m_c;
};

/// Highmem::check() for those who only look.
Broken check_highmem(const HighmemState& state, const PageTables* tables);

}  // namespace mm
