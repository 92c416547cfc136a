// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/page_alloc/mempolicy.h"

#include <array>
#include <bit>

namespace mm {
namespace {

constexpr std::array<std::string_view, 4> mode_names{"default", "preferred", "bind", "interleave"};

/// policy_zone: lower zones are too scarce to be bound to nodes.
ZoneType policy_zone(const Zones& zones) {
    ZoneType highest = ZoneType::dma;
    for (const Node& node : zones.nodes)
        for (const Zone& zone : node.zones)
            if (zone.populated() && zone.type != ZoneType::movable) highest = std::max(highest, zone.type);
    return highest;
}

}  // namespace

std::string_view name_of(PolicyMode mode) {
    return mode_names.at(static_cast<std::size_t>(mode));
}

std::optional<PolicyMode> policy_mode_named(std::string_view name) {
    for (std::size_t i = 0; i < mode_names.size(); ++i)
        if (name == mode_names[i]) return static_cast<PolicyMode>(i);
    return std::nullopt;
}

AllocRequest with_policy(AllocRequest request, const MemPolicy& policy, const Zones& zones, Nid& il_prev) {
    if (policy.nodes == 0) return request;
    switch (policy.mode) {
        case PolicyMode::standard:
            break;
        case PolicyMode::preferred:
            request.nid = static_cast<Nid>(std::countr_zero(policy.nodes));
            break;
        case PolicyMode::bind:
            if (gfp_zone(request.gfp) >= policy_zone(zones)) request.nodemask = policy.nodes;
            break;
        case PolicyMode::interleave: {
            const std::uint64_t later = il_prev >= 63 ? 0 : policy.nodes & (~std::uint64_t{0} << (il_prev + 1));
            il_prev = static_cast<Nid>(std::countr_zero(later ? later : policy.nodes));
            request.nid = il_prev;
            break;
        }
    }
    return request;
}

void count_interleave(Zones& zones, const AllocRequest& request, Pfn pfn) {
    const ZoneFrames* frames = zones.frames_of(pfn);
    if (frames && frames->zone.nid == request.nid)
        ++zones.zone(frames->zone.nid, frames->zone.type)->numa_stat[static_cast<std::size_t>(NumaStat::interleave)];
}

}  // namespace mm
