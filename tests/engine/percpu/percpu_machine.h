// SPDX-License-Identifier: GPL-3.0-or-later
// Two CPUs on two nodes with units of 32 KiB, slabs and a vmalloc window in page tables.
//
//      first chunk  base [CPU 0: 100 static | 1000 reserved | 20 KiB dynamic] . . +1 MiB [CPU 1]
#pragma once

#include "engine/percpu/percpu.h"
#include "tests/engine/slub/slab_machine.h"

namespace mm::test {

class PercpuMachine {
public:
    static constexpr VirtAddr start = 0xffffc90000000000, base = 0xffff888000800000;

    PercpuMachine()
        : m({{0, ZoneType::normal, {1024, 2048}}, {1, ZoneType::normal, {2048, 3072}}}, 2),
          pages{m.memory.zones, m.memory.pages, m.memory.stats, m.memory.profile},
          window({vmalloc, m.memory.allocator, pages, nullptr, &vm_faults, &tables}),
          percpu({state, m.memory.allocator, m.memory.pages, m.slabs, window, &faults}) {
        for (const Nid nid : {0, 1})
            m.memory.zone(ZoneType::normal, nid).managed = 1024;
        m.memory.zones.cpu_node = {0, 1};
        VmallocWindow input{{start, start + phys_of(NrPages{2048})}, ~VirtAddr{0}, 30, 8, 2, page_size, true, {}};
        EXPECT_TRUE(window.vmalloc_init(input));
        PercpuGeometry g;
        g.unit_size = 32 * KiB;
        g.static_size = 100;
        g.reserved_size = 1000;
        g.dyn_size = 20 * KiB;
        g.base = base;
        g.groups = {{0, 32 * KiB}, {MiB, MiB + 32 * KiB}};
        g.unit_offsets = {0, MiB};
        g.cpu_node = {0, 1};
        percpu.setup_first_chunk(g);
    }
    /// Nothing, or what is wrong; all pages are somebody's.
    Broken check() const {
        if (Broken b = m.check(vmalloc.pages + vmalloc.tables->size() + state.owned->size())) return b;
        if (Broken b = window.check()) return b;
        return percpu.check();
    }

    SlabMachine m;
    PageTables tables{Pfn{1}, PagingMode::x86_64};  ///< its top table is none of the allocator's frames
    AllocState pages;
    VmallocState vmalloc;
    VmallocFaults vm_faults;
    VmallocAllocator window;
    PercpuState state;
    PercpuFaults faults;
    Percpu percpu;
};

}  // namespace mm::test
