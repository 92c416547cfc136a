// SPDX-License-Identifier: GPL-3.0-or-later
// How many pages the per-CPU lists of a zone hold. Follows zone_highsize() of mm/page_alloc.c and
// calculate_normal_threshold() of mm/vmstat.c, Linux 6.1.
#pragma once

#include "engine/mmzone/zone.h"
#include "engine/profile/kernel_profile.h"

namespace mm {

/// Sets every zone's pageset_batch and pageset_high from its watermarks and its node's online CPUs, as
/// setup_per_zone_wmarks() does at its end.
void set_pagesets(Zones& zones, const KernelProfile& profile);

/// setup_per_cpu_pageset(): each populated zone gets its lists, empty, for each possible CPU.
void setup_per_cpu_pageset(Zones& zones, const KernelProfile& profile, unsigned possible_cpus);

/// refresh_zone_stat_thresholds(): how far a CPU's counters may run before they are added to the zone's.
void set_stat_thresholds(Zones& zones);

}  // namespace mm
