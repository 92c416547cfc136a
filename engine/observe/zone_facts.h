// SPDX-License-Identifier: GPL-3.0-or-later
// What /proc/zoneinfo says of each zone's size and watermarks, and who in the kernel computes it. The counters that
// change from second to second are left out. Follows mm/vmstat.c (zoneinfo_show_print), Linux 6.1.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace mm {

struct ZoneField {
    std::string_view name;      ///< "managed"
    std::string_view label;     ///< what stands before the value: "managed  "
    std::string_view function;  ///< the kernel's function that sets it
};
inline constexpr std::array zone_fields{
    ZoneField{"min", "min ", "__setup_per_zone_wmarks"},
    ZoneField{"low", "low ", "__setup_per_zone_wmarks"},
    ZoneField{"high", "high ", "__setup_per_zone_wmarks"},
    ZoneField{"spanned", "spanned ", "calculate_node_totalpages"},
    ZoneField{"present", "present ", "calculate_node_totalpages"},
    ZoneField{"managed", "managed ", "memblock_free_all"},
    ZoneField{"protection", "protection: ", "setup_per_zone_lowmem_reserve"},
    ZoneField{"pcp high", "high: ", "zone_set_pageset_high_and_batch"},
    ZoneField{"pcp batch", "batch: ", "zone_set_pageset_high_and_batch"},
    ZoneField{"start_pfn", "start_pfn: ", "calculate_node_totalpages"},
};

struct ZoneFact {
    std::string zone;   ///< "0/DMA32"
    std::string field;  ///< one of zone_fields; the pcp ones once a CPU
    std::string value;  ///< as printed: "3840", "(0, 449, 449)"
    friend bool operator==(const ZoneFact&, const ZoneFact&) = default;
};

/// In the order of the text. Text that is no zoneinfo has no facts.
std::vector<ZoneFact> zone_facts(std::string_view zoneinfo);

/// "" for an unknown field.
std::string_view function_of_zone_field(std::string_view field);

}  // namespace mm
