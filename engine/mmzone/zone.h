// SPDX-License-Identifier: GPL-3.0-or-later
// Nodes and zones: pg_data_t, struct zone with its free_area, zonelists. Small values, copied into snapshots and
// keyframes; the frames they talk about are in PageColumns. Follows include/linux/mmzone.h, Linux 6.1.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/mmzone/page_columns.h"
#include "engine/profile/kernel_profile.h"
#include "engine/types/shared.h"
#include "engine/types/units.h"

namespace mm {

/// enum zone_type, all architectures; a machine has those its profile has.
enum class ZoneType : std::uint8_t { dma, dma32, normal, highmem, movable, device };
inline constexpr unsigned nr_zone_types = 6;
std::string_view name_of(ZoneType);  ///< "DMA", "DMA32", "Normal", "HighMem", "Movable", "Device"

inline constexpr unsigned max_orders = 12;  ///< room for every profile's MAX_ORDER

/// One list of free_area: circular in the kernel, first and last here; links are in PageColumns.
struct FreeList {
    std::uint32_t first = no_link, last = no_link;
    NrPages blocks = 0;
    friend bool operator==(const FreeList&, const FreeList&) = default;
};
struct FreeArea {
    std::array<FreeList, nr_migratetypes> free_list{};
    NrPages nr_free = 0;  ///< blocks of this order, all lists
    friend bool operator==(const FreeArea&, const FreeArea&) = default;
};

enum class Watermark : std::uint8_t { min, low, high };

/// What of PerCpuPages changes with the CPU's commands, apart from its lists.
struct PcpCounters {
    NrPages count = 0;           ///< pages on all lists
    unsigned free_factor = 0;    ///< batches are doubled so often while only frees come
    unsigned expire = 0;         ///< rounds of vmstat until a remote zone's pages are drained
    std::int32_t free_diff = 0;  ///< vm_stat_diff[NR_FREE_PAGES]: not yet added to the zone's counter
    friend bool operator==(const PcpCounters&, const PcpCounters&) = default;
};
/// struct per_cpu_pages, and of struct per_cpu_zonestat what concerns free pages: one CPU's stock of a zone's pages.
///
///      lists[order * 3 + migratetype] for orders 0 to 3, then those of THPs     first: taken next   last: drained next
struct PerCpuPages : PcpCounters {
    static constexpr unsigned max_lists = 15;
    NrPages high = 0, batch = 1;
    std::array<FreeList, max_lists> lists{};
    friend bool operator==(const PerCpuPages&, const PerCpuPages&) = default;
};

/// enum numa_stat_item.
enum class NumaStat : std::uint8_t { hit, miss, foreign, interleave, local, other };
inline constexpr unsigned nr_numa_stats = 6;

/// What a zone remembers of its compactions: where the scanners stopped, and how often it is not worth trying.
struct CompactState {
    Pfn migrate_pfn = 0, free_pfn = 0;  ///< compact_cached_*_pfn; 0: from the zone's ends
    unsigned considered = 0, defer_shift = 0;
    unsigned order_failed = 0;
    friend bool operator==(const CompactState&, const CompactState&) = default;
};

/// What of a zone changes with commands, apart from its lists. What each command counts comes first.
struct ZoneCounters {
    NrPages free_pages = 0;                                ///< NR_FREE_PAGES, with what the CPUs have not told yet
    std::array<std::uint64_t, nr_numa_stats> numa_stat{};  ///< by NumaStat
    NrPages watermark_boost = 0;                           ///< added to each watermark until kswapd has run
    NrPages nr_reserved_highatomic = 0;                    ///< pages in pageblocks kept for high-order atomic requests
    CompactState compact;
    bool boosted = false;  ///< ZONE_BOOSTED_WATERMARK: a boost that kswapd has not been told of
    friend bool operator==(const ZoneCounters&, const ZoneCounters&) = default;
};

struct Zone : ZoneCounters {
    ZoneType type{};
    Nid nid = 0;
    Pfn start_pfn = 0;  ///< zone_start_pfn
    NrPages spanned = 0, present = 0, managed = 0;
    NrPages cma = 0;                     ///< cma_pages: of managed, lent by CMA
    std::array<NrPages, 3> watermark{};  ///< min, low, high; without boost
    std::array<NrPages, nr_zone_types> lowmem_reserve{};
    NrPages pageset_batch = 1;  ///< of each CPU's lists: frames moved at once
    NrPages pageset_high = 0;   ///< and frames kept at most
    unsigned stat_threshold = 0;
    unsigned nr_isolate_pageblock = 0;  ///< MIGRATE_ISOLATE: their free pages do not count
    std::array<FreeArea, max_orders> free_area{};
    std::vector<PerCpuPages> pcp;  ///< per_cpu_pageset, by CPU; empty: every request goes to free_area

    /// zone_page_state(NR_FREE_PAGES): what watermarks are compared with. May be negative for a moment.
    std::int64_t free_pages_seen() const {
        auto n = static_cast<std::int64_t>(free_pages);
        for (const PerCpuPages& p : pcp)
            n -= p.free_diff;
        return n;
    }
    bool populated() const { return present != 0; }
    PfnRange span() const { return {start_pfn, start_pfn + spanned}; }
    friend bool operator==(const Zone&, const Zone&) = default;
};

/// CONFIG_ZONE_*: x86_64 has no HighMem, i386 no DMA32 and no Device, Debian's arm64 no Device.
bool has_zone(const KernelProfile& profile, ZoneType type);

struct ZoneRef {
    Nid nid = 0;
    ZoneType type{};
    friend bool operator==(ZoneRef, ZoneRef) = default;
};
std::string zone_key(ZoneRef zone);  ///< "0:DMA32": node and zone

/// Of pg_data_t what concerns its kswapd.
struct KswapdState {
    bool kswapd_woken = false;  ///< it runs when the task that woke it is done
    unsigned kswapd_order = 0;  ///< what it is to make room for
    ZoneType kswapd_highest_zoneidx{};
    unsigned kswapd_failures = 0;  ///< runs without a page freed: from 16 on the node is left alone
    friend bool operator==(const KswapdState&, const KswapdState&) = default;
};

/// pg_data_t.
struct Node : KswapdState {
    Nid nid = 0;
    Pfn start_pfn = 0;
    NrPages spanned = 0, present = 0;
    bool online = true;  ///< else only possible: it has a pg_data_t and no memory
    unsigned online_cpus = 0;
    std::array<Zone, nr_zone_types> zones{};
    PhysRange mem_map;                ///< FLATMEM: the array of all struct pages
    std::vector<ZoneRef> fallback;    ///< ZONELIST_FALLBACK, in order
    std::vector<ZoneRef> thisnode;    ///< ZONELIST_NOFALLBACK
    std::vector<Nid> fallback_nodes;  ///< "Fallback order for Node 0: 0 1"
    Pfn first_deferred_pfn = no_pfn;  ///< pages from here on are initialised by deferred_init_memmap
    friend bool operator==(const Node&, const Node&) = default;
};

/// Frames whose struct page names this zone: the node and zone bits of page->flags, as ranges. Only memory is listed,
/// holes are not.
struct ZoneFrames {
    PfnRange frames;
    ZoneRef zone;
    friend bool operator==(const ZoneFrames&, const ZoneFrames&) = default;
};

/// Everything of mmzone but the frames themselves.
struct Zones {
    std::vector<Node> nodes;                           ///< online, by nid
    std::array<PfnRange, nr_zone_types> arch_range{};  ///< arch_zone_lowest/highest_possible_pfn
    std::vector<ZoneFrames> memory;                    ///< sorted, disjoint, neighbours of the same zone merged
    unsigned pageblock_order = 9;                      ///< the kernel's; never below that of 512 frames
    SharedVector<std::uint8_t> pageblock_type;         ///< MigrateType of each 512 frames from pfn 0
    NrPages total_pages = 0;                           ///< vm_total_pages: "Total pages:" of build_all_zonelists
    std::uint64_t min_free_kbytes = 1024;
    int mminit_loglevel = 0;                   ///< mminit_loglevel=
    unsigned dma_bits = 32;                    ///< arm64: what all devices can address, zone_dma_bits
    bool mobility_grouping = true;             ///< !page_group_by_mobility_disabled
    ZoneType movable_zone = ZoneType::normal;  ///< the highest zone with memory: ZONE_MOVABLE is cut from it
    std::vector<Nid> cpu_node;                 ///< by CPU, as far as known; else node 0

    /// is_highmem(): ZONE_HIGHMEM, and ZONE_MOVABLE where it is cut from there.
    bool is_highmem(ZoneType type) const {
        return type == ZoneType::highmem || (type == ZoneType::movable && movable_zone == ZoneType::highmem);
    }

    Zone* zone(Nid nid, ZoneType type) { return const_cast<Zone*>(std::as_const(*this).zone(nid, type)); }
    const Zone* zone(Nid nid, ZoneType type) const {
        const Node* n = node(nid);
        return n ? &n->zones[static_cast<std::size_t>(type)] : nullptr;
    }
    /// The zone that spans the frame (and, where zones overlap, that of the node it belongs to); null if none.
    const Zone* zone_of(Pfn pfn) const;
    /// The entry of memory[] that holds the frame; null for holes.
    const ZoneFrames* frames_of(Pfn pfn) const;
    Node* node(Nid nid) { return const_cast<Node*>(std::as_const(*this).node(nid)); }
    const Node* node(Nid nid) const {
        const auto at = static_cast<std::size_t>(nid);
        return at < nodes.size() && nodes[at].nid == nid ? &nodes[at] : find_node(nid);
    }
    NrPages sum(NrPages Zone::*counter) const;  ///< over all zones: &Zone::managed, &Zone::free_pages
    Nid node_of_cpu(unsigned cpu) const { return cpu < cpu_node.size() ? cpu_node[cpu] : 0; }
    NrPages pageblock_nr_pages() const { return NrPages{1} << pageblock_order; }
    /// The kernel's pageblock that holds the frame; REQUIRES: pageblock_type has its size.
    void set_pageblock(Pfn pfn, MigrateType type) {
        for (Pfn p = align_down(pfn, pageblock_nr_pages()), end = p + pageblock_nr_pages(); p < end;
             p += pageblock_pages)
            pageblock_type.set(static_cast<std::size_t>(p / pageblock_pages), static_cast<std::uint8_t>(type));
    }
    MigrateType pageblock(Pfn pfn) const { return static_cast<MigrateType>(pageblock_type[pfn / pageblock_pages]); }
    friend bool operator==(const Zones&, const Zones&) = default;

private:
    const Node* find_node(Nid nid) const;  ///< where numbers have gaps
};

}  // namespace mm
