// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/pgtable/direct_map.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/pgtable/low_pages.h"

namespace mm {
namespace {

constexpr PhysAddr isa_end = MiB;  // ISA_END_ADDRESS

Event range_event(EventKind kind, PhysRange range, std::uint64_t a = 0) {
    Event e;
    e.kind = kind;
    e.touched = range;
    e.a = a;
    return e;
}

/// The kernel's file-scope variables of arch/x86/mm/init.c while the map is built.
class Mapper {
public:
    Mapper(const DirectMapInput& input, const BootMemblock& memblock)
        : m_in(input),
          m_boot(memblock),
          m_memblock(memblock.lists()),
          m_trace(memblock.trace()),
          m_low_pages(m_map, memblock) {
        m_map.tables = PageTables(input.top_table, input.la57 ? PagingMode::x86_64_la57 : input.mode);
        m_map.brk_buffer = input.brk_buffer;
        m_map.brk_pages = input.brk_pages;
    }
    Mapper(const Mapper&) = delete;
    Mapper& operator=(const Mapper&) = delete;

    DirectMap run();

private:
    void init_memory_mapping(PhysRange range);
    Bytes init_range_memory_mapping(PhysRange range);
    void top_down(PhysRange range);
    void bottom_up(PhysRange range);
    PhysAddr map_piece(const MapRange& piece);
    Bytes next_step(Bytes step) const;
    bool is_i386() const { return m_in.mode == PagingMode::i386 || m_in.mode == PagingMode::i386_pae; }
    Bytes pmd_size() const { return m_in.mode == PagingMode::i386 ? 4 * MiB : 2 * MiB; }

    const DirectMapInput& m_in;
    const BootMemblock& m_boot;
    Memblock& m_memblock;
    const Tracer& m_trace;
    DirectMap m_map;
    LowPages m_low_pages;
};

/// kernel_physical_mapping_init(): 64 bits keep what is mapped, 32 bits replace it.
PhysAddr Mapper::map_piece(const MapRange& piece) {
    const PhysRange& range = piece.range;
    if (!is_i386())
        return m_map.tables.map_missing(m_in.page_offset + range.start, range, piece.leaf_size, page_kernel,
                                        m_low_pages.one_by_one());
    const PtEntry flags = m_map.tables.paging().page_kernel_flags() & (m_in.nx ? ~PtEntry{0} : ~pte_nx);
    for (PhysAddr at = align_down(range.start, piece.leaf_size); at < range.end; at += piece.leaf_size)
        m_map.tables.map(m_in.page_offset + at, at, piece.leaf_size, flags, m_low_pages.one_by_one());
    return range.end;
}

void Mapper::init_memory_mapping(PhysRange range) {
    PhysAddr last = 0;
    const auto pieces = is_i386() ? split_mem_range_i386(range, pmd_size(), m_in.max_low_pfn, m_memblock)
                                  : split_mem_range(range, m_in.gb_pages, m_memblock);
    for (const auto& piece : pieces) {
        last = map_piece(piece);
        m_trace.event(range_event(EventKind::map_range, piece.range, piece.leaf_size));
    }
    add_pfn_range_mapped(m_map, {pfn_down(range.start), pfn_down(last)});
    m_trace.event(range_event(EventKind::init_memory_mapping, range));
}

/// Only what is memory inside the range. Tables for a range that holds the brk buffer's rest come from memblock.
Bytes Mapper::init_range_memory_mapping(PhysRange range) {
    Bytes mapped = 0;
    for (const auto& region : m_memblock.memory()) {
        const PhysRange ram = phys_of(whole_pfns(region.range())).intersect(range);
        if (ram.empty()) continue;
        const PhysRange buffer =
            phys_of(PfnRange{m_in.brk_buffer + m_map.brk_tables_used, m_in.brk_buffer + m_in.brk_pages});
        m_low_pages.set_can_use_brk(ram.intersect(buffer).empty());
        init_memory_mapping(ram);
        mapped += ram.size();
        m_low_pages.set_can_use_brk(true);
    }
    return mapped;
}

/// get_new_step_size(): what is mapped now has room for the tables of half as many times more as a table has entries.
Bytes Mapper::next_step(Bytes step) const {
    return step * (pmd_size() / page_size / 2);
}

void Mapper::top_down(PhysRange range) {
    MemblockRequest probe;
    probe.size = probe.align = pmd_size();
    probe.start = range.start;
    probe.end = range.end;
    probe.owner = "first mapped 2 MiB";
    probe.caller = "init_mem_mapping";
    probe.api = MemblockApi::phys_range;
    PhysAddr real_end = std::max(range.start, align_down(range.end, pmd_size()));
    if (const PhysAddr at = m_boot.alloc(probe)) {
        m_boot.phys_free({at, at + pmd_size()}, "init_mem_mapping");
        real_end = at + pmd_size();
    } else {
        m_trace.printk("Failed to release memory for alloc_low_pages()");
    }

    Bytes step = pmd_size(), mapped = 0;
    m_map.max_pfn_mapped = 0;
    m_map.min_pfn_mapped = pfn_down(real_end);
    for (PhysAddr last = real_end; last > range.start;) {
        const PhysAddr start = last > step ? std::max(align_down(last - 1, step), range.start) : range.start;
        mapped += init_range_memory_mapping({start, last});
        last = start;
        m_map.min_pfn_mapped = pfn_down(last);
        if (mapped >= step) step = next_step(step);
    }
    if (real_end < range.end) init_range_memory_mapping({real_end, range.end});
}

void Mapper::bottom_up(PhysRange range) {
    Bytes step = pmd_size(), mapped = 0;
    m_map.min_pfn_mapped = pfn_down(range.start);
    for (PhysAddr start = range.start; start < range.end;) {
        PhysAddr next = range.end;
        if (step && range.end - start > step) next = std::min(align_up(start + 1, step), range.end);
        mapped += init_range_memory_mapping({start, next});
        start = next;
        if (mapped >= step) step = next_step(step);
    }
}

DirectMap Mapper::run() {
    if (is_i386())
        map_initial_i386(m_map, m_in);
    else
        map_kernel_image(m_map.tables, m_in);
    if (m_in.gb_pages) m_trace.printk("Using GB pages for direct mapping");
    init_memory_mapping({0, isa_end});
    for (unsigned i = 0; i < m_in.trampoline_tables; ++i)
        m_low_pages.one_by_one()(i + 1 == m_in.trampoline_tables ? PtLevel::pud : PtLevel::p4d);
    const PhysAddr end = phys_of(is_i386() ? m_in.max_low_pfn : m_in.max_pfn);
    if (m_in.bottom_up) {
        bottom_up({m_in.kernel_end, end});
        bottom_up({isa_end, m_in.kernel_end});
    } else {
        top_down({isa_end, end});
    }
    if (is_i386()) populate_fixmap(m_map, m_low_pages, m_in.early.fixmap, m_in.early.kmaps);
    m_memblock.set_current_limit(phys_of(m_map.max_pfn_mapped));
    return std::move(m_map);
}

}  // namespace

void add_pfn_range_mapped(DirectMap& map, PfnRange range) {
    const PfnRange given = range;
    std::erase_if(map.pfn_mapped, [&range](const PfnRange& old) {
        if (old.start > range.end || range.start > old.end) return false;
        range = {std::min(range.start, old.start), std::max(range.end, old.end)};
        return true;
    });
    map.pfn_mapped.insert(std::upper_bound(map.pfn_mapped.begin(), map.pfn_mapped.end(), range), range);

    constexpr Pfn four_gib = pfn_down(4 * GiB);
    map.max_pfn_mapped = std::max(map.max_pfn_mapped, given.end);
    if (given.start < four_gib)
        map.max_low_pfn_mapped = std::max(map.max_low_pfn_mapped, std::min(given.end, four_gib));
}

void map_kernel_image(PageTables& tables, const DirectMapInput& in) {
    constexpr Bytes image_leaf = 2 * MiB;
    // head_64.S: init_top_pgt (two pages, for page-table isolation), level3_ident, level2_ident, then
    // level4_kernel_pgt, level3_kernel_pgt, level2_kernel_pgt.
    const auto in_image = [&](PtLevel level) {
        return in.top_table + 4 + (static_cast<Pfn>(PtLevel::p4d) - static_cast<Pfn>(level));
    };
    for (PhysAddr at = in.image.start; at < in.image.end; at += image_leaf)
        tables.map(in.image_start + (at - in.image.start), at, image_leaf, page_kernel & ~pte_nx, in_image);
}

void map_initial_i386(DirectMap& map, const DirectMapInput& in) {
    const I386EarlyMap& early = in.early;
    Pfn next = early.brk_tables;
    const auto in_brk = [&](PtLevel level) { return level == PtLevel::pte ? next++ : early.static_tables + 1; };
    for (PhysAddr at = 0; at < early.initial_end; at += page_size)
        map.tables.map(in.page_offset + at, at, page_size, kernpg_table, in_brk);
    Pfn in_bss = early.static_tables + 2;
    for (const VirtAddr virt : {early.fixmap.end - page_size, early.boot_slots.start})
        map.tables.populate(virt, [&](PtLevel) { return in_bss++; });
}

DirectMap init_mem_mapping(const DirectMapInput& input, const E820Table&, const BootMemblock& memblock) {
    return Mapper(input, memblock).run();
}

}  // namespace mm
