// SPDX-License-Identifier: GPL-3.0-or-later
// What mmsim's --print can print, by name.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "engine/snapshot/hierarchy.h"
#include "engine/snapshot/proc_format.h"
#include "engine/snapshot/process_format.h"
#include "engine/snapshot/reclaim_format.h"

namespace mm {

struct Format {
    const char* name;
    std::string (*print)(const Snapshot&);
};
inline constexpr std::array formats{
    Format{"dmesg", print_dmesg},
    Format{"e820", print_e820},
    Format{"memblock", print_memblock},
    Format{"iomem", print_iomem},
    Format{"pagetables", print_pagetables},
    Format{"zoneinfo", print_zoneinfo},
    Format{"buddyinfo", print_buddyinfo},
    Format{"pagetypeinfo", print_pagetypeinfo},
    Format{"vmstat", print_vmstat},
    Format{"extfrag_index", print_extfrag_index},
    Format{"unusable_index", print_unusable_index},
    Format{"meminfo", print_meminfo},
    Format{"slabinfo", print_slabinfo},
    Format{"vmallocinfo", print_vmallocinfo},
    Format{"pkmap", print_pkmap},
    Format{"hierarchy", print_hierarchy},
    Format{"ps", print_ps},
    Format{"maps", [](const Snapshot& s) { return print_all(s, "maps", print_maps); }},
    Format{"smaps", [](const Snapshot& s) { return print_all(s, "smaps", print_smaps); }},
    Format{"smaps_rollup", [](const Snapshot& s) { return print_all(s, "smaps_rollup", print_smaps_rollup); }},
    Format{"pagemap", [](const Snapshot& s) { return print_all(s, "pagemap", print_pagemap); }},
    Format{"status", [](const Snapshot& s) { return print_all(s, "status", print_status); }},
    Format{"swaps", print_swaps},
    Format{"files", print_files},
    Format{"lru", print_lru},
    Format{"tasks", print_tasks},
    Format{"percpu", print_percpu},
    Format{"layout", print_layout},
    Format{"mtrr", print_mtrr},
    Format{"json", print_json},
};

/// REQUIRES: name is one of formats.
inline const Format& format_named(std::string_view name) {
    return *std::find_if(formats.begin(), formats.end(), [name](const Format& f) { return f.name == name; });
}

}  // namespace mm
