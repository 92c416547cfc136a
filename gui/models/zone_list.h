// SPDX-License-Identifier: GPL-3.0-or-later
// The zones of a snapshot that have memory, in the order of nodes and zones, and how they are called.
#pragma once

#include <QString>
#include <vector>

#include "engine/snapshot/snapshot.h"

namespace mm::gui {

std::vector<ZoneRef> populatedZones(const SnapshotPtr& snapshot);
/// Null where the snapshot is, or has no such zone.
const Zone* zoneIn(const SnapshotPtr& snapshot, ZoneRef ref);
/// The one with most frames: where most happens. Zone DMA of node 0 where there is none.
ZoneRef largestZone(const SnapshotPtr& snapshot);
/// "DMA32", with several nodes "node 1, Normal".
QString zoneName(const SnapshotPtr& snapshot, ZoneRef ref);
/// MAX_ORDER of the kernel shown: orders 0 to this less one.
unsigned ordersOf(const SnapshotPtr& snapshot);

}  // namespace mm::gui
