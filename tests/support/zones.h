// SPDX-License-Identifier: GPL-3.0-or-later
// Zones for tests that need their extents only.
#pragma once

#include "engine/mmzone/zone.h"

namespace mm::test {

inline Zone zone_at(ZoneType type, Pfn start, NrPages spanned, NrPages present) {
    Zone zone;
    zone.type = type;
    zone.start_pfn = start;
    zone.spanned = spanned;
    zone.present = present;
    return zone;
}

}  // namespace mm::test
