// SPDX-License-Identifier: GPL-3.0-or-later
// Prints a snapshot in the kernel's own formats, byte-compatible with Linux 6.1: /proc/buddyinfo, pagetypeinfo,
// zoneinfo, vmstat, meminfo, iomem; memblock=debug's dump; dmesg; page-table dump; kernel virtual layout. Values
// mmscope does not model yet (LRU counters) are printed as 0, in place, so that parsers keep working. Follows
// mm/vmstat.c (frag_show, pagetypeinfo_show, zoneinfo_show_print), fs/proc/meminfo.c, kernel/resource.c.
#pragma once

#include <string>

#include "engine/snapshot/snapshot.h"

namespace mm {

std::string print_dmesg(const Snapshot& s);
std::string print_e820(const Snapshot& s);
std::string print_memblock(const Snapshot& s);
std::string print_iomem(const Snapshot& s);
std::string print_pagetables(const Snapshot& s);
std::string print_zoneinfo(const Snapshot& s);
std::string print_buddyinfo(const Snapshot& s);
std::string print_pagetypeinfo(const Snapshot& s);
std::string print_vmstat(const Snapshot& s);
/// /sys/kernel/debug/extfrag: by zone and order, whether a failure would be for lack of memory (0) or for
/// fragmentation (1), and which share of free memory the order cannot use.
std::string print_extfrag_index(const Snapshot& s);
std::string print_unusable_index(const Snapshot& s);
std::string print_meminfo(const Snapshot& s);
/// Caches of the allocator itself and those made by commands; nothing but the heading before slabs are up.
std::string print_slabinfo(const Snapshot& s);
/// Areas that commands made, and what boot mapped inside; nothing before the first of those commands.
std::string print_vmallocinfo(const Snapshot& s);
/// What kmap() and kmap_local() have mapped; nothing before the first of those commands. A format of ours.
std::string print_pkmap(const Snapshot& s);
/// Tasks that commands made, and stacks that CPUs keep; nothing before the first of them. A format of ours.
std::string print_tasks(const Snapshot& s);
/// /sys/kernel/debug/percpu_stats; nothing before the first command of per-CPU memory.
std::string print_percpu(const Snapshot& s);
std::string print_layout(const Snapshot& s);
std::string print_mtrr(const Snapshot& s);
/// Versioned JSON of everything above, documented in engine/snapshot/json.md.
std::string print_json(const Snapshot& s);

}  // namespace mm
