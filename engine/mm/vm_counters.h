// SPDX-License-Identifier: GPL-3.0-or-later
// What a node counts of its pages in use, and what happened to them since boot: the names /proc/vmstat prints.
// Follows enum node_stat_item of include/linux/mmzone.h and vm_event_item.h, Linux 6.1.
#pragma once

#include <array>
#include <cstdint>

#include "engine/types/units.h"

namespace mm {

/// Pages, but for NR_KERNEL_STACK_KB.
struct NodeCounters {
    NrPages nr_anon_mapped = 0, nr_file_mapped = 0, nr_file_pages = 0, nr_file_dirty = 0;
    NrPages nr_pagetable = 0, nr_swapcache = 0;
    NrPages nr_anon_thps = 0;  ///< huge pages that an entry of a PMD maps
    NrPages workingset_refault_anon = 0, workingset_refault_file = 0;
    NrPages workingset_activate_anon = 0, workingset_activate_file = 0, workingset_restore_anon = 0,
            workingset_restore_file = 0;
    std::uint64_t workingset_nodes = 0, workingset_nodereclaim = 0;
    friend bool operator==(const NodeCounters&, const NodeCounters&) = default;
};

/// Of a zone's pages: enum zone_stat_item.
struct ZonePageCounters {
    NrPages nr_mlock = 0, nr_write_pending = 0;
    friend bool operator==(const ZonePageCounters&, const ZonePageCounters&) = default;
};

/// Of all nodes.
struct MmEvents {
    std::uint64_t pgfault = 0, pgmajfault = 0, pgactivate = 0, pgdeactivate = 0, pgreuse = 0;
    std::uint64_t pgscan_kswapd = 0, pgscan_direct = 0, pgscan_anon = 0, pgscan_file = 0;
    std::uint64_t pgsteal_anon = 0, pgsteal_file = 0, pgrefill = 0;
    std::uint64_t pgpgin_kib = 0, pgpgout_kib = 0, pswpin = 0, pswpout = 0;
    std::uint64_t unevictable_mlocked = 0, unevictable_munlocked = 0;
    std::uint64_t drop_pagecache = 0, drop_slab = 0, slabs_scanned = 0, pginodesteal = 0, kswapd_inodesteal = 0;
    std::uint64_t thp_fault_alloc = 0, thp_fault_fallback = 0, thp_split_pmd = 0, thp_split_page = 0,
                  thp_split_page_failed = 0, thp_deferred_split_page = 0, thp_zero_page_alloc = 0,
                  thp_zero_page_alloc_failed = 0, thp_swpout_fallback = 0;
    friend bool operator==(const MmEvents&, const MmEvents&) = default;
};

}  // namespace mm
