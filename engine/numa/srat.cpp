// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/numa/srat.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/numa/meminfo.h"

namespace mm::srat {
namespace {

void read_cpus(const Machine& machine, std::set<Nid>& parsed, const Tracer& trace) {
    for (const auto& cpu : machine.srat_cpus) {
        parsed.insert(cpu.nid);
        // x2APIC entries are four digits wide; the kernel needs them only from 0xff on.
        const std::string apic = cpu.apic < 0xff ? fmt::format("{:#04x}", cpu.apic) : fmt::format("{:#06x}", cpu.apic);
        trace.printk(fmt::format("SRAT: PXM {} -> APIC {} -> Node {}", cpu.pxm, apic, cpu.nid));
    }
}

void read_memory(const Machine& machine, Memblock& memblock, Numa& numa, std::set<Nid>& parsed, const Tracer& trace) {
    for (const auto& m : machine.srat_memory) {
        meminfo::add(numa.memblks, {m.range, m.nid}, trace);
        parsed.insert(m.nid);
        trace.printk(fmt::format("ACPI: SRAT: Node {} PXM {} [mem {:#010x}-{:#010x}]{}{}", m.nid, m.pxm, m.range.start,
                                 m.range.end - 1, m.hotplug ? " hotplug" : "", m.non_volatile ? " non-volatile" : ""));
        if (m.hotplug) memblock.mark(m.range.start, m.range.size(), memblock_hotplug, true);
    }
}

/// Distances may be known from elsewhere (sysfs): the kernel takes memory for them only if there is a SLIT. A log
/// without ACPI lines does not say; then distances other than the defaults speak for one.
bool has_slit(const Machine& machine) {
    const auto& tables = machine.acpi_tables;
    if (!tables.empty())
        return std::any_of(tables.begin(), tables.end(), [](const NamedRange& t) { return t.name == "SLIT"; });
    for (std::size_t from = 0; from < machine.slit.size(); ++from)
        for (std::size_t to = 0; to < machine.slit[from].size(); ++to)
            if (machine.slit[from][to] != (from == to ? local_distance : remote_distance)) return true;
    return false;
}

/// The first distance makes the table, as large as the nodes known by then; 8 bits an entry.
void read_slit(const Machine& machine, const BootMemblock& boot, Numa& numa, const std::set<Nid>& parsed,
               const Tracer& trace) {
    if (parsed.empty() || !has_slit(machine)) return;
    const auto count = static_cast<std::size_t>(*parsed.rbegin()) + 1;
    MemblockRequest request;
    request.size = count * count;
    request.align = page_size;
    request.owner = "NUMA distances";
    request.caller = "numa_alloc_distance";
    request.api = MemblockApi::phys_range;
    const PhysAddr at = boot.alloc(request);
    if (!at) {
        trace.printk("Warning: can't allocate distance table!");
        return;
    }
    numa.distance_table = {at, at + request.size};
    numa.distance.assign(count, std::vector<unsigned>(count, remote_distance));
    for (std::size_t i = 0; i < count; ++i)
        numa.distance[i][i] = local_distance;
    trace.printk(fmt::format("NUMA: Initialized distance table, cnt={}", count));
    for (std::size_t from = 0; from < std::min(count, machine.slit.size()); ++from)
        for (std::size_t to = 0; to < std::min(count, machine.slit[from].size()); ++to) {
            const unsigned distance = machine.slit[from][to];
            if (distance <= 0xff && (from != to || distance == local_distance)) numa.distance[from][to] = distance;
        }
}

}  // namespace

bool read(const Machine& machine, const BootMemblock& boot, Numa& numa, std::set<Nid>& parsed, const Tracer& trace) {
    read_cpus(machine, parsed, trace);
    read_memory(machine, boot.lists(), numa, parsed, trace);
    read_slit(machine, boot, numa, parsed, trace);
    return !machine.srat_memory.empty();
}

}  // namespace mm::srat
