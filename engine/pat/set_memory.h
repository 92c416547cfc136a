// SPDX-License-Identifier: GPL-3.0-or-later
// Attributes of pages that the kernel has mapped already: how they are cached, whether they may be written to.
//
//      direct map   [            2M leaf, WB            ]     set_memory_uc() of one page in it
//                   [4K WB|4K WB| 4K UC- |4K WB| ... |4K]     a page more for the table; never joined again
//      kernel image [ 2M leaf ]                               the same frames, seen twice: changed there, too
//
// Follows arch/x86/mm/pat/set_memory.c (__change_page_attr_set_clr, split_large_page, cpa_process_alias) and memtype.c
// (reserve_ram_pages_type), Linux 6.1. Only RAM above 1 MiB; what the kernel's text forbids (static_protections) is
// refused as a whole.
#pragma once

#include <functional>
#include <vector>

#include "engine/page_alloc/page_allocator.h"
#include "engine/pat/pat_state.h"
#include "engine/pgtable/page_tables.h"

namespace mm {

enum class MemoryAttribute : std::uint8_t { uc, wc, wb, ro, rw };
inline constexpr std::array<std::string_view, 5> set_memory_names{"set_memory_uc", "set_memory_wc", "set_memory_wb",
                                                                  "set_memory_ro", "set_memory_rw"};

/// What differs between machines.
struct PatWindow {
    VirtRange direct_map;  ///< PAGE_OFFSET to what is mapped last
    PhysRange highmap;     ///< [_text, _brk_end) to the end of its large page; empty: the image is not seen twice
    VirtAddr image = 0;    ///< where highmap.start is seen
    VirtRange text;        ///< the image's own mapping, or its part of lowmem
    bool tracked = true;   ///< pat_enabled(): struct pages remember
};

/// Fault injection, for tests: of pages for tables.
struct PatFaults {
    std::function<bool()> tables;
};

/// References to the caller's state, which outlives every operation.
struct PatContext {
    PatState& state;
    PageAllocator& allocator;
    PageColumns& pages;
    PageTables& tables;
    const PatWindow& window;
    const PatFaults* faults = nullptr;
};

enum class PatResult { done, busy, no_memory };  ///< 0, -EBUSY, -ENOMEM

class SetMemory {
public:
    SetMemory(const PatContext& context, unsigned cpu, const Tracer& trace)
        : m_c(context), m_cpu(cpu), m_trace(trace) {}

    /// set_memory_uc() and its kin. What was changed before memory ran out stays changed, but pages are no longer
    /// remembered as other than WB. Errors, of the caller: not mapped, no RAM, free frames, the kernel's image.
    Outcome<PatResult> run(MemoryAttribute what, VirtAddr address, NrPages count);

private:
    struct Change {
        PtEntry set = 0, clear = 0;
    };
    Broken refusal(MemoryAttribute what, VirtRange range) const;
    bool reserve(PfnRange frames, CacheMode mode);
    void track(PfnRange frames, CacheMode mode);
    bool change(VirtRange range, Change how, bool aliases);
    /// One leaf, or a page of it after splits; answers the pages done. 0: no memory for a table.
    NrPages change_at(VirtAddr at, NrPages left, Change how);
    bool change_aliases(VirtAddr at, NrPages pages, Change how);
    bool split(VirtAddr at, const Walk& walk);

    const PatContext m_c;
    const unsigned m_cpu;
    const Tracer& m_trace;
};

/// Tables are single pages in use, and are the kernel's.
Broken check_pat(const PatState& state, const PageColumns& pages, const PageTables* tables);
/// Why a frame is not its allocator's caller's to free.
Broken pat_owner_of(const PatState& state, Pfn pfn);

}  // namespace mm
