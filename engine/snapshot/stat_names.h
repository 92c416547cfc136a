// SPDX-License-Identifier: GPL-3.0-or-later
// Names of the kernel's counters, as /proc/zoneinfo and vmstat print them. Private to this room. Follows vmstat_text[]
// of mm/vmstat.c, Linux 6.1.
#pragma once

#include <array>
#include <vector>

#include "engine/mmzone/zone.h"

namespace mm {

/// The zones of the configuration, lowest first, present or not.
inline std::vector<ZoneType> zones_printed(const KernelProfile& profile) {
    std::vector<ZoneType> zones;
    for (std::size_t t = 0; t < nr_zone_types; ++t)
        if (has_zone(profile, static_cast<ZoneType>(t))) zones.push_back(static_cast<ZoneType>(t));
    return zones;
}

// In the kernel's order of enum node_stat_item, zone_stat_item, numa_stat_item.
inline constexpr std::array node_stats{"nr_inactive_anon",
                                       "nr_active_anon",
                                       "nr_inactive_file",
                                       "nr_active_file",
                                       "nr_unevictable",
                                       "nr_slab_reclaimable",
                                       "nr_slab_unreclaimable",
                                       "nr_isolated_anon",
                                       "nr_isolated_file",
                                       "workingset_nodes",
                                       "workingset_refault_anon",
                                       "workingset_refault_file",
                                       "workingset_activate_anon",
                                       "workingset_activate_file",
                                       "workingset_restore_anon",
                                       "workingset_restore_file",
                                       "workingset_nodereclaim",
                                       "nr_anon_pages",
                                       "nr_mapped",
                                       "nr_file_pages",
                                       "nr_dirty",
                                       "nr_writeback",
                                       "nr_writeback_temp",
                                       "nr_shmem",
                                       "nr_shmem_hugepages",
                                       "nr_shmem_pmdmapped",
                                       "nr_file_hugepages",
                                       "nr_file_pmdmapped",
                                       "nr_anon_transparent_hugepages",
                                       "nr_vmscan_write",
                                       "nr_vmscan_immediate_reclaim",
                                       "nr_dirtied",
                                       "nr_written",
                                       "nr_throttled_written",
                                       "nr_kernel_misc_reclaimable",
                                       "nr_foll_pin_acquired",
                                       "nr_foll_pin_released",
                                       "nr_kernel_stack",
                                       "nr_page_table_pages",
                                       "nr_sec_page_table_pages",
                                       "nr_swapcached",
                                       "pgpromote_success",
                                       "pgpromote_candidate"};
inline constexpr std::array zone_stats{"nr_zone_inactive_anon",
                                       "nr_zone_active_anon",
                                       "nr_zone_inactive_file",
                                       "nr_zone_active_file",
                                       "nr_zone_unevictable",
                                       "nr_zone_write_pending",
                                       "nr_mlock",
                                       "nr_bounce",
                                       "nr_zspages",
                                       "nr_free_cma"};
inline constexpr std::array numa_stats{"numa_hit",        "numa_miss",  "numa_foreign",
                                       "numa_interleave", "numa_local", "numa_other"};

}  // namespace mm
