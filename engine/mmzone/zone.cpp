// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mmzone/zone.h"

#include <algorithm>

namespace mm {

std::string_view name_of(ZoneType type) {
    constexpr std::array<std::string_view, nr_zone_types> names{"DMA",     "DMA32",   "Normal",
                                                                "HighMem", "Movable", "Device"};
    return names.at(static_cast<std::size_t>(type));
}

std::string zone_key(ZoneRef zone) {
    return std::to_string(zone.nid) + ":" + std::string(name_of(zone.type));
}

bool has_zone(const KernelProfile& profile, ZoneType type) {
    const bool i386 = profile.arch == Arch::i386;
    if (type == ZoneType::highmem) return profile.highmem;
    if (type == ZoneType::dma) return profile.zone_dma;
    if (type == ZoneType::dma32) return !i386 && profile.zone_dma32;
    return type != ZoneType::device || (!i386 && profile.zone_device);
}

const Node* Zones::find_node(Nid nid) const {
    const auto it = std::find_if(nodes.begin(), nodes.end(), [nid](const Node& n) { return n.nid == nid; });
    return it == nodes.end() ? nullptr : &*it;
}

const ZoneFrames* Zones::frames_of(Pfn pfn) const {
    auto it = std::upper_bound(memory.begin(), memory.end(), pfn,
                               [](Pfn p, const ZoneFrames& f) { return p < f.frames.start; });
    if (it == memory.begin()) return nullptr;
    --it;
    return it->frames.contains(pfn) ? &*it : nullptr;
}

const Zone* Zones::zone_of(Pfn pfn) const {
    if (const ZoneFrames* f = frames_of(pfn)) return zone(f->zone.nid, f->zone.type);
    for (const Node& n : nodes)
        for (const Zone& z : n.zones)
            if (z.span().contains(pfn)) return &z;
    return nullptr;
}

NrPages Zones::sum(NrPages Zone::*counter) const {
    NrPages n = 0;
    for (const Node& node : nodes)
        for (const Zone& zone : node.zones)
            n += zone.*counter;
    return n;
}

}  // namespace mm
