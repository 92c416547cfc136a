// SPDX-License-Identifier: GPL-3.0-or-later
// A small machine with slabs, a vmalloc window in page tables, and tasks on top; failures of each kind.
#pragma once

#include "engine/kstack/task_stacks.h"
#include "tests/engine/slub/slab_machine.h"

namespace mm::test {

class KstackMachine {
public:
    static constexpr VirtAddr start = 0xffffc90000000000;

    explicit KstackMachine(bool vmap, unsigned cpus = 2)
        : m({{0, ZoneType::normal, {1024, 2048}}}, cpus),
          pages{m.memory.zones, m.memory.pages, m.memory.stats, m.memory.profile},
          window({vmalloc, m.memory.allocator, pages, nullptr, &vm_faults, &tables}),
          tasks({state, m.slabs, m.state, window, vmalloc, pages, m.memory.allocator, &faults}) {
        m.memory.zone(ZoneType::normal).managed = m.managed;
        VmallocWindow input{{start, start + phys_of(NrPages{512})}, ~VirtAddr{0}, 30, 8, cpus, page_size, true, {}};
        EXPECT_TRUE(window.vmalloc_init(input));
        StackConfig config;
        config.vmap = vmap;
        config.order = vmap ? 2 : 1;
        config.align = config.size();
        config.task_size = 6208;
        config.cpus = cpus;
        EXPECT_TRUE(tasks.fork_init(config));
    }
    NrPages stack_pages() const {
        NrPages n = 0;
        for (const auto& [id, task] : *state.tasks)
            if (task.pfn != no_pfn) n += NrPages{1} << state.config.order;
        return n;
    }
    /// Nothing, or what is wrong; all pages are somebody's.
    Broken check() const {
        if (Broken b = m.check(vmalloc.pages + vmalloc.tables->size() + stack_pages())) return b;
        if (Broken b = window.check()) return b;
        if (m.state.cache(state.cache).live != state.tasks->size()) return "a task_struct is left behind";
        return tasks.check();
    }

    SlabMachine m;
    PageTables tables{Pfn{1}, PagingMode::x86_64};  ///< its top table is none of the allocator's frames
    AllocState pages;
    VmallocState vmalloc;
    VmallocFaults vm_faults;
    VmallocAllocator window;
    StackState state;
    StackFaults faults;
    TaskStacks tasks;
};

}  // namespace mm::test
