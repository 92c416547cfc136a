// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/percpu_command.h"

#include <fmt/format.h>

#include "engine/sim/command_words.h"
#include "engine/sim/percpu_units.h"
#include "engine/snapshot/layout_of.h"

namespace mm {
namespace {

struct PercpuPrinter {
    std::string operator()(const AllocPercpu& c) const {
        return fmt::format("{} {} {} align {} cpu {}", c.percpu.reserved ? "alloc_reserved_percpu" : "alloc_percpu",
                           c.percpu.size, gfp_text(c.percpu.gfp), c.percpu.align, c.percpu.cpu);
    }
    std::string operator()(const FreePercpu& c) const {
        return fmt::format("free_percpu {:#x} cpu {}", c.pointer, c.cpu);
    }
    std::string operator()(const BalancePercpu& c) const { return fmt::format("percpu_balance cpu {}", c.cpu); }
};

/// What both kinds of the first chunk have.
PercpuGeometry geometry_of(const PercpuFacts& facts, const KernelProfile& profile) {
    PercpuGeometry g;
    g.static_size = facts.static_size;
    g.reserved_size = facts.reserved_size;
    g.dyn_size = facts.dyn_size;
    g.chunk_size = profile.structs.pcpu_chunk;
    g.pointer = profile.long_size;
    return g;
}

/// pcpu_page_first_chunk(): units side by side at the start of the window, one group.
Outcome<PercpuGeometry> geometry_of_single_pages(const PercpuFacts& asked, const KernelProfile& profile,
                                                 const MachineState& state) {
    const PercpuFacts facts = percpu_of_single_pages(asked);
    PercpuGeometry g = geometry_of(facts, profile);
    g.unit_size = facts.unit_size;
    g.atom_size = page_size;
    const PhysAddr first = state.percpu_units.front().start;
    for (const MappedRange& r : state.direct_map.tables.mapped_ranges())
        if (state.vmalloc.window.range.contains(r.virt) && first >= r.phys && first - r.phys < r.virt.size())
            g.base = r.virt.start + (first - r.phys);
    if (g.base == 0) return Error{"the kernel's page tables do not have the first per-CPU chunk"};
    for (std::size_t cpu = 0; cpu < state.percpu_units.size(); ++cpu) {
        g.cpu_node.push_back(node_of_cpu(state.numa, cpu));
        g.unit_offsets.push_back(cpu * g.unit_size);
    }
    g.groups.push_back({0, g.cpu_node.size() * g.unit_size});
    return g;
}

}  // namespace

std::string command_text(const PercpuCommand& command) {
    return std::visit(PercpuPrinter{}, command);
}

std::optional<PercpuCommand> parse_percpu_command(const std::vector<std::string_view>& words) {
    if (words.empty()) return std::nullopt;
    const std::string_view function = words[0];
    CommandFields f;
    if (function == "percpu_balance") {
        if (!f.read(words, 1, {CommandFields::cpu})) return std::nullopt;
        return BalancePercpu{f.cpu_number()};
    }
    const auto first = words.size() > 1 ? number(words[1]) : std::nullopt;
    if (!first) return std::nullopt;
    if (function == "free_percpu") {
        if (!f.read(words, 2, {CommandFields::cpu})) return std::nullopt;
        return FreePercpu{*first, f.cpu_number()};
    }
    if (function != "alloc_percpu" && function != "alloc_reserved_percpu") return std::nullopt;
    AllocPercpu alloc;
    alloc.percpu.size = *first;
    alloc.percpu.reserved = function == "alloc_reserved_percpu";
    std::size_t at = 2;
    if (words.size() > 2)
        if (const auto flags = parse_gfp(words[2])) alloc.percpu.gfp = *flags, ++at;
    if (!f.read(words, at, {CommandFields::align, CommandFields::cpu})) return std::nullopt;
    alloc.percpu.align = f.value(CommandFields::align, 8);
    alloc.percpu.cpu = f.cpu_number();
    return alloc;
}

Outcome<std::optional<std::uint64_t>> run_percpu_command(Percpu& percpu, const PercpuCommand& command,
                                                         const Tracer& trace) {
    if (const auto* alloc = std::get_if<AllocPercpu>(&command)) return percpu.alloc_percpu(alloc->percpu, trace);
    if (const auto* free = std::get_if<FreePercpu>(&command)) {
        const auto done = percpu.free_percpu(free->pointer, free->cpu, trace);
        if (!done) return done.error();
    } else {
        percpu.balance(std::get<BalancePercpu>(command).cpu, trace);
    }
    return std::optional<std::uint64_t>();
}

SlabPlaceAsked place_of(const PercpuCommand& command) {
    if (const auto* alloc = std::get_if<AllocPercpu>(&command)) return {alloc->percpu.cpu, no_node};
    if (const auto* free = std::get_if<FreePercpu>(&command)) return {free->cpu, no_node};
    return {std::get<BalancePercpu>(command).cpu, no_node};
}

Outcome<PercpuGeometry> percpu_geometry(const Machine& machine, const KernelProfile& profile,
                                        const MachineState& state) {
    PercpuFacts facts = machine.percpu;
    const std::vector<PhysRange>& units = state.percpu_units;
    if (units.empty()) return Error{"there are no per-CPU units yet"};
    if (units.front().size() != percpu_used(facts)) return geometry_of_single_pages(facts, profile, state);
    PercpuGeometry g = geometry_of(facts, profile);
    g.unit_size = percpu_unit(facts, profile);
    g.atom_size = percpu_atom(profile);
    PhysAddr lowest = ~PhysAddr{0};
    std::map<Nid, PhysRange> groups;
    for (std::size_t cpu = 0; cpu < state.percpu_units.size(); ++cpu) {
        const PhysRange unit = state.percpu_units[cpu];
        lowest = std::min(lowest, unit.start);
        const Nid nid = g.cpu_node.emplace_back(node_of_cpu(state.numa, cpu));
        const auto [group, fresh] = groups.try_emplace(nid, PhysRange{unit.start, unit.start + g.unit_size});
        if (!fresh) group->second.end = std::max(group->second.end, unit.start + g.unit_size);
    }
    const LayoutInput layout = layout_input_of(machine, profile, state);
    g.base = page_offset_of(layout) + (lowest - layout.memstart);
    for (const PhysRange& unit : state.percpu_units)
        g.unit_offsets.push_back(unit.start - lowest);
    for (const auto& [nid, group] : groups)
        g.groups.push_back({group.start - lowest, align_up(group.end - lowest, g.atom_size)});
    return g;
}

}  // namespace mm
