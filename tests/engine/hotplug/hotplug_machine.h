// SPDX-License-Identifier: GPL-3.0-or-later
// 120 MiB of section 0 in a direct map of 2 MiB leaves, slabs on top, and room to plug memory in.
//
//      section 0 [    4M .. 124M     ]  1 .. 7: nothing yet
#pragma once

#include <fmt/format.h>

#include <algorithm>

#include "engine/hotplug/hot_add.h"
#include "engine/hotplug/memory_hotplug.h"
#include "tests/engine/slub/slab_machine.h"

namespace mm::test {

class HotplugMachine {
public:
    static constexpr VirtAddr page_offset = 0xffff888000000000, vmemmap = 0xffffea0000000000;
    static constexpr Bytes block = 128 * MiB;
    static constexpr PfnRange boot_frames{1024, 31744};

    HotplugMachine() : m({{0, ZoneType::normal, boot_frames}}) {
        direct_map.tables = PageTables(0x10, PagingMode::x86_64);  // tables of the boot: in frames nobody has
        Pfn next = 0x11;
        for (PhysAddr at = 0; at < block; at += 2 * MiB)
            direct_map.tables.map(page_offset + at, at, 2 * MiB, page_kernel, [&](PtLevel) { return next++; });
        direct_map.tables.map(vmemmap, 4 * MiB, 2 * MiB, page_kernel, [&](PtLevel) { return next++; });
        sections = std::vector<Section>{{0, 0, {4 * MiB, 6 * MiB}}};
        for (std::size_t i = 0; i < nr_zone_types; ++i)
            m.memory.zones.nodes[0].zones[i].type = static_cast<ZoneType>(i);
        window.addressable = {0, 8 * block};
        window.direct_map = page_offset;
        window.vmemmap = vmemmap;
        m.memory.zone(ZoneType::normal).managed = total = boot_frames.size();
    }

    HotAdd hot_add() {
        return HotAdd({state, pat, m.memory.allocator, m.memory.pages, m.slabs, direct_map, sections, window, &faults},
                      0, trace);
    }
    Outcome<bool> add(std::uint64_t first, std::uint64_t count = 1) {
        return hot_add().add({first * block, (first + count) * block}, 0);
    }
    Outcome<Done> remove(std::uint64_t first, std::uint64_t count = 1) {
        return hot_add().remove({first * block, (first + count) * block});
    }
    Outcome<Done> online(unsigned number, BlockState how = BlockState::online) {
        ContigRange contig(m.memory.allocator, 0, trace);
        return blocks(contig).online(number, how);
    }
    Outcome<bool> offline(unsigned number) {
        ContigRange contig(m.memory.allocator, 0, trace);
        auto done = blocks(contig).offline(number);
        moves = contig.moves();
        return done;
    }
    Pfn alloc(Gfp gfp, Order order = 0) { return m.memory.allocator.alloc_pages({gfp, order, 0, 0}).value_or(no_pfn); }
    Zone& zone(ZoneType type) { return m.memory.zone(type); }
    ZoneType zone_of(Pfn pfn) const { return m.memory.zones.frames_of(pfn)->zone.type; }
    bool is_offline(unsigned number) const {
        return std::any_of(state.offline.begin(), state.offline.end(),
                           [&](const ZoneFrames& gone) { return gone.frames.start == number * pfn_down(block); });
    }
    /// Of struct pages and tables.
    NrPages taken() const {
        NrPages pages = state.tables->size();
        for (const AddedMemory& memory : *state.added)
            for (const AddedSection& section : memory.sections)
                pages += section.memmap.size() << section.memmap_order;
        return pages;
    }

    /// Nothing, or what is wrong. others: pages that the test has.
    Broken check(NrPages others = 0) {
        if (Broken b = direct_map.tables.check()) return b;
        if (Broken b = check_hotplug(state, m.memory.pages, &direct_map.tables)) return b;
        for (const AddedMemory& added : *state.added) {
            if (m.slabs.ksize(added.resource) != 64) return "a resource is no object";
            for (const AddedSection& section : added.sections)
                if (m.slabs.ksize(section.usage) != 64) return "a usage map is no object";
        }
        if (Broken b = check_free_lists(m.memory.zones, m.memory.pages, m.memory.profile)) return b;
        NrPages memory = 0;
        for (const ZoneFrames& part : m.memory.zones.memory)
            memory += part.frames.size();
        if (memory != total) return fmt::format("zones have {} frames, {} are counted", memory, total);
        m.managed = memory;
        return m.check(taken() + others);
    }

    SlabMachine m;
    HotplugState state;
    PatState pat;
    DirectMap direct_map;
    SharedVector<Section> sections;
    HotAddWindow window;
    HotAddFaults faults;
    Tracer trace;
    NrPages total = 0;            ///< totalram_pages
    std::vector<PageMove> moves;  ///< of the last offline()

private:
    MemoryHotplug blocks(ContigRange& contig) { return {m.memory.allocator, contig, {state, total, distance}, trace}; }
    const std::vector<std::vector<unsigned>> distance{{10}};
};

}  // namespace mm::test
