// SPDX-License-Identifier: GPL-3.0-or-later
// 64 MiB seen in a direct map of 2 MiB leaves, and a kernel image of 3 MiB that is seen a second time.
//
//      PAGE_OFFSET      [0 ....... 16M | image 16M..19M | ........ 64M]
//      ffffffff81000000                [ image           |20M]
#pragma once

#include <fmt/format.h>

#include "engine/pat/set_memory.h"
#include "tests/support/small_memory.h"

namespace mm::test {

class PatMachine {
public:
    static constexpr VirtAddr page_offset = 0xffff888000000000, image = 0xffffffff81000000;
    static constexpr PhysAddr image_start = 16 * MiB, image_end = 19 * MiB, memory_end = 64 * MiB;
    static constexpr Bytes leaf = 2 * MiB;

    PatMachine()
        : memory({{0, ZoneType::normal, {pfn_down(20 * MiB), pfn_down(memory_end)}}}),
          tables(0x100000, PagingMode::x86_64) {
        for (PhysAddr at = 0; at < memory_end; at += leaf)
            tables.map(page_offset + at, at, leaf, page_kernel, boot_table());
        for (PhysAddr at = image_start; at < image_end; at += leaf)
            tables.map(image + (at - image_start), at, leaf, page_kernel & ~pte_nx, boot_table());
        memory.pages.set_state(256, pfn_down(20 * MiB) - 256, state_byte(PageState::reserved));
        window.direct_map = {page_offset, page_offset + memory_end};
        window.highmap = {image_start, align_up(image_end, leaf)};
        window.image = image;
        window.text = {image, image + (image_end - image_start)};
        managed = memory.zone(ZoneType::normal).free_pages;
    }

    Outcome<PatResult> set(MemoryAttribute what, VirtAddr at, NrPages count) {
        return SetMemory({state, memory.allocator, memory.pages, tables, window, &faults}, 0, trace)
            .run(what, at, count);
    }
    static VirtAddr va(Pfn p) { return page_offset + phys_of(p); }
    PtEntry entry(VirtAddr at) const { return tables.walk(at).steps.back().entry; }
    bool writable(VirtAddr at) const { return entry(at) & pte_rw; }
    CacheMode mapped_as(VirtAddr at) const {
        const PtEntry e = entry(at);
        if (e & 0x10) return CacheMode::uc_minus;
        return e & 0x8 ? CacheMode::wc : CacheMode::wb;
    }
    CacheMode remembered(Pfn p) const { return memory_type_of(memory.pages.flags(p)); }
    Bytes leaf_at(VirtAddr at) const { return tables.walk(at).leaf_size; }
    NrPages free_pages() const { return memory.zones.sum(&Zone::free_pages); }
    Pfn alloc(Order order) { return *memory.allocator.alloc_pages({gfp::GFP_KERNEL, order, 0, 0}); }

    /// Nothing, or what is wrong. others: pages that the test has.
    Broken check(NrPages others) const {
        if (Broken b = tables.check()) return b;
        if (Broken b = check_pat(state, memory.pages, &tables)) return b;
        if (Broken b = check_free_lists(memory.zones, memory.pages, memory.profile)) return b;
        if (free_pages() + state.tables->size() + others != managed)
            return fmt::format("{} free, {} tables and {} others are not {}", free_pages(), state.tables->size(),
                               others, managed);
        return std::nullopt;
    }

    SmallMemory memory;
    PageTables tables;
    PatWindow window;
    PatState state;
    PatFaults faults;
    Tracer trace;
    NrPages managed = 0;

private:
    PageTables::AllocTable boot_table() {
        return [this](PtLevel) { return m_next_table++; };
    }
    Pfn m_next_table = 0x100001;
};

}  // namespace mm::test
