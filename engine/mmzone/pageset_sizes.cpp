// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mmzone/pageset_sizes.h"

#include <algorithm>
#include <bit>

#include "engine/mmzone/zone_lines.h"

namespace mm {
namespace {

unsigned online_cpus(const Zones& zones) {
    unsigned n = 0;
    for (const Node& node : zones.nodes)
        n += node.online_cpus;
    return std::max(n, 1u);
}

}  // namespace

void set_pagesets(Zones& zones, const KernelProfile& profile) {
    const unsigned all = online_cpus(zones);
    for (Node& node : zones.nodes) {
        // A node without CPUs is used from everywhere.
        const unsigned split = node.online_cpus ? node.online_cpus : all;
        for (Zone& zone : node.zones) {
            const NrPages batch = zone_batchsize(profile, zone.managed);
            zone.pageset_batch = std::max<NrPages>(batch, 1);
            const NrPages low = zone.watermark[static_cast<std::size_t>(Watermark::low)];
            zone.pageset_high =
                profile.pcp_high_by_watermark ? std::max(low / split, zone.pageset_batch * 4) : batch * 6;
            for (PerCpuPages& pcp : zone.pcp) {
                pcp.high = zone.pageset_high;
                pcp.batch = zone.pageset_batch;
            }
        }
    }
}

void setup_per_cpu_pageset(Zones& zones, const KernelProfile& profile, unsigned possible_cpus) {
    for (Node& node : zones.nodes)
        for (Zone& zone : node.zones)
            if (zone.populated()) zone.pcp.assign(possible_cpus, {});
    set_pagesets(zones, profile);
}

void set_stat_thresholds(Zones& zones) {
    constexpr unsigned most = 125;
    const auto cpu_bits = static_cast<unsigned>(std::bit_width(online_cpus(zones)));
    for (Node& node : zones.nodes)
        for (Zone& zone : node.zones) {
            const auto size_bits = static_cast<unsigned>(std::bit_width(zone.managed >> (27 - page_shift)));
            zone.stat_threshold = std::min(most, 2 * cpu_bits * (1 + size_bits));
        }
}

}  // namespace mm
