// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/numa/arch_numa.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/firmware/command_line.h"
#include "engine/numa/srat.h"

namespace mm {
namespace {

class ArchNuma {
public:
    ArchNuma(const Machine& machine, const KernelProfile& profile, const BootMemblock& boot)
        : m_machine(machine), m_profile(profile), m_boot(boot), m_memblock(boot.lists()), m_trace(boot.trace()) {}

    Numa run() {
        const bool off = find_param(m_machine.command_line, "numa").value_or("").starts_with("off");
        if (!off && init([this] { return m_machine.efi ? acpi_numa_init() : of_numa_init(); })) {
            place_cpus();
            return std::move(m_numa);
        }
        init([this, off] { return dummy_numa_init(off); });
        place_cpus();
        return std::move(m_numa);
    }

private:
    /// numa_init().
    template<class InitFunc>
    bool init(InitFunc init_func) {
        m_numa = {};
        m_parsed.clear();
        const Bytes ids = Bytes{1} << m_profile.nodes_shift;
        const PhysAddr table = m_boot.alloc({.size = ids * ids,
                                             .align = page_size,
                                             .owner = "NUMA distances",
                                             .caller = "numa_init|numa_alloc_distance"});
        m_numa.distance_table = {table, table + ids * ids};
        bool good = init_func();
        if (good && m_parsed.empty()) {
            m_trace.printk("NUMA: No NUMA configuration found");
            good = false;
        }
        if (good && register_nodes()) return true;
        m_boot.phys_free(m_numa.distance_table, "numa_free_distance|memblock_free");
        return false;
    }

    bool is_node(Nid nid) const { return nid >= 0 && nid < Nid{1} << m_profile.nodes_shift; }

    void add_memblk(Nid nid, PhysRange range) {
        m_memblock.set_node(range.start, range.size(), nid, false, m_trace);
        m_numa.memblks.push_back({range, nid});
        m_parsed.insert(nid);
        m_trace.event({.kind = EventKind::numa_add_memblk, .nid = static_cast<std::int16_t>(nid), .touched = range});
    }

    /// Memory nodes carry a numa-node-id only where there are several.
    bool of_numa_init() {
        const auto& memory = m_machine.device_tree_memory;
        const bool ids = std::any_of(memory.begin(), memory.end(), [](const auto& m) { return m.nid != 0; });
        if (!ids) return true;
        for (const DeviceTreeMemory& m : memory) {
            if (!is_node(m.nid)) {
                m_trace.printk(fmt::format("OF: NUMA: Node id {} exceeds maximum value", m.nid));
                m_trace.printk("OF: NUMA: bad property in memory node");
                return false;
            }
            if (!m.range.empty()) add_memblk(m.nid, m.range);
        }
        m_numa.distance = m_machine.slit;
        return true;
    }

    bool acpi_numa_init() {
        for (const SratMemory& m : m_machine.srat_memory) {
            if (!is_node(m.nid)) {
                m_trace.printk("ACPI: SRAT: Too many proximity domains.");
                m_parsed.clear();
                break;
            }
            if (m.range.empty()) continue;
            add_memblk(m.nid, m.range);
            m_trace.printk(fmt::format("ACPI: SRAT: Node {} PXM {} [mem {:#010x}-{:#010x}]{}{}", m.nid, m.pxm,
                                       m.range.start, m.range.end - 1, m.hotplug ? " hotplug" : "",
                                       m.non_volatile ? " non-volatile" : ""));
            if (m.hotplug) m_memblock.mark(m.range.start, m.range.size(), memblock_hotplug, true);
        }
        if (m_parsed.empty()) {
            m_trace.printk("NUMA: Failed to initialise from firmware");
            return false;
        }
        m_numa.distance = m_machine.slit;
        return true;
    }

    bool dummy_numa_init(bool off) {
        const PhysRange dram{m_memblock.start_of_dram(), m_memblock.end_of_dram()};
        if (off) m_trace.printk("NUMA: NUMA disabled");
        m_trace.printk(fmt::format("NUMA: Faking a node at [mem {:#018x}-{:#018x}]", dram.start, dram.end - 1));
        m_numa.dummy = true;
        add_memblk(0, dram);
        return true;
    }

    /// numa_register_nodes(): a region without a node spoils it all.
    bool register_nodes() {
        for (const MemblockRegion& r : m_memblock.memory()) {
            if (r.nid != MemblockRegion::max_numnodes) continue;
            m_trace.printk(fmt::format("NUMA: Warning: invalid memblk node {} [mem {:#018x}-{:#018x}]",
                                       1u << m_profile.nodes_shift, r.base, r.end() - 1));
            return false;
        }
        for (const Nid nid : m_parsed)
            setup_node_data(nid);
        return true;
    }

    void setup_node_data(Nid nid) {
        const auto& memory = m_memblock.memory();
        const auto here = [nid](const MemblockRegion& r) { return r.nid == nid; };
        if (std::none_of(memory.begin(), memory.end(), here))
            m_trace.printk(fmt::format("NUMA: Initmem setup node {} [<memory-less node>]", nid));
        const Bytes size = align_up(m_profile.pgdat_size, 64);
        const std::string owner = fmt::format("NODE_DATA({})", nid);
        const PhysAddr at = m_boot.alloc({.size = size, .nid = nid, .owner = owner, .api = MemblockApi::unlogged});
        const PhysRange placed{at, at + size};
        m_trace.printk(fmt::format("NUMA: NODE_DATA [mem {:#010x}-{:#010x}]", placed.start, placed.end - 1));
        for (const MemblockRegion& r : memory)
            if (r.range().contains(at) && r.nid != nid)
                m_trace.printk(fmt::format("NUMA: NODE_DATA({}) on node {}", nid, r.nid));
        m_numa.nodes.push_back({nid, placed});
        m_trace.event({.kind = EventKind::node_set_online, .nid = static_cast<std::int16_t>(nid), .touched = placed});
    }

    /// The device tree's cpu nodes say it; a log does not. Neighbouring CPUs share a node.
    void place_cpus() {
        const std::size_t cpus = m_machine.possible_cpus, nodes = std::max<std::size_t>(m_numa.nodes.size(), 1);
        for (std::size_t cpu = 0; cpu < cpus; ++cpu)
            m_numa.cpu_to_node.push_back(m_numa.nodes.empty() ? 0 : m_numa.nodes[cpu * nodes / cpus].nid);
        if (m_numa.nodes.empty()) return;
        const auto count = static_cast<std::size_t>(m_numa.nodes.back().nid) + 1;
        auto& distance = m_numa.distance;
        distance.resize(std::max(count, distance.size()));
        for (std::size_t from = 0; from < distance.size(); ++from)
            for (std::size_t to = distance[from].size(); to < distance.size(); ++to)
                distance[from].push_back(from == to ? local_distance : remote_distance);
    }

    const Machine& m_machine;
    const KernelProfile& m_profile;
    const BootMemblock& m_boot;
    Memblock& m_memblock;
    const Tracer& m_trace;
    std::set<Nid> m_parsed;  ///< numa_nodes_parsed
    Numa m_numa;
};

}  // namespace

Numa arch_numa_init(const Machine& machine, const KernelProfile& profile, const BootMemblock& boot) {
    return ArchNuma(machine, profile, boot).run();
}

}  // namespace mm
