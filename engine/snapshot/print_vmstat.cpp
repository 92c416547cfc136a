// SPDX-License-Identifier: GPL-3.0-or-later
// /proc/vmstat, extfrag_index and unusable_index. Follows mm/vmstat.c, Linux 6.1; which counters there are is the
// configuration's (NUMA, CMA, architecture).
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "engine/mm/page_writeback.h"
#include "engine/page_alloc/cma_pages.h"
#include "engine/snapshot/kernel_counters.h"
#include "engine/snapshot/mm_counters.h"
#include "engine/snapshot/proc_format.h"
#include "engine/snapshot/put.h"
#include "engine/snapshot/stat_names.h"

namespace mm {
namespace {

// enum vm_event_item after the counters by zone.
constexpr std::array reclaim_events{
    "pgactivate", "pgdeactivate", "pglazyfree", "pgfault", "pgmajfault", "pglazyfreed", "pgrefill", "pgreuse",
};
constexpr std::array steal_events{
    "pgdemote_kswapd", "pgdemote_direct", "pgscan_kswapd", "pgscan_direct", "pgscan_direct_throttle",
    "pgscan_anon",     "pgscan_file",     "pgsteal_anon",  "pgsteal_file",
};
constexpr std::array kswapd_events{"pginodesteal", "slabs_scanned", "kswapd_inodesteal", "kswapd_low_wmark_hit_quickly",
                                   "kswapd_high_wmark_hit_quickly"};
constexpr std::array numa_events{"numa_pte_updates", "numa_huge_pte_updates", "numa_hint_faults",
                                 "numa_hint_faults_local", "numa_pages_migrated"};
constexpr std::array late_events{"unevictable_pgs_culled",
                                 "unevictable_pgs_scanned",
                                 "unevictable_pgs_rescued",
                                 "unevictable_pgs_mlocked",
                                 "unevictable_pgs_munlocked",
                                 "unevictable_pgs_cleared",
                                 "unevictable_pgs_stranded",
                                 "thp_fault_alloc",
                                 "thp_fault_fallback",
                                 "thp_fault_fallback_charge",
                                 "thp_collapse_alloc",
                                 "thp_collapse_alloc_failed",
                                 "thp_file_alloc",
                                 "thp_file_fallback",
                                 "thp_file_fallback_charge",
                                 "thp_file_mapped",
                                 "thp_split_page",
                                 "thp_split_page_failed",
                                 "thp_deferred_split_page",
                                 "thp_split_pmd",
                                 "thp_scan_exceed_none_pte",
                                 "thp_scan_exceed_swap_pte",
                                 "thp_scan_exceed_share_pte"};
constexpr std::array last_events{"thp_zero_page_alloc",
                                 "thp_zero_page_alloc_failed",
                                 "thp_swpout",
                                 "thp_swpout_fallback",
                                 "balloon_inflate",
                                 "balloon_deflate",
                                 "balloon_migrate",
                                 "swap_ra",
                                 "swap_ra_hit",
                                 "ksm_swpin_copy",
                                 "cow_ksm",
                                 "zswpin",
                                 "zswpout"};

/// TEXTS_FOR_ZONES(): "dma", "dma32", "normal", "high", "movable", "device".
std::string suffix_of(ZoneType type) {
    if (type == ZoneType::highmem) return "high";
    std::string out(name_of(type));
    std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
    return out;
}

class Writer {
public:
    explicit Writer(const Snapshot& s) : m_s(s) {}

    std::string text() {
        zone_counters();
        for (const char* name : node_stats)
            if (m_s.profile->numa || !std::string_view(name).starts_with("pgpromote"))
                line(name, node_counter(m_s.state, no_node, name));
        const DirtyLimits dirty = global_dirty_limits(m_s.state.zones, m_s.state.processes.lru);
        line("nr_dirty_threshold", dirty.thresh);
        line("nr_dirty_background_threshold", dirty.background);
        for (const char* name : {"pgpgin", "pgpgout", "pswpin", "pswpout"})
            event(name);
        events();
        line("nr_unstable", 0);
        return std::move(m_out);
    }

private:
    void line(std::string_view name, std::uint64_t value) { put(m_out, "{} {}\n", name, value); }
    void event(std::string_view name) { line(name, mm_event(m_s.state.processes.events, name)); }
    template<class Names>
    void events_of(const Names& names) {
        for (const char* name : names)
            event(name);
    }
    template<class Value>
    std::uint64_t sum(Value value) const {
        std::uint64_t n = 0;
        for (const Node& node : m_s.state.zones.nodes)
            for (const Zone& zone : node.zones)
                n += value(zone);
        return n;
    }

    void zone_counters() {
        line("nr_free_pages", sum([](const Zone& z) {
                 return static_cast<std::uint64_t>(std::max<std::int64_t>(z.free_pages_seen(), 0));
             }));
        for (const char* name : zone_stats) {
            const bool cma = name == std::string_view("nr_free_cma");
            line(name,
                 cma ? sum([](const Zone& z) { return free_cma_pages(z); }) : zone_stat(m_s.state.processes, name));
        }
        for (std::size_t i = 0; i < numa_stats.size() && m_s.profile->numa; ++i)
            line(numa_stats[i], sum([i](const Zone& z) { return z.numa_stat[i]; }));
    }

    void by_zone(std::string_view name, const std::array<std::uint64_t, nr_zone_types>& values) {
        for (const ZoneType type : zones_printed(*m_s.profile))
            line(fmt::format("{}_{}", name, suffix_of(type)), values[static_cast<std::size_t>(type)]);
    }

    void events() {
        const KernelProfile& profile = *m_s.profile;
        const VmEvents& vm = m_s.state.stats.vm;
        by_zone("pgalloc", vm.pgalloc);
        by_zone("allocstall", vm.allocstall);
        by_zone("pgskip", {});
        line("pgfree", vm.pgfree);
        events_of(reclaim_events);
        line("pgsteal_kswapd", vm.pgsteal_kswapd);
        line("pgsteal_direct", vm.pgsteal_direct);
        events_of(steal_events);
        if (profile.numa) line("zone_reclaim_failed", 0);
        events_of(kswapd_events);
        line("pageoutrun", vm.pageoutrun);
        for (const char* name : {"pgrotated", "drop_pagecache", "drop_slab"})
            event(name);
        line("oom_kill", vm.oom_kill);
        if (profile.numa) events_of(numa_events);
        line("pgmigrate_success", vm.pgmigrate_success);
        line("pgmigrate_fail", vm.pgmigrate_fail);
        for (const char* name : {"thp_migration_success", "thp_migration_fail", "thp_migration_split"})
            line(name, 0);
        line("compact_migrate_scanned", vm.compact_migrate_scanned);
        line("compact_free_scanned", vm.compact_free_scanned);
        line("compact_isolated", vm.compact_isolated);
        line("compact_stall", vm.compact_stall);
        line("compact_fail", vm.compact_fail);
        line("compact_success", vm.compact_success);
        for (const char* name :
             {"compact_daemon_wake", "compact_daemon_migrate_scanned", "compact_daemon_free_scanned"})
            line(name, 0);
        line("htlb_buddy_alloc_success", m_s.state.processes.hugetlb.buddy_success);
        line("htlb_buddy_alloc_fail", m_s.state.processes.hugetlb.buddy_fail);
        if (profile.cma) line("cma_alloc_success", m_s.state.cma.success), line("cma_alloc_fail", m_s.state.cma.fail);
        events_of(late_events);
        if (profile.arch == Arch::x86_64) line("thp_split_pud", 0);
        events_of(last_events);
        if (profile.arch != Arch::arm64)
            line("direct_map_level2_splits", m_s.state.pat.level2_splits),
                line("direct_map_level3_splits", m_s.state.pat.level3_splits);
    }

    const Snapshot& m_s;
    std::string m_out;
};

/// A line a populated zone, a figure an order.
template<class Figure>
std::string by_order(const Snapshot& s, Figure figure) {
    std::string out;
    for (const Node& node : s.state.zones.nodes)
        for (const ZoneType type : zones_printed(*s.profile)) {
            const Zone& zone = node.zones[static_cast<std::size_t>(type)];
            if (!zone.populated()) continue;
            put(out, "Node {}, zone {:>8} ", node.nid, name_of(type));
            for (Order order = 0; order < s.profile->max_order; ++order)
                out += figure(zone, order);
            out += '\n';
        }
    return out;
}

}  // namespace

std::string print_vmstat(const Snapshot& s) {
    return Writer(s).text();
}

std::string print_extfrag_index(const Snapshot& s) {
    return by_order(s, [&](const Zone& zone, Order order) {
        const int index = fragmentation_index(zone, order, s.profile->max_order);
        return fmt::format("{:2}.{:03} ", index / 1000, index % 1000);
    });
}

std::string print_unusable_index(const Snapshot& s) {
    return by_order(s, [&](const Zone& zone, Order order) {
        const unsigned index = unusable_free_index(zone, order, s.profile->max_order);
        return fmt::format("{}.{:03} ", index / 1000, index % 1000);
    });
}

}  // namespace mm
