// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mmzone/mminit.h"

#include <fmt/format.h>

#include <bit>

namespace mm::mminit {
namespace {

constexpr int verify_level = 1, trace_level = 2;  // MMINIT_VERIFY; MMINIT_TRACE is told from above it only

unsigned zone_index(const KernelProfile& profile, ZoneType type) {
    unsigned n = 0;
    for (std::size_t t = 0; t < static_cast<std::size_t>(type); ++t)
        n += has_zone(profile, static_cast<ZoneType>(t));
    return n;
}

/// ZONES_SHIFT.
unsigned zones_shift(const KernelProfile& profile) {
    unsigned zones = 0;
    for (std::size_t t = 0; t < nr_zone_types; ++t)
        zones += has_zone(profile, static_cast<ZoneType>(t));
    return static_cast<unsigned>(std::bit_width(zones - 1));
}

}  // namespace

void print_pageflags_layout(const KernelProfile& profile, int level, const Tracer& trace) {
    if (level <= trace_level || !trace) return;
    const PageFlagsLayout& layout = profile.page_flags;
    const unsigned bits = static_cast<unsigned>(profile.long_size) * 8;
    const unsigned nodes = profile.numa ? profile.nodes_shift : 0, zones = zones_shift(profile);
    const unsigned cpupid = layout.last_cpupid, kasan = layout.kasan_tag, gen = layout.lru_gen, tier = layout.lru_refs;
    const unsigned sections =
        profile.memory_model != MemoryModel::flat ? profile.max_physmem_bits - profile.section_size_bits : 0;
    const auto say = [&](std::string_view what, std::string text) {
        trace.printk(fmt::format("mminit::{} {}", what, text));
    };
    say("pageflags_layout_widths",
        fmt::format("Section 0 Node {} Zone {} Lastcpupid {} Kasantag {} Gen {} Tier {} Flags {}", nodes, zones, cpupid,
                    kasan, gen, tier, layout.flags));
    say("pageflags_layout_shifts",
        fmt::format("Section {} Node {} Zone {} Lastcpupid {} Kasantag {}", sections, nodes, zones, cpupid, kasan));
    const unsigned node_at = bits - nodes, zone_at = node_at - zones, cpupid_at = zone_at - cpupid;
    const auto place = [](unsigned at, unsigned width) { return width ? at : 0; };
    say("pageflags_layout_pgshifts",
        fmt::format("Section 0 Node {} Zone {} Lastcpupid {} Kasantag {}", place(node_at, nodes), place(zone_at, zones),
                    place(cpupid_at, cpupid), place(cpupid_at - kasan, kasan)));
    say("pageflags_layout_nodezoneid", fmt::format("Node/Zone ID: {} -> {}", zone_at + nodes + zones, zone_at));
    const unsigned width = cpupid_at - kasan - gen - tier;
    say("pageflags_layout_usage", fmt::format("location: {} -> {} layout {} -> {} unused {} -> 0 page-flags", bits,
                                              width, width, layout.flags, layout.flags));
}

void print_memmap_init(const KernelProfile& profile, const Zone& zone, int level, const Tracer& trace) {
    if (level <= trace_level) return;
    trace.printk(fmt::format("mminit::memmap_init Initialising map node {} zone {} pfns {} -> {}", zone.nid,
                             zone_index(profile, zone.type), zone.start_pfn, zone.start_pfn + zone.spanned));
}

void print_zonelists(const KernelProfile& profile, const Zones& zones, const Tracer& trace) {
    if (zones.mminit_loglevel < verify_level || !trace) return;
    const auto print = [&](const Node& node, std::string_view list, const std::vector<ZoneRef>& order) {
        for (const Zone& zone : node.zones) {
            if (!zone.populated()) continue;
            std::string line = fmt::format("mminit::zonelist {} {}:{} = ", list, node.nid, name_of(zone.type));
            for (const ZoneRef ref : order)
                if (ref.type <= zone.type) line += fmt::format("{}:{} ", ref.nid, name_of(ref.type));
            trace.printk(std::move(line));
        }
    };
    for (const Node& node : zones.nodes) {
        print(node, "general", node.fallback);
        if (profile.numa) print(node, "thisnode", node.thisnode);
    }
}

}  // namespace mm::mminit
