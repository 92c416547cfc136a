// SPDX-License-Identifier: GPL-3.0-or-later
// How many pages the per-CPU lists of a zone hold and move at once. Follows zone_batchsize() and zone_highsize() of
// mm/page_alloc.c and calculate_normal_threshold() of mm/vmstat.c, Linux 6.1.
#pragma once

#include "engine/mmzone/zone.h"

namespace mm {

/// zone_batchsize(): about a thousandth of the zone but at most max_batch bytes, a quarter of it, and then 2^n - 1; may
/// be 0. "LIFO batch" in the log counts the zone's pages as they were guessed at that time.
unsigned zone_batchsize(NrPages pages, Bytes max_batch = MiB);

/// Sets every zone's pageset_batch and pageset_high from its watermarks and its node's online CPUs, as
/// setup_per_zone_wmarks() does at its end.
void set_pagesets(Zones& zones);

/// refresh_zone_stat_thresholds(): how far a CPU's counters may run before they are added to the zone's.
void set_stat_thresholds(Zones& zones);

}  // namespace mm
