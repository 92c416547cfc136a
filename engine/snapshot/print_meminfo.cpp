// SPDX-License-Identifier: GPL-3.0-or-later
// /proc/meminfo. Follows fs/proc/meminfo.c and si_mem_available() in mm/page_alloc.c, Linux 6.1.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "engine/page_alloc/cma_pages.h"
#include "engine/page_alloc/watermark.h"
#include "engine/snapshot/kernel_counters.h"
#include "engine/snapshot/layout_of.h"
#include "engine/snapshot/mm_counters.h"
#include "engine/snapshot/proc_format.h"

namespace mm {
namespace {

NrPages low_watermarks(const Zones& zones) {
    NrPages total = 0;
    for (const Node& node : zones.nodes)
        for (const Zone& zone : node.zones)
            total += zone.watermark[1];
    return total;
}

/// direct_pages_count[]: bytes of the direct map by size of leaf.
Bytes direct_mapped(const Snapshot& s, Bytes leaf) {
    Bytes bytes = 0;
    const VirtAddr base = page_offset_of(layout_input_of(s));
    // i386: vmalloc, kmap() and the fixmap lie above lowmem.
    const Pfn end = s.profile->arch == Arch::i386 ? s.state.max_low_pfn : s.state.max_arch_pfn;
    for (const MappedRange& r : s.state.direct_map.tables.mapped_ranges())
        if (r.leaf_size == leaf && r.virt.start >= base && r.virt.start - base < phys_of(end) &&
            !s.state.vmalloc.maps(r.virt.start))
            bytes += r.virt.size();
    return bytes;
}

/// VMALLOC_TOTAL.
Bytes vmalloc_size(const Snapshot& s) {
    for (const LayoutArea& area : kernel_layout(layout_input_of(s)))
        if (area.kind == AreaKind::vmalloc) return area.range.size();
    return 0;
}

/// si_mem_available(): half of it, or what the low watermarks want, stays.
NrPages available_of(NrPages pages, const Zones& zones) {
    return pages - std::min(pages / 2, low_watermarks(zones));
}

struct HighmemPages {
    NrPages total = 0, free = 0;
};
HighmemPages highmem_of(const Zones& zones) {
    HighmemPages high;
    for (const Node& node : zones.nodes)
        for (const Zone& zone : node.zones) {
            if (!zones.is_highmem(zone.type)) continue;
            high.total += zone.managed;
            high.free += zone.free_pages;
        }
    return high;
}

}  // namespace

std::string print_meminfo(const Snapshot& s) {
    std::string out;
    // Values end in column 24 (longer ones push).
    const auto count = [&](std::string_view name, std::uint64_t n, std::string_view unit = "") {
        fmt::format_to(std::back_inserter(out), "{}:{:>{}}{}\n", name, n, 23 - name.size(), unit);
    };
    const auto line = [&](std::string_view name, std::uint64_t kib) { count(name, kib, " kB"); };
    const NrPages free = s.state.zones.sum(&Zone::free_pages);
    const auto kib = [](NrPages pages) { return pages << (page_shift - 10); };
    const NrPages reserve = totalreserve_pages(s.state.zones), total = s.state.totalram_pages;

    line("MemTotal", kib(total));
    line("MemFree", kib(free));
    const MmState& mm = s.state.processes;
    const auto stat = [&](std::string_view name) { return node_counter(s.state, no_node, name); };
    const NrPages reclaimable = stat("nr_slab_reclaimable"), unreclaimable = stat("nr_slab_unreclaimable");
    const NrPages all = free + available_of(stat("nr_active_file") + stat("nr_inactive_file"), s.state.zones) +
                        available_of(reclaimable, s.state.zones);
    line("MemAvailable", kib(all > reserve ? all - reserve : 0));
    line("Buffers", 0);
    line("Cached", kib(stat("nr_file_pages") - stat("nr_swapcached")));
    line("SwapCached", kib(stat("nr_swapcached")));
    line("Active", kib(stat("nr_active_anon") + stat("nr_active_file")));
    line("Inactive", kib(stat("nr_inactive_anon") + stat("nr_inactive_file")));
    line("Active(anon)", kib(stat("nr_active_anon")));
    line("Inactive(anon)", kib(stat("nr_inactive_anon")));
    line("Active(file)", kib(stat("nr_active_file")));
    line("Inactive(file)", kib(stat("nr_inactive_file")));
    line("Unevictable", kib(stat("nr_unevictable")));
    line("Mlocked", kib(zone_stat(mm, "nr_mlock")));
    if (s.profile->highmem) {
        const HighmemPages high = highmem_of(s.state.zones);
        line("HighTotal", kib(high.total));
        line("HighFree", kib(high.free));
        line("LowTotal", kib(total - high.total));
        line("LowFree", kib(free - high.free));
    }
    const NrPages swap = mm.swap.total();
    line("SwapTotal", kib(swap));
    line("SwapFree", kib(mm.swap.free()));
    line("Zswap", 0);
    line("Zswapped", 0);
    line("Dirty", kib(stat("nr_dirty")));
    line("Writeback", 0);
    line("AnonPages", kib(stat("nr_anon_pages")));
    line("Mapped", kib(stat("nr_mapped")));
    line("Shmem", 0);
    line("KReclaimable", kib(reclaimable));
    line("Slab", kib(reclaimable + unreclaimable));
    line("SReclaimable", kib(reclaimable));
    line("SUnreclaim", kib(unreclaimable));
    line("KernelStack", stat("nr_kernel_stack"));
    line("PageTables", kib(stat("nr_page_table_pages")));
    for (const char* name : {"SecPageTables", "NFS_Unstable", "Bounce", "WritebackTmp"})
        line(name, 0);
    line("CommitLimit", kib(total) / 2 + kib(swap));  // overcommit_ratio 50
    line("Committed_AS", 0);
    if (s.profile->arch == Arch::i386)
        line("VmallocTotal", vmalloc_size(s) / KiB);
    else
        out += "VmallocTotal:   34359738367 kB\n";
    line("VmallocUsed", kib(s.state.vmalloc.pages));
    line("VmallocChunk", 0);
    Bytes percpu = 0;
    for (const PhysRange& unit : s.state.percpu_units)
        percpu += unit.size();
    percpu += phys_of(NrPages{s.state.percpu.owned->size()});
    line("Percpu", percpu / KiB);
    line("HardwareCorrupted", s.state.stats.poisoned * (page_size / KiB));
    line("AnonHugePages", kib(stat("nr_anon_transparent_hugepages") * mm.hpage_nr()));
    for (const char* name : {"ShmemHugePages", "ShmemPmdMapped", "FileHugePages", "FilePmdMapped"})
        line(name, 0);
    if (s.profile->cma) {
        NrPages lent = 0;
        for (const Node& node : s.state.zones.nodes)
            for (const Zone& zone : node.zones)
                lent += free_cma_pages(zone);
        line("CmaTotal", kib(s.state.zones.sum(&Zone::cma)));
        line("CmaFree", kib(lent));
    }
    count("HugePages_Total", mm.hugetlb.nr());
    count("HugePages_Free", mm.hugetlb.free());
    count("HugePages_Rsvd", mm.hugetlb.resv);
    count("HugePages_Surp", mm.hugetlb.surplus());
    const bool large_is_4m = s.profile->pageblock_order == 10;
    line("Hugepagesize", large_is_4m ? 4096 : 2048);
    line("Hugetlb", kib(mm.hugetlb.nr() * mm.hpage_nr()));
    line("DirectMap4k", direct_mapped(s, page_size) / KiB);
    if (large_is_4m)
        line("DirectMap4M", direct_mapped(s, 4 * MiB) / KiB);
    else
        line("DirectMap2M", direct_mapped(s, 2 * MiB) / KiB);
    if (s.machine->gb_pages) line("DirectMap1G", direct_mapped(s, GiB) / KiB);
    return out;
}

}  // namespace mm
