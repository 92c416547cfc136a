// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/snapshot/mm_counters.h"

namespace mm {
namespace {

struct NodeName {
    std::string_view name;
    NrPages NodeCounters::*value;
};
constexpr std::array node_names{
    NodeName{"nr_anon_pages", &NodeCounters::nr_anon_mapped},
    NodeName{"nr_mapped", &NodeCounters::nr_file_mapped},
    NodeName{"nr_file_pages", &NodeCounters::nr_file_pages},
    NodeName{"nr_dirty", &NodeCounters::nr_file_dirty},
    NodeName{"nr_page_table_pages", &NodeCounters::nr_pagetable},
    NodeName{"nr_anon_transparent_hugepages", &NodeCounters::nr_anon_thps},
    NodeName{"nr_swapcached", &NodeCounters::nr_swapcache},
    NodeName{"workingset_refault_anon", &NodeCounters::workingset_refault_anon},
    NodeName{"workingset_refault_file", &NodeCounters::workingset_refault_file},
    NodeName{"workingset_activate_anon", &NodeCounters::workingset_activate_anon},
    NodeName{"workingset_activate_file", &NodeCounters::workingset_activate_file},
    NodeName{"workingset_restore_anon", &NodeCounters::workingset_restore_anon},
    NodeName{"workingset_restore_file", &NodeCounters::workingset_restore_file},
    NodeName{"workingset_nodes", &NodeCounters::workingset_nodes},
    NodeName{"workingset_nodereclaim", &NodeCounters::workingset_nodereclaim},
};

struct ZoneName {
    std::string_view name;
    NrPages ZonePageCounters::*value;
};
constexpr std::array zone_names{ZoneName{"nr_mlock", &ZonePageCounters::nr_mlock},
                                ZoneName{"nr_zone_write_pending", &ZonePageCounters::nr_write_pending}};

struct EventName {
    std::string_view name;
    std::uint64_t MmEvents::*value;
};
constexpr std::array event_names{
    EventName{"pgfault", &MmEvents::pgfault},
    EventName{"pgmajfault", &MmEvents::pgmajfault},
    EventName{"pgactivate", &MmEvents::pgactivate},
    EventName{"pgdeactivate", &MmEvents::pgdeactivate},
    EventName{"pgrefill", &MmEvents::pgrefill},
    EventName{"pgreuse", &MmEvents::pgreuse},
    EventName{"pgscan_kswapd", &MmEvents::pgscan_kswapd},
    EventName{"pgscan_direct", &MmEvents::pgscan_direct},
    EventName{"pgscan_anon", &MmEvents::pgscan_anon},
    EventName{"pgscan_file", &MmEvents::pgscan_file},
    EventName{"pgsteal_anon", &MmEvents::pgsteal_anon},
    EventName{"pgsteal_file", &MmEvents::pgsteal_file},
    EventName{"pgpgin", &MmEvents::pgpgin_kib},
    EventName{"pgpgout", &MmEvents::pgpgout_kib},
    EventName{"pswpin", &MmEvents::pswpin},
    EventName{"pswpout", &MmEvents::pswpout},
    EventName{"drop_pagecache", &MmEvents::drop_pagecache},
    EventName{"drop_slab", &MmEvents::drop_slab},
    EventName{"slabs_scanned", &MmEvents::slabs_scanned},
    EventName{"pginodesteal", &MmEvents::pginodesteal},
    EventName{"kswapd_inodesteal", &MmEvents::kswapd_inodesteal},
    EventName{"unevictable_pgs_mlocked", &MmEvents::unevictable_mlocked},
    EventName{"unevictable_pgs_munlocked", &MmEvents::unevictable_munlocked},
    EventName{"thp_fault_alloc", &MmEvents::thp_fault_alloc},
    EventName{"thp_fault_fallback", &MmEvents::thp_fault_fallback},
    EventName{"thp_split_pmd", &MmEvents::thp_split_pmd},
    EventName{"thp_split_page", &MmEvents::thp_split_page},
    EventName{"thp_split_page_failed", &MmEvents::thp_split_page_failed},
    EventName{"thp_deferred_split_page", &MmEvents::thp_deferred_split_page},
    EventName{"thp_zero_page_alloc", &MmEvents::thp_zero_page_alloc},
    EventName{"thp_zero_page_alloc_failed", &MmEvents::thp_zero_page_alloc_failed},
    EventName{"thp_swpout_fallback", &MmEvents::thp_swpout_fallback},
};

/// "nr_inactive_anon" behind the prefix, or none.
std::optional<LruList> list_named(std::string_view name, std::string_view prefix) {
    if (!name.starts_with(prefix)) return std::nullopt;
    for (unsigned l = 0; l < nr_lru_lists; ++l)
        if (name.substr(prefix.size()) == name_of(static_cast<LruList>(l))) return static_cast<LruList>(l);
    return std::nullopt;
}

}  // namespace

std::uint64_t node_stat(const LruVec& vec, std::string_view name) {
    if (const auto list = list_named(name, "nr_")) return vec.pages(*list);
    for (const NodeName& n : node_names)
        if (n.name == name) return vec.counters.*n.value;
    return 0;
}

std::uint64_t node_stat(const MmState& state, std::string_view name) {
    std::uint64_t sum = 0;
    for (const LruVec& vec : state.lru)
        sum += node_stat(vec, name);
    return sum;
}

std::uint64_t zone_stat(const LruVec& vec, ZoneType zone, std::string_view name) {
    const auto z = static_cast<std::size_t>(zone);
    for (const ZoneName& n : zone_names)
        if (n.name == name) return vec.zone_counters[z].*n.value;
    const auto list = list_named(name, "nr_zone_");
    return list ? vec.zone_pages[z][static_cast<std::size_t>(*list)] : 0;
}

std::uint64_t zone_stat(const MmState& state, std::string_view name) {
    std::uint64_t sum = 0;
    for (const LruVec& vec : state.lru)
        for (std::size_t z = 0; z < nr_zone_types; ++z)
            sum += zone_stat(vec, static_cast<ZoneType>(z), name);
    return sum;
}

std::uint64_t mm_event(const MmEvents& events, std::string_view name) {
    for (const EventName& e : event_names)
        if (e.name == name) return events.*e.value;
    return 0;
}

}  // namespace mm
