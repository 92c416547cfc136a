// SPDX-License-Identifier: GPL-3.0-or-later
// build_all_zonelists(): in which order a request tries nodes and zones. mm/page_alloc.c.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "engine/mmzone/init.h"
#include "engine/mmzone/mminit.h"

namespace mm {
namespace {

constexpr unsigned max_numnodes = 1024, nr_buddy_migratetypes = 5;  ///< MIGRATE_TYPES without CMA

class Zonelists {
public:
    Zonelists(Zones& zones, const std::vector<std::vector<unsigned>>& distance, const std::vector<bool>& node_has_cpu)
        : m_zones(zones), m_distance(distance), m_has_cpu(node_has_cpu), m_load(zones.nodes.size()) {}

    void build(Node& node) {
        std::vector<bool> used(m_zones.nodes.size());
        node.fallback_nodes.clear();
        node.fallback.clear();
        node.thisnode.clear();
        Nid prev = node.nid;
        for (std::size_t best = next_best(node, used); best < used.size(); best = next_best(node, used)) {
            used[best] = true;
            const Node& found = m_zones.nodes[best];
            // The first of a group at the same distance gets a penalty, so that others start elsewhere.
            if (distance(node.nid, found.nid) != distance(node.nid, prev)) ++m_load[best];
            node.fallback_nodes.push_back(found.nid);
            append(found, node.fallback);
            prev = found.nid;
        }
        append(node, node.thisnode);
    }

private:
    static void append(const Node& node, std::vector<ZoneRef>& list) {
        for (std::size_t t = nr_zone_types; t-- > 0;)
            if (node.zones[t].populated()) list.push_back({node.nid, node.zones[t].type});
    }

    unsigned distance(Nid from, Nid to) const {
        const auto f = static_cast<std::size_t>(from), t = static_cast<std::size_t>(to);
        if (f < m_distance.size() && t < m_distance[f].size()) return m_distance[f][t];
        return from == to ? 10 : 20;
    }

    /// find_next_best_node(): itself, then the nearest with memory, later ones and those without a CPU first.
    std::size_t next_best(const Node& node, const std::vector<bool>& used) const {
        std::size_t best = used.size();
        std::uint64_t best_value = std::numeric_limits<std::uint64_t>::max();
        for (std::size_t i = 0; i < used.size(); ++i) {
            const Node& n = m_zones.nodes[i];
            if (used[i]) continue;
            if (n.nid == node.nid) return i;
            if (n.present == 0) continue;
            const auto at = static_cast<std::size_t>(n.nid);
            std::uint64_t value = distance(node.nid, n.nid) + (n.nid < node.nid);
            if (at < m_has_cpu.size() && m_has_cpu[at]) ++value;
            value = value * max_numnodes + m_load[i];
            if (value < best_value) {
                best_value = value;
                best = i;
            }
        }
        return best;
    }

    Zones& m_zones;
    const std::vector<std::vector<unsigned>>& m_distance;
    const std::vector<bool>& m_has_cpu;
    std::vector<unsigned> m_load;  ///< node_load[]
};

/// check_highest_zone(): the highest zone with memory below ZONE_MOVABLE, to which mempolicies apply.
ZoneType policy_zone(const Zones& zones) {
    ZoneType policy = ZoneType::dma;
    for (const Node& node : zones.nodes)
        for (const Zone& zone : node.zones)
            if (zone.populated() && zone.type < ZoneType::movable) policy = std::max(policy, zone.type);
    return policy;
}

struct LowShare {
    NrPages low = 0, all = 0;  ///< pages below ZONE_NORMAL, and all
};

LowShare low_share(const Node& node) {
    LowShare share;
    for (const Zone& zone : node.zones) {
        share.all += zone.present;
        if (zone.type < ZoneType::normal) share.low += zone.present;
    }
    return share;
}

/// default_zonelist_order(): with many nodes and little memory below 4 GiB, zones are tried before nodes.
bool by_zone(const Zones& zones, const KernelProfile& profile) {
    if (!profile.zonelists_by_zone) return false;
    LowShare total;
    NrPages nodes = 1;
    for (const Node& node : zones.nodes) {
        if (!node.zones[static_cast<std::size_t>(ZoneType::normal)].populated()) return false;
        const LowShare share = low_share(node);
        total.low += share.low;
        total.all += share.all;
        nodes += share.all != 0;
    }
    if (total.low == 0 || total.low > total.all / 2) return false;
    return std::none_of(zones.nodes.begin(), zones.nodes.end(), [&](const Node& node) {
        const LowShare share = low_share(node);
        return share.low && share.all > total.all / nodes && share.low > share.all * 70 / 100;
    });
}

}  // namespace

NrPages nr_free_zone_pages(const Zones& zones, ZoneType highest) {
    NrPages sum = 0;
    if (zones.nodes.empty()) return 0;
    for (const ZoneRef ref : zones.nodes.front().fallback) {
        if (ref.type > highest) continue;
        const Zone& zone = *zones.zone(ref.nid, ref.type);
        const NrPages high = zone.watermark[static_cast<std::size_t>(Watermark::high)];
        if (zone.managed > high) sum += zone.managed - high;
    }
    return sum;
}

void build_all_zonelists(Zones& zones, const KernelProfile& profile, const std::vector<std::vector<unsigned>>& distance,
                         const std::vector<bool>& node_has_cpu, const Tracer& trace) {
    Zonelists lists(zones, distance, node_has_cpu);
    for (Node& node : zones.nodes) {
        lists.build(node);
        if (!trace) continue;
        Event e;
        e.kind = EventKind::zonelist_build;
        e.nid = static_cast<std::int16_t>(node.nid);
        e.a = node.fallback.size();
        std::string line = fmt::format("Fallback order for Node {}: ", node.nid);
        for (const Nid nid : node.fallback_nodes)
            line += fmt::format("{} ", nid);
        trace.event(e, fmt::format("{} zones", node.fallback.size()));
        if (profile.log.fallback_order && profile.numa) trace.printk(std::move(line));
    }
    mminit::print_zonelists(profile, zones, trace);
    zones.total_pages = nr_free_zone_pages(zones, ZoneType::movable);
    zones.mobility_grouping = zones.total_pages >= zones.pageblock_nr_pages() * nr_buddy_migratetypes;
    const char* order = !profile.log.zonelist_order                               ? ""
                        : profile.arch != Arch::x86_64 || by_zone(zones, profile) ? " in Zone order"
                                                                                  : " in Node order";
    const auto online = std::count_if(zones.nodes.begin(), zones.nodes.end(), [](const Node& n) { return n.online; });
    trace.printk(fmt::format("Built {} zonelists{}, mobility grouping {}.  Total pages: {}", online, order,
                             zones.mobility_grouping ? "on" : "off", zones.total_pages));
    if (profile.numa) trace.printk(fmt::format("Policy zone: {}", name_of(policy_zone(zones))));
}

}  // namespace mm
