// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/numa/srat.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/numa/meminfo.h"

namespace mm::srat {
namespace {

void read_cpus(const Machine& machine, Numa& numa, std::set<Nid>& parsed, const Tracer& trace) {
    for (const auto& cpu : machine.srat_cpus) {
        numa.srat_cpu_to_node.push_back(cpu.nid);
        parsed.insert(cpu.nid);
        // x2APIC entries are four digits wide; the kernel needs them only from 0xff on.
        const std::string apic = cpu.apic < 0xff ? fmt::format("{:#04x}", cpu.apic) : fmt::format("{:#06x}", cpu.apic);
        trace.printk(fmt::format("SRAT: PXM {} -> APIC {} -> Node {}", cpu.pxm, apic, cpu.nid));
    }
}

/// In the words of the time: "[mem 0x00000000-0x0009ffff]" or "0-a0000".
std::string memory_words(const SratMemory& m, const LogDialect& log) {
    const std::string range = log.mem_ranges ? fmt::format("[mem {:#010x}-{:#010x}]", m.range.start, m.range.end - 1)
                                             : fmt::format("{:x}-{:x}", m.range.start, m.range.end);
    return fmt::format("{}SRAT: Node {} PXM {} {}{}{}", log.acpi_srat ? "ACPI: " : "", m.nid, m.pxm, range,
                       m.hotplug ? " hotplug" : "", m.non_volatile ? " non-volatile" : "");
}

void read_memory(const Machine& machine, const LogDialect& log, Memblock& memblock, Numa& numa, std::set<Nid>& parsed,
                 const Tracer& trace) {
    for (const auto& m : machine.srat_memory) {
        meminfo::add(numa.memblks, {m.range, m.nid}, trace);
        parsed.insert(m.nid);
        trace.printk(memory_words(m, log));
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

/// slit_valid(): 10 from a node to itself, more to the others.
bool slit_is_valid(const std::vector<std::vector<unsigned>>& slit) {
    for (std::size_t from = 0; from < slit.size(); ++from)
        for (std::size_t to = 0; to < slit[from].size(); ++to)
            if (from == to ? slit[from][to] != local_distance : slit[from][to] <= local_distance) return false;
    return true;
}

/// acpi_parse_slit(). A SLIT of unknown contents is taken to hold the defaults.
void read_slit(const Machine& machine, const std::set<Nid>& parsed, Distances& distances) {
    if (parsed.empty() || !has_slit(machine)) return;
    if (!slit_is_valid(machine.slit)) {
        distances.trace().printk("ACPI: SLIT table looks invalid. Not used.");
        return;
    }
    for (const Nid from : parsed)
        for (const Nid to : parsed) {
            const auto f = static_cast<std::size_t>(from), t = static_cast<std::size_t>(to);
            const bool known = f < machine.slit.size() && t < machine.slit[f].size();
            distances.set(from, to, known ? machine.slit[f][t] : from == to ? local_distance : remote_distance);
        }
}

}  // namespace

bool read(const Machine& machine, const LogDialect& log, Numa& numa, std::set<Nid>& parsed, Distances& distances) {
    read_cpus(machine, numa, parsed, distances.trace());
    read_memory(machine, log, distances.boot().lists(), numa, parsed, distances.trace());
    read_slit(machine, parsed, distances);
    return !machine.srat_memory.empty();
}

}  // namespace mm::srat
