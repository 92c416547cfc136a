// SPDX-License-Identifier: GPL-3.0-or-later
// /proc/zoneinfo, buddyinfo, pagetypeinfo. Follows mm/vmstat.c (zoneinfo_show_print, frag_show_print,
// pagetypeinfo_showfree_print, pagetypeinfo_showblockcount_print), Linux 6.1, with the zones and types the profile has.
#include <fmt/format.h>

#include <array>

#include "engine/snapshot/kernel_counters.h"
#include "engine/snapshot/mm_counters.h"
#include "engine/snapshot/proc_format.h"
#include "engine/snapshot/put.h"
#include "engine/snapshot/stat_names.h"

namespace mm {
namespace {

std::vector<MigrateType> types_printed(const KernelProfile& profile) {
    std::vector<MigrateType> types{MigrateType::unmovable, MigrateType::movable, MigrateType::reclaimable,
                                   MigrateType::highatomic};
    if (profile.cma) types.push_back(MigrateType::cma);
    types.push_back(MigrateType::isolate);
    return types;
}

const Zone& zone_of(const Node& node, ZoneType type) {
    return node.zones[static_cast<std::size_t>(type)];
}

/// zone_page_state(NR_FREE_PAGES): without what the CPUs still keep to themselves.
NrPages free_seen(const Zone& zone) {
    return static_cast<NrPages>(std::max<std::int64_t>(zone.free_pages_seen(), 0));
}

void put_protection(std::string& out, const KernelProfile& profile, const Zone& zone) {
    std::string list;
    for (const ZoneType type : zones_printed(profile)) {
        if (!list.empty()) list += ", ";
        list += std::to_string(zone.lowmem_reserve[static_cast<std::size_t>(type)]);
    }
    put(out, "\n        protection: ({})", list);
}

void put_zone(std::string& out, const Snapshot& s, const Node& node, const LruVec& vec, ZoneType type,
              bool first_populated) {
    const KernelProfile& profile = *s.profile;
    const unsigned cpus = s.state.online_cpus;
    const Zone& zone = zone_of(node, type);
    put(out, "Node {}, zone {:>8}", node.nid, name_of(type));
    if (first_populated) {
        out += "\n  per-node stats";
        for (const char* name : node_stats)
            put(out, "\n      {:<12} {}", name, node_counter(s.state, node.nid, name));
    }
    const NrPages free = free_seen(zone), boost = zone.watermark_boost;
    put(out,
        "\n  pages free     {}\n        boost    {}\n        min      {}\n        low      {}\n        high     {}",
        free, boost, zone.watermark[0] + boost, zone.watermark[1] + boost, zone.watermark[2] + boost);
    put(out, "\n        spanned  {}\n        present  {}\n        managed  {}\n        cma      {}", zone.spanned,
        zone.present, zone.managed, zone.cma);
    put_protection(out, profile, zone);
    if (!zone.populated()) {
        out += '\n';
        return;
    }
    put(out, "\n      {:<12} {}", "nr_free_pages", free);
    for (const char* name : zone_stats)
        put(out, "\n      {:<12} {}", name, zone_stat(vec, type, name));
    for (std::size_t i = 0; i < numa_stats.size() && profile.numa; ++i)
        put(out, "\n      {:<12} {}", numa_stats[i], zone.numa_stat[i]);
    out += "\n  pagesets";
    for (unsigned cpu = 0; cpu < cpus; ++cpu) {
        const bool exists = cpu < zone.pcp.size();
        put(out,
            "\n    cpu: {}\n              count: {}\n              high:  {}\n              batch: {}\n  vm stats "
            "threshold: {}",
            cpu, exists ? zone.pcp[cpu].count : 0, exists ? zone.pcp[cpu].high : zone.pageset_high,
            exists ? zone.pcp[cpu].batch : zone.pageset_batch, zone.stat_threshold);
    }
    put(out, "\n  node_unreclaimable:  0\n  start_pfn:           {}\n", zone.start_pfn);
}

void put_free_types(std::string& out, const KernelProfile& profile, const Node& node) {
    const unsigned max_order = profile.max_order;
    constexpr NrPages most = 100000;  // the kernel stops counting a list there
    put(out, "{:<43} ", "Free pages count per migrate type at order");
    for (unsigned order = 0; order < max_order; ++order)
        put(out, "{:>6} ", order);
    out += '\n';
    for (const ZoneType type : zones_printed(profile)) {
        const Zone& zone = zone_of(node, type);
        if (!zone.populated()) continue;
        for (const MigrateType mt : types_printed(profile)) {
            put(out, "Node {:>4}, zone {:>8}, type {:>12} ", node.nid, name_of(type), name_of(mt));
            for (unsigned order = 0; order < max_order; ++order) {
                const NrPages blocks = zone.free_area[order].free_list[static_cast<std::size_t>(mt)].blocks;
                put(out, "{}{:>6} ", blocks >= most ? ">" : "", std::min(blocks, most));
            }
            out += '\n';
        }
    }
}

void put_block_counts(std::string& out, const KernelProfile& profile, const Node& node, const Zones& zones) {
    put(out, "\n{:<23}", "Number of blocks type ");
    for (const MigrateType mt : types_printed(profile))
        put(out, "{:>12} ", name_of(mt));
    out += '\n';
    for (const ZoneType type : zones_printed(profile)) {
        const Zone& zone = zone_of(node, type);
        if (!zone.populated()) continue;
        std::array<NrPages, nr_migratetypes> count{};
        for (Pfn pfn = zone.span().start; pfn < zone.span().end && pfn / pageblock_pages < zones.pageblock_type.size();
             pfn += zones.pageblock_nr_pages())
            ++count[static_cast<std::size_t>(zones.pageblock(pfn))];
        put(out, "Node {}, zone {:>8} ", node.nid, name_of(type));
        for (const MigrateType mt : types_printed(profile))
            put(out, "{:>12} ", count[static_cast<std::size_t>(mt)]);
        out += '\n';
    }
}

}  // namespace

std::string print_zoneinfo(const Snapshot& s) {
    std::string out;
    const LruVecs& lru = s.state.processes.lru;  // none before the first process or file
    const auto nodes = static_cast<Nid>(lru.size());
    const LruVec none;
    for (const Node& node : s.state.zones.nodes) {
        if (!node.online) continue;
        bool first = true;
        for (const ZoneType type : zones_printed(*s.profile)) {
            const bool populated = zone_of(node, type).populated();
            put_zone(out, s, node, node.nid < nodes ? lru[static_cast<std::size_t>(node.nid)] : none, type,
                     populated && first);
            first = first && !populated;
        }
    }
    return out;
}

std::string print_buddyinfo(const Snapshot& s) {
    std::string out;
    for (const Node& node : s.state.zones.nodes)
        for (const ZoneType type : zones_printed(*s.profile)) {
            const Zone& zone = zone_of(node, type);
            if (!zone.populated()) continue;
            put(out, "Node {}, zone {:>8} ", node.nid, name_of(type));
            for (unsigned order = 0; order < s.profile->max_order; ++order)
                put(out, "{:>6} ", zone.free_area[order].nr_free);
            out += '\n';
        }
    return out;
}

std::string print_pagetypeinfo(const Snapshot& s) {
    std::string out;
    for (const Node& node : s.state.zones.nodes) {
        if (node.present == 0) continue;
        put(out, "Page block order: {}\nPages per block:  {}\n\n", s.profile->pageblock_order,
            1u << s.profile->pageblock_order);
        put_free_types(out, *s.profile, node);
        put_block_counts(out, *s.profile, node, s.state.zones);
    }
    return out;
}

}  // namespace mm
