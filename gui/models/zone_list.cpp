// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/zone_list.h"

#include "gui/format/format.h"

namespace mm::gui {

std::vector<ZoneRef> populatedZones(const SnapshotPtr& snapshot) {
    std::vector<ZoneRef> result;
    if (!snapshot) return result;
    for (const Node& node : snapshot->state.zones.nodes)
        for (const Zone& zone : node.zones)
            if (zone.populated()) result.push_back({zone.nid, zone.type});
    return result;
}

const Zone* zoneIn(const SnapshotPtr& snapshot, ZoneRef ref) {
    return snapshot ? snapshot->state.zones.zone(ref.nid, ref.type) : nullptr;
}

ZoneRef largestZone(const SnapshotPtr& snapshot) {
    NrPages most = 0;
    ZoneRef largest{};
    for (const ZoneRef ref : populatedZones(snapshot)) {
        const Zone* zone = zoneIn(snapshot, ref);
        if (zone && zone->present > most) most = zone->present, largest = ref;
    }
    return largest;
}

QString zoneName(const SnapshotPtr& snapshot, ZoneRef ref) {
    const QString name = text(name_of(ref.type));
    const bool several = snapshot && snapshot->state.zones.nodes.size() > 1;
    return several ? QStringLiteral("node %1, %2").arg(ref.nid).arg(name) : name;
}

unsigned ordersOf(const SnapshotPtr& snapshot) {
    return snapshot && snapshot->profile ? std::min(snapshot->profile->max_order, max_orders) : 11;
}

}  // namespace mm::gui
