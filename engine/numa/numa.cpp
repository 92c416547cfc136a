// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/numa/numa.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/firmware/command_line.h"
#include "engine/numa/emulation.h"
#include "engine/numa/meminfo.h"
#include "engine/numa/srat.h"

namespace mm {
namespace {

/// numa=: each of them may be given.
struct Options {
    bool off = false, ignore_srat = false;
    std::optional<std::string> fake;
};

/// numa_setup().
Options read_options(std::string_view command_line) {
    Options options;
    for (const KernelParam& p : parse_command_line(command_line)) {
        if (p.name != "numa") continue;
        if (p.value.starts_with("off")) options.off = true;
        if (p.value.starts_with("fake=")) options.fake = p.value.substr(5);
        if (p.value.starts_with("noacpi")) options.ignore_srat = true;
    }
    return options;
}

/// What one attempt (numa_init()) works on.
struct Attempt {
    const Machine& machine;
    const KernelProfile& profile;
    const BootMemblock& boot;
    Memblock& memblock;
    Pfn max_pfn;
    const Tracer& trace;
    std::set<Nid> parsed = {};  ///< numa_nodes_parsed
    Numa numa = {};
    Distances distances{numa, parsed, boot};
};

void forget_nodes(Memblock& memblock) {
    memblock.set_node(0, ~Bytes{0}, MemblockRegion::max_numnodes, false);
    memblock.set_node(0, ~Bytes{0}, MemblockRegion::max_numnodes, true);
    memblock.mark(0, ~Bytes{0}, memblock_hotplug, false);
}

/// Of the memory blocks of the node: what old kernels' numa.c called its memory.
PhysRange node_extent(const Attempt& a, Nid nid) {
    PhysRange extent{~PhysAddr{0}, 0};
    for (const NumaMemblk& b : a.numa.memblks)
        if (b.nid == nid) extent = {std::min(extent.start, b.range.start), std::max(extent.end, b.range.end)};
    return extent;
}

void print_node_data(const Attempt& a, Nid nid, PhysRange at) {
    const LogDialect& log = a.profile.log;
    if (log.node_data_allocated) {
        a.trace.printk(fmt::format("NODE_DATA({}) allocated [mem {:#010x}-{:#010x}]", nid, at.start, at.end - 1));
    } else if (log.mem_ranges) {
        const PhysRange node = node_extent(a, nid);
        if (!log.initmem_of_zones)
            a.trace.printk(fmt::format("Initmem setup node {} [mem {:#010x}-{:#010x}]", nid, node.start, node.end - 1));
        a.trace.printk(fmt::format("  NODE_DATA [mem {:#010x}-{:#010x}]", at.start, at.end - 1));
    } else {
        const PhysRange node = node_extent(a, nid);
        a.trace.printk(fmt::format("{} setup node {} {:016x}-{:016x}", log.bootmem_nodes ? "Bootmem" : "Initmem", nid,
                                   node.start, node.end));
        a.trace.printk(fmt::format("  NODE_DATA [{:016x} - {:016x}]", at.start, at.end - 1));
    }
}

/// alloc_node_data(): near the node if that is possible, anywhere otherwise.
void alloc_node_data(Attempt& a, Nid nid) {
    MemblockRequest request;
    request.size = align_up(a.profile.pgdat_size, page_size);
    request.nid = nid;
    const std::string owner = fmt::format("NODE_DATA({})", nid);
    request.owner = owner;
    request.api = MemblockApi::unlogged;
    const PhysAddr at = a.boot.alloc(request);
    if (!at) {
        a.trace.printk(fmt::format("Cannot find {} bytes in any node (initial node: {})", request.size, nid));
        return;
    }
    const PhysRange placed{at, at + request.size};
    print_node_data(a, nid, placed);
    for (const auto& r : a.memblock.memory())
        if (r.range().contains(at) && r.nid != nid) a.trace.printk(fmt::format("    {} on node {}", owner, r.nid));
    a.numa.nodes.push_back({nid, placed});
    Event e;
    e.kind = EventKind::node_set_online;
    e.nid = static_cast<std::int16_t>(nid);
    e.touched = placed;
    a.trace.event(e);
}

/// numa_clear_kernel_node_hotplug(): a node that holds reserved memory now cannot be unplugged.
void clear_kernel_node_hotplug(Attempt& a) {
    for (const auto& b : a.numa.memblks)
        a.memblock.set_node(b.range.start, b.range.size(), b.nid, true, a.trace);
    std::set<Nid> kernel_nodes;
    for (const auto& r : a.memblock.reserved())
        if (r.nid != MemblockRegion::max_numnodes) kernel_nodes.insert(r.nid);
    for (const auto& b : a.numa.memblks)
        if (kernel_nodes.contains(b.nid)) a.memblock.mark(b.range.start, b.range.size(), memblock_hotplug, false);
}

/// numa_register_memblks().
bool register_memblks(Attempt& a) {
    std::set<Nid> possible = a.parsed;
    for (const auto& b : a.numa.memblks)
        possible.insert(b.nid);
    if (possible.empty()) return false;
    a.numa.possible.assign(possible.begin(), possible.end());
    for (const auto& b : a.numa.memblks)
        a.memblock.set_node(b.range.start, b.range.size(), b.nid, false, a.trace);
    clear_kernel_node_hotplug(a);
    if (!meminfo::cover_memory(a.numa.memblks, a.memblock, a.max_pfn, a.trace)) return false;
    for (const Nid nid : possible) {
        const auto& blocks = a.numa.memblks;
        if (std::none_of(blocks.begin(), blocks.end(), [nid](const auto& b) { return b.nid == nid; })) continue;
        if (node_extent(a, nid).size() >= a.profile.node_min_size) alloc_node_data(a, nid);
    }
    a.boot.dump_all();
    return true;
}

/// numa_init_array(), then init_cpu_to_node(): SRAT's word counts, the rest goes round robin.
void place_cpus(Attempt& a) {
    auto& numa = a.numa;
    const std::vector<NodeData> with_memory = numa.nodes;
    const auto& srat = numa.srat_cpu_to_node;
    for (std::size_t cpu = 0; cpu < a.machine.possible_cpus; ++cpu) {
        Nid nid = with_memory.empty() ? 0 : with_memory[cpu % with_memory.size()].nid;
        if (cpu < srat.size()) nid = srat[cpu];
        numa.cpu_to_node.push_back(nid);
        const auto at = std::partition_point(numa.nodes.begin(), numa.nodes.end(),
                                             [nid](const NodeData& n) { return n.nid < nid; });
        if (at == numa.nodes.end() || at->nid != nid) numa.nodes.insert(at, {nid, {}});
    }
}

/// Nodes that the table (SLIT) does not name are 10 from themselves and 20 from others.
void fill_distances(Numa& numa) {
    std::size_t count = numa.distance.size();
    if (!numa.nodes.empty()) count = std::max(count, static_cast<std::size_t>(numa.nodes.back().nid) + 1);
    numa.distance.resize(count);
    for (std::size_t from = 0; from < count; ++from)
        for (std::size_t to = numa.distance[from].size(); to < count; ++to)
            numa.distance[from].push_back(from == to ? local_distance : remote_distance);
}

/// numa_init() after its init_func.
bool finish(Attempt& a, const Options& options) {
    a.memblock.set_bottom_up(false);
    if (!meminfo::clean_up(a.numa.memblks, a.memblock, a.max_pfn, a.trace)) return false;
    if (options.fake) numa_emulation::emulate(*options.fake, a.numa, a.parsed, a.distances, a.max_pfn);
    if (!register_memblks(a)) return false;
    place_cpus(a);
    fill_distances(a.numa);
    std::sort(a.numa.memblks.begin(), a.numa.memblks.end(),
              [](const auto& l, const auto& r) { return l.range < r.range; });
    return true;
}

void dummy_numa_init(Attempt& a, bool off) {
    a.trace.printk(off ? "NUMA turned off" : "No NUMA configuration found");
    a.trace.printk(a.profile.log.mem_ranges
                       ? fmt::format("Faking a node at [mem {:#018x}-{:#018x}]", PhysAddr{0}, phys_of(a.max_pfn) - 1)
                       : fmt::format("Faking a node at {:016x}-{:016x}", PhysAddr{0}, phys_of(a.max_pfn)));
    a.numa.dummy = true;
    a.parsed.insert(0);
    meminfo::add(a.numa.memblks, {{0, phys_of(a.max_pfn)}, 0}, a.trace);
}

}  // namespace

Numa x86_numa_init(const Machine& machine, const KernelProfile& profile, const BootMemblock& boot, Pfn max_pfn) {
    Memblock& memblock = boot.lists();
    const Tracer& trace = boot.trace();
    const Options options = read_options(machine.command_line);
    if (!options.off) {
        Attempt acpi{machine, profile, boot, memblock, max_pfn, trace};
        forget_nodes(memblock);
        if (!options.ignore_srat && srat::read(machine, profile.log, acpi.numa, acpi.parsed, acpi.distances) &&
            finish(acpi, options))
            return std::move(acpi.numa);
        acpi.distances.reset();
    }
    Attempt dummy{machine, profile, boot, memblock, max_pfn, trace};
    forget_nodes(memblock);
    dummy_numa_init(dummy, options.off);
    finish(dummy, options);
    return std::move(dummy.numa);
}

}  // namespace mm
