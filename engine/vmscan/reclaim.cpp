// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmscan/reclaim.h"

#include <algorithm>
#include <cmath>

#include "engine/mm/huge_folio.h"
#include "engine/mm/migrate.h"
#include "engine/page_alloc/kswapd.h"
#include "engine/page_alloc/zone_walk.h"
#include "engine/vmscan/shrink_folios.h"
#include "engine/vmscan/shrinkers.h"

namespace mm {
namespace {

constexpr unsigned anon_lists = 0, file_lists = 2;  // first of two lists
constexpr std::array evictable{LruList::inactive_anon, LruList::active_anon, LruList::inactive_file,
                               LruList::active_file};

NrPages compact_gap(Order order) {
    return NrPages{2} << order;
}

}  // namespace

bool Reclaim::inactive_is_low(const LruVec& vec, bool of_files) const {
    const NrPages inactive = vec.pages(of_files ? LruList::inactive_file : LruList::inactive_anon);
    const NrPages active = vec.pages(of_files ? LruList::active_file : LruList::active_anon);
    const NrPages gb = (inactive + active) >> (30 - page_shift);
    const auto ratio = gb ? static_cast<NrPages>(std::sqrt(static_cast<double>(10 * gb))) : 1;
    return inactive * ratio < active;
}

/// prepare_scan_count().
void Reclaim::prepare(const Node& node, LruVec& vec, ScanControl& sc) const {
    const NodeCounters& c = vec.counters;
    sc.may_deactivate_anon =
        sc.force_deactivate || c.workingset_activate_anon != vec.refaults[0] || inactive_is_low(vec, false);
    sc.may_deactivate_file =
        sc.force_deactivate || c.workingset_activate_file != vec.refaults[1] || inactive_is_low(vec, true);
    const NrPages inactive_file = vec.pages(LruList::inactive_file);
    sc.cache_trim_mode = (inactive_file >> sc.priority) > 0 && !sc.may_deactivate_file;
    NrPages free = 0, high = 0;
    for (const Zone& zone : node.zones) {
        if (zone.managed == 0) continue;
        free += zone.free_pages;
        high += wmark_pages(zone, alloc::wmark_high);
    }
    const NrPages files = vec.pages(LruList::active_file) + inactive_file;
    sc.file_is_tiny =
        files + free <= high && !sc.may_deactivate_anon && (vec.pages(LruList::inactive_anon) >> sc.priority) > 0;
}

/// get_scan_count(): how much of each list is looked at.
std::array<NrPages, 4> Reclaim::scan_count(const LruVec& vec, const ScanControl& sc) const {
    const std::uint64_t swappiness = m_c.state.layout.swappiness;
    enum { equal, fraction, files_only, anon_only } balance = fraction;
    if (!sc.may_swap || !can_reclaim_anon())
        balance = files_only;
    else if (sc.priority == 0 && swappiness)
        balance = equal;
    else if (sc.file_is_tiny)
        balance = anon_only;
    else if (sc.cache_trim_mode)
        balance = files_only;
    const std::uint64_t sum = vec.anon_cost + vec.file_cost;
    const std::uint64_t anon_cost = sum + vec.anon_cost, file_cost = sum + vec.file_cost, total = anon_cost + file_cost;
    const std::array<std::uint64_t, 2> part{swappiness * (total + 1) / (anon_cost + 1),
                                            (200 - swappiness) * (total + 1) / (file_cost + 1)};
    std::array<NrPages, 4> count{};
    for (const LruList list : evictable) {
        NrPages& scan = count[static_cast<std::size_t>(list)];
        scan = lru_size(vec, list, sc.reclaim_idx) >> sc.priority;
        const bool of_files = is_file(list);
        if (balance == fraction)
            scan = scan * part[of_files] / (part[0] + part[1]);
        else if ((balance == files_only && !of_files) || (balance == anon_only && of_files))
            scan = 0;
    }
    return count;
}

void Reclaim::shrink_lruvec(LruVec& vec, ScanControl& sc) const {
    FolioShrinker shrinker(m_c, sc);
    std::array<NrPages, 4> nr = scan_count(vec, sc);
    const std::array<NrPages, 4> targets = nr;
    const bool proportional = !sc.kswapd && sc.priority == def_priority;
    NrPages reclaimed = 0;
    while (nr[anon_lists] || nr[file_lists] || nr[file_lists + 1]) {
        for (const LruList list : evictable) {
            NrPages& left = nr[static_cast<std::size_t>(list)];
            if (left == 0) continue;
            const NrPages now = std::min(left, swap_cluster_max);
            left -= now;
            if (!is_active(list))
                reclaimed += shrinker.shrink_inactive(vec, list, now);
            else if (sc.may_deactivate(is_file(list)))
                shrinker.shrink_active(vec, list, now);
            else
                sc.skipped_deactivate = true;
        }
        if (reclaimed < sc.nr_to_reclaim || proportional) continue;
        // Enough: the smaller half is done with, of the larger one the same share is still looked at.
        const NrPages files = nr[file_lists] + nr[file_lists + 1], anons = nr[anon_lists] + nr[anon_lists + 1];
        if (files == 0 || anons == 0) break;
        const unsigned smaller = files > anons ? anon_lists : file_lists,
                       larger = files > anons ? file_lists : anon_lists;
        const NrPages target = targets[smaller] + targets[smaller + 1] + 1;
        const NrPages percent = std::min(files, anons) * 100 / target;
        nr[smaller] = nr[smaller + 1] = 0;
        for (const unsigned l : {larger, larger + 1}) {
            const NrPages scanned = targets[l] - nr[l];
            nr[l] = targets[l] * (100 - percent) / 100;
            nr[l] -= std::min(nr[l], scanned);
        }
    }
    sc.nr_reclaimed += reclaimed;
    if (can_reclaim_anon() && inactive_is_low(vec, false))
        shrinker.shrink_active(vec, LruList::active_anon, swap_cluster_max);
}

void Reclaim::shrink_node(Nid nid, ScanControl& sc) const {
    LruVec& vec = m_c.state.lru[static_cast<std::size_t>(nid)];
    prepare(*m_c.pages.zones.node(nid), vec, sc);
    shrink_lruvec(vec, sc);
    ShrinkControl shrink{.nid = nid, .gfp = sc.gfp, .kswapd = sc.kswapd};
    (void)shrink_slab(m_c, shrink, sc.priority);
    sc.nr_reclaimed += shrink.reclaimed;
}

NrPages Reclaim::try_to_free_pages(const AllocRequest& request) const {
    const AllocContext context = prepare_alloc(m_c.pages.zones, request, m_c.pages.profile);
    if (!context.zonelist) return 0;
    ScanControl sc;
    sc.gfp = request.gfp;
    sc.order = request.order;
    sc.reclaim_idx = context.highest;
    const auto once = [&] {
        for (sc.priority = def_priority; sc.priority >= 0; --sc.priority) {
            Nid last = no_node;
            for (const ZoneRef ref : *context.zonelist) {
                if (!context.admits(ref) || ref.nid == last) continue;
                last = ref.nid;
                shrink_node(ref.nid, sc);
            }
            if (sc.nr_reclaimed >= sc.nr_to_reclaim) break;
        }
        for (LruVec& vec : m_c.state.lru)  // snapshot_refaults()
            vec.refaults = {vec.counters.workingset_activate_anon, vec.counters.workingset_activate_file};
    };
    once();
    if (sc.nr_reclaimed == 0 && sc.skipped_deactivate) {
        sc.force_deactivate = true;
        sc.skipped_deactivate = false;
        once();
    }
    return sc.nr_reclaimed;
}

NrPages Reclaim::balance_pgdat(Node& node, Order order, ZoneType highest) const {
    LruVec& vec = m_c.state.lru[static_cast<std::size_t>(node.nid)];
    ScanControl sc;
    sc.kswapd = true;
    sc.order = order;
    sc.reclaim_idx = highest;
    for (sc.priority = def_priority; sc.priority >= 1;) {
        if (node_is_balanced(node, sc.order, highest, m_c.pages.profile)) break;
        if (can_reclaim_anon() && inactive_is_low(vec, false))  // kswapd_age_node()
            FolioShrinker(m_c, sc).shrink_active(vec, LruList::active_anon, swap_cluster_max);
        sc.nr_to_reclaim = 0;
        for (std::size_t z = 0; z <= static_cast<std::size_t>(highest); ++z)
            if (node.zones[z].managed != 0)
                sc.nr_to_reclaim += std::max(wmark_pages(node.zones[z], alloc::wmark_high), swap_cluster_max);
        const NrPages reclaimed = sc.nr_reclaimed, scanned = sc.nr_scanned;
        shrink_node(node.nid, sc);
        if (sc.order && sc.nr_reclaimed >= compact_gap(sc.order)) sc.order = 0;
        const bool enough = sc.nr_scanned - scanned >= sc.nr_to_reclaim;
        if (!enough || sc.nr_reclaimed == reclaimed) --sc.priority;
    }
    vec.refaults = {vec.counters.workingset_activate_anon, vec.counters.workingset_activate_file};
    return sc.nr_reclaimed;
}

NrPages Reclaim::reclaimable(const Zone& zone) const {
    const auto& pages =
        m_c.state.lru[static_cast<std::size_t>(zone.nid)].zone_pages[static_cast<std::size_t>(zone.type)];
    const NrPages files =
        pages[static_cast<std::size_t>(LruList::inactive_file)] + pages[static_cast<std::size_t>(LruList::active_file)];
    const NrPages anons =
        pages[static_cast<std::size_t>(LruList::inactive_anon)] + pages[static_cast<std::size_t>(LruList::active_anon)];
    return files + (can_reclaim_anon() ? anons : 0);
}

void add_pressure(MemoryPressure& pressure, const MmContext& c, const NrPages& totalram) {
    pressure.references = [&c](Pfn p) { return expected_references(c.state, c.columns(), p); };
    pressure.migrate = [&c](PageMove move) { migrate_page(c, move); };
    pressure.split = [&c](Pfn p) { return split_huge_page(c, c.state.folio_of(p)); };
    pressure.reclaim = [&c](const AllocRequest& request) { return Reclaim(c).try_to_free_pages(request); };
    pressure.balance = [&c](Node& node, Order order, ZoneType highest) {
        return Reclaim(c).balance_pgdat(node, order, highest);
    };
    pressure.reclaimable = [&c](const Zone& zone) { return Reclaim(c).reclaimable(zone); };
    pressure.oom = [&c, &totalram](const AllocRequest& request) { return out_of_memory(c, request, totalram); };
}

}  // namespace mm
