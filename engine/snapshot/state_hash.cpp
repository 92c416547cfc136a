// SPDX-License-Identifier: GPL-3.0-or-later
#include <string_view>

#include "engine/snapshot/snapshot.h"

namespace mm {
namespace {

/// FNV-1a over values one by one: padding never enters, so the figure is the same on every machine.
class Hasher {
public:
    void add(std::uint64_t v) {
        for (int i = 0; i < 8; ++i, v >>= 8)
            m_h = (m_h ^ (v & 0xff)) * 0x100000001b3u;
    }
    void add(std::string_view s) {
        add(s.size());
        for (const char c : s)
            m_h = (m_h ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    }
    void add(PhysRange r) { add(r.start), add(r.end); }
    void add(PfnRange r) { add(r.start), add(r.end); }
    std::uint64_t value() const { return m_h; }

private:
    std::uint64_t m_h = 0xcbf29ce484222325u;
};

std::uint64_t u(Nid nid) {
    return static_cast<std::uint64_t>(nid);
}

void add(Hasher& h, const E820Table& table) {
    h.add(table.entries().size());
    for (const auto& e : table.entries())
        h.add(e.start), h.add(e.size), h.add(static_cast<std::uint64_t>(e.type));
}

void add(Hasher& h, const std::vector<MemblockRegion>& regions) {
    h.add(regions.size());
    for (const auto& r : regions)
        h.add(r.base), h.add(r.size), h.add(r.flags), h.add(u(r.nid));
}

void add(Hasher& h, const Zone& zone) {
    h.add(zone.start_pfn), h.add(zone.spanned), h.add(zone.present), h.add(zone.managed), h.add(zone.cma),
        h.add(zone.free_pages), h.add(zone.pageset_batch), h.add(zone.pageset_high), h.add(zone.stat_threshold);
    for (const auto w : zone.watermark)
        h.add(w);
    for (const auto r : zone.lowmem_reserve)
        h.add(r);
    for (const auto& area : zone.free_area) {
        h.add(area.nr_free);
        for (const auto& list : area.free_list)
            h.add(list.first), h.add(list.last), h.add(list.blocks);
    }
}

void add_run_time(Hasher& h, const Zone& zone) {
    h.add(zone.watermark_boost), h.add(zone.nr_reserved_highatomic), h.add(std::uint64_t{zone.boosted});
    for (const auto& pcp : zone.pcp) {
        h.add(pcp.count), h.add(pcp.high), h.add(pcp.batch), h.add(std::uint64_t{pcp.free_factor});
        h.add(std::uint64_t{pcp.expire}), h.add(static_cast<std::uint64_t>(pcp.free_diff));
        for (const auto& list : pcp.lists)
            h.add(list.first), h.add(list.last), h.add(list.blocks);
    }
    for (const auto n : zone.numa_stat)
        h.add(n);
    const CompactState& c = zone.compact;
    for (const std::uint64_t v :
         {c.migrate_pfn, c.free_pfn, Pfn{c.considered}, Pfn{c.defer_shift}, Pfn{c.order_failed}})
        h.add(v);
}

void add(Hasher& h, const Zones& zones) {
    for (const auto r : zones.arch_range)
        h.add(r);
    h.add(zones.total_pages), h.add(zones.min_free_kbytes), h.add(zones.pageblock_order);
    h.add(zones.mobility_grouping), h.add(static_cast<std::uint64_t>(zones.movable_zone));
    for (const auto& m : zones.memory)
        h.add(m.frames), h.add(u(m.zone.nid)), h.add(static_cast<std::uint64_t>(m.zone.type));
    for (const auto t : zones.pageblock_type)
        h.add(std::uint64_t{t});
    for (const Nid nid : zones.cpu_node)
        h.add(u(nid));
    for (const auto& node : zones.nodes) {
        h.add(u(node.nid)), h.add(node.start_pfn), h.add(node.spanned), h.add(node.present),
            h.add(node.first_deferred_pfn), h.add(node.online), h.add(node.online_cpus), h.add(node.mem_map);
        h.add(std::uint64_t{node.kswapd_woken}), h.add(std::uint64_t{node.kswapd_failures});
        h.add(std::uint64_t{node.kswapd_order}), h.add(static_cast<std::uint64_t>(node.kswapd_highest_zoneidx));
        for (const auto& zone : node.zones)
            add(h, zone), add_run_time(h, zone);
        for (const auto ref : node.fallback)
            h.add(u(ref.nid)), h.add(static_cast<std::uint64_t>(ref.type));
        for (const Nid nid : node.fallback_nodes)
            h.add(u(nid));
    }
}

void add(Hasher& h, const Numa& numa) {
    h.add(numa.dummy), h.add(numa.distance_table);
    for (const auto& b : numa.memblks)
        h.add(b.range), h.add(u(b.nid));
    for (const auto& n : numa.nodes)
        h.add(u(n.nid)), h.add(n.node_data);
    for (const auto& row : numa.distance)
        for (const auto distance : row)
            h.add(distance);
    for (const auto* nids : {&numa.possible, &numa.srat_cpu_to_node, &numa.real_node, &numa.cpu_to_node}) {
        h.add(nids->size());
        for (const Nid nid : *nids)
            h.add(u(nid));
    }
}

void add(Hasher& h, const PageTables& tables) {
    for (const auto& [pfn, level] : tables.tables()) {
        h.add(pfn), h.add(static_cast<std::uint64_t>(level));
        if (const PtPage* page = tables.table(pfn))
            for (const auto word : page->words())
                h.add(word);
    }
}

void add(Hasher& h, const ArrayCache& ac) {
    h.add(std::uint64_t{ac.limit}), h.add(std::uint64_t{ac.touched}), h.add(std::uint64_t{ac.avail()});
    for (const CachedObject& one : ac.entry)
        h.add(std::uint64_t{one.slab}), h.add(std::uint64_t{one.object});
}

/// What only SLAB has.
void add_arrays(Hasher& h, const KmemCache& s) {
    for (const ArrayCache& ac : s.arrays.cpu)
        add(h, ac);
    for (const NodeSlabs& node : s.nodes) {
        const NodeArrays& n = node.arrays;
        add(h, n.shared);
        for (const ArrayCache& ac : n.alien)
            add(h, ac);
        h.add(std::uint64_t{n.slabs_free.first}), h.add(n.free_objects), h.add(n.free_limit), h.add(n.next_reap);
        h.add(std::uint64_t{n.colour_next}), h.add(std::uint64_t{n.free_touched});
    }
    for (const Slab& slab : s.slabs)
        h.add(std::uint64_t{slab.colour});
}

void add(Hasher& h, const KmemCache& s) {
    h.add(s.name), h.add(std::uint64_t{s.refcount}), h.add(s.live), h.add(s.at);
    for (const CpuSlab& c : s.cpus)
        h.add(std::uint64_t{c.slab}), h.add(std::uint64_t{c.freelist}), h.add(std::uint64_t{c.partial});
    for (const NodeSlabs& n : s.nodes)
        h.add(std::uint64_t{n.partial.first}), h.add(std::uint64_t{n.full.first}), h.add(n.nr_slabs);
    for (const Slab& slab : s.slabs)
        h.add(slab.pfn), h.add(std::uint64_t{slab.next}), h.add(std::uint64_t{slab.freelist}),
            h.add(std::uint64_t{slab.inuse}), h.add(static_cast<std::uint64_t>(slab.place));
    for (const ObjectId link : s.links)
        h.add(std::uint64_t{link});
    if (!s.arrays.cpu.empty()) add_arrays(h, s);
}

void add(Hasher& h, const SlabState& slab) {
    if (!slab.up) return;
    for (const CacheId id : slab.list)
        h.add(std::uint64_t{id}), add(h, slab.cache(id));
    for (const LargeKmalloc& one : slab.large)
        h.add(one.pfn), h.add(std::uint64_t{one.order});
    for (const ReapWork& work : slab.reap)
        h.add(work.runs), h.add(u(work.node));
}

void add(Hasher& h, const VmapArea& area) {
    h.add(area.range.start), h.add(area.range.end), h.add(area.at);
}

void add(Hasher& h, const VmallocState& s) {
    if (!s.up) return;
    for (auto id = s.free->first(); id != FreeTree::none; id = s.free->next(id))
        add(h, s.free->area(id));
    for (const auto& [start, area] : *s.purge)
        add(h, area);
    for (const auto& [start, area] : *s.busy) {
        add(h, area.va), h.add(area.mapped), h.add(std::uint64_t{area.flags}), h.add(area.phys), h.add(area.at),
            h.add(area.array);
        for (const Pfn pfn : area.pages)
            h.add(pfn);
    }
    for (const auto& spare : s.spare)
        h.add(spare.value_or(0));
}

void add(Hasher& h, const HighmemState& s) {
    if (!s.up) return;
    h.add(std::uint64_t{s.last_slot});
    for (const PkmapSlot& slot : s.slots)
        h.add(slot.pfn), h.add(std::uint64_t{slot.count});
    for (const auto& stack : s.local) {
        h.add(stack.size());
        for (const Pfn pfn : stack)
            h.add(pfn);
    }
}

void add(Hasher& h, const Mm& mm) {
    h.add(mm.pgd), h.add(mm.brk), h.add(mm.mmap_base), h.add(mm.exe);
    for (const NrPages n : mm.rss)
        h.add(n);
    h.add(mm.areas.size());
    for (const auto& [start, area] : mm.areas) {
        h.add(start), h.add(area.range.end), h.add(area.flags), h.add(area.pgoff), h.add(area.file),
            h.add(area.anon_vma);
        for (const AnonVmaLink& link : area.chain)
            h.add(link.id);
    }
}

void add(Hasher& h, const MmState& s) {
    if (!s.up) return;
    for (const auto& [pid, task] : *s.tasks)
        h.add(static_cast<std::uint64_t>(pid)), h.add(task.comm), h.add(task.mm), h.add(task.min_flt),
            h.add(task.maj_flt);
    for (const auto& [id, mm] : *s.mms)
        h.add(id), add(h, *mm);
    for (const auto& [id, file] : *s.files) {
        h.add(id), h.add(file->path), h.add(file->size), h.add(file->ra.start), h.add(file->ra.size),
            h.add(file->ra.prev);
        for (const auto& [chunk, node] : file->pages)
            for (const PageSlot slot : node->slots)
                h.add(slot.word);
    }
    s.tables.each([&](Pfn pfn, const auto& table) {
        if (!table) return;
        h.add(pfn);
        for (const std::uint64_t word : (*table)->words())
            if (word) h.add(word);
    });
    s.buffers.each([&](Pfn pfn, PhysAddr at) {
        if (at) h.add(pfn), h.add(at);
    });
    h.add(std::uint64_t{s.thp.zero_page}), h.add(std::uint64_t{s.thp.zero_users});
    for (const SplitQueue& queue : s.thp.queues)
        for (const Pfn head : queue.folios)
            h.add(head);
    s.thp.folios.each([&](Pfn at, const HugeFolio& folio) {
        if (folio.here) h.add(at), h.add(static_cast<std::uint64_t>(folio.compound_mapcount)), h.add(folio.double_map);
    });
    for (const HugetlbNode& node : s.hugetlb.nodes) {
        h.add(node.nr), h.add(node.surplus);
        for (const Pfn head : node.free)
            h.add(head);
    }
    h.add(s.swap.path), h.add(s.swap.pages), h.add(s.swap.inuse), h.add(s.swap.next);
    for (const LruVec& vec : s.lru)
        for (const FreeList& list : vec.lists)
            h.add(list.first), h.add(list.last), h.add(list.blocks);
}

void add(Hasher& h, const StackState& s) {
    if (!s.up) return;
    for (const auto& [id, task] : *s.tasks)
        h.add(std::uint64_t{id}), h.add(task.at), h.add(task.stack), h.add(task.pfn);
    for (const auto& kept : s.cached)
        for (const VirtAddr stack : kept)
            h.add(stack);
    h.add(std::uint64_t{s.last});
}

void add(Hasher& h, const PercpuState& s) {
    if (!s.up) return;
    for (const auto& chunk : s.chunks) {
        h.add(chunk->base), h.add(chunk->free_bytes()), h.add(chunk->nr_alloc), h.add(u(chunk->empty_pop_pages));
        for (int bit = 0; bit < chunk->map.bits(); ++bit)
            if (chunk->map.begins(bit)) h.add(u(bit));
        for (const Pfn pfn : chunk->frames)
            h.add(pfn);
    }
    for (const auto& slot : s.slots) {
        h.add(slot.size());
        for (const ChunkId id : slot)
            h.add(std::uint64_t{id});
    }
}

}  // namespace

std::uint64_t state_hash(const MachineState& state, const FrozenPages& pages) {
    Hasher h;
    add(h, state.e820_firmware);
    add(h, state.e820);
    h.add(state.map_name);
    h.add(state.max_pfn), h.add(state.max_low_pfn), h.add(state.max_arch_pfn);
    add(h, state.memblock.memory());
    add(h, state.memblock.reserved());
    h.add(state.memblock.current_limit());
    for (const auto& c : state.memblock.claims())
        h.add(c.range), h.add(c.owner);
    for (const auto& r : state.direct_map.pfn_mapped)
        h.add(r);
    add(h, state.direct_map.tables);
    add(h, state.numa);
    for (const auto& s : state.sections)
        h.add(s.number), h.add(u(s.nid)), h.add(s.memmap);
    add(h, state.zones);
    for (const auto& r : state.percpu_units)
        h.add(r);
    for (const auto& t : state.hash_tables)
        h.add(t.name), h.add(t.entries), h.add(t.at);
    for (const auto& e : state.iomem)
        h.add(e.range), h.add(e.name);
    for (const auto& r : state.efi_boot_services)
        h.add(r);
    for (const auto& r : state.cma_areas)
        h.add(r);
    for (const auto& [first, count] : state.cma.taken)
        h.add(first), h.add(count);
    for (const ZoneFrames& gone : state.hotplug.offline)
        h.add(gone.frames), h.add(u(gone.zone.nid)), h.add(static_cast<std::uint64_t>(gone.zone.type));
    for (const auto& [pfn, level] : *state.pat.tables)
        h.add(pfn), h.add(static_cast<std::uint64_t>(level));
    for (const AddedMemory& memory : *state.hotplug.added) {
        h.add(memory.range), h.add(u(memory.nid)), h.add(memory.resource);
        for (const AddedSection& section : memory.sections) {
            h.add(section.usage), h.add(section.memmap_order), h.add(section.memmap.size());
            for (const Pfn frame : section.memmap)
                h.add(frame);
        }
    }
    for (const auto& [root, at] : *state.hotplug.roots)
        h.add(root), h.add(at);
    for (const auto& [pfn, level] : *state.hotplug.tables)
        h.add(pfn), h.add(static_cast<std::uint64_t>(level));
    // Where nothing of it has happened the figure is what it was before there was such a thing.
    for (const std::uint64_t v : {state.pat.level2_splits, state.pat.level3_splits, state.stats.typed_tails,
                                  std::uint64_t{state.processes.randomize_va_space}, state.processes.last_dirtied})
        if (v != 0) h.add(v);
    if (state.processes.random != Rng(1)) h.add(Rng(state.processes.random).next());
    for (const auto& [id, file] : *state.processes.files)
        for (std::size_t i = 0; file->fscache && i < file->cached.size(); ++i)
            h.add(file->cached[i]);
    for (const auto& [id, file] : *state.processes.files)
        if (!file->at || !file->dentry || file->dentry_referenced || file->inode_referenced || file->inode_lru)
            h.add(id), h.add(file->at.has_value()), h.add(file->dentry.has_value()), h.add(file->dentry_referenced),
                h.add(file->inode_referenced), h.add(file->inode_lru.order);
    h.add(state.swiotlb), h.add(state.dma_limit), h.add(state.online_cpus);
    h.add(state.nr_kernel_pages), h.add(state.nr_all_pages);
    h.add(state.memblock_discarded), h.add(state.memblock_debug), h.add(state.memblock_served);
    const AllocStats& s = state.stats;
    for (const auto v : {s.allocs, s.frees, s.failures, s.splits, s.merges, s.fallbacks, s.claimed_blocks})
        h.add(v);
    for (const auto v : s.vm.pgalloc)
        h.add(v);
    for (const auto v : s.vm.allocstall)
        h.add(v);
    const VmEvents& vm = s.vm;
    for (const auto v : {vm.pgfree, vm.pgsteal_direct, vm.pgsteal_kswapd, vm.pageoutrun, vm.oom_kill,
                         vm.pgmigrate_success, vm.pgmigrate_fail, vm.compact_migrate_scanned, vm.compact_free_scanned,
                         vm.compact_isolated, vm.compact_stall, vm.compact_fail, vm.compact_success})
        h.add(v);
    h.add(u(state.il_prev));
    h.add(state.totalram_pages), h.add(state.physpages);
    h.add(state.panic);
    h.add(pages.end_pfn()), h.add(pages.hash());
    add(h, state.slab);
    add(h, state.vmalloc);
    add(h, state.highmem);
    add(h, state.processes);
    add(h, state.kstack);
    add(h, state.percpu);
    return h.value();
}

}  // namespace mm
