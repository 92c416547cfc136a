// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmalloc/vmallocinfo.h"

#include <fmt/format.h>

namespace mm {
namespace {

/// "0x%pK-0x%pK %7ld".
std::string range_text(const VirtRange& r, Bytes pointer) {
    return fmt::format("0x{:0{}x}-0x{:0{}x} {:>7}", r.start, 2 * pointer, r.end, 2 * pointer, r.size());
}

std::string numa_text(const VmArea& area, const Zones& zones) {
    std::map<Nid, NrPages> counters;
    for (const Pfn pfn : area.pages)
        if (const Zone* zone = zones.zone_of(pfn)) ++counters[zone->nid];
    std::string out;
    for (const auto& [nid, pages] : counters)
        out += fmt::format(" N{}={}", nid, pages);
    return out;
}

std::string area_text(const VmArea& area, const Zones& zones, const KernelProfile& profile) {
    std::string out = range_text(area.va.range, profile.long_size);
    if (!area.caller.empty()) out += " " + area.caller;
    const bool counted = area.flags & vm::alloc;  // vmap() keeps no pages but those it may free
    if (counted && !area.pages.empty()) out += fmt::format(" pages={}", area.pages.size());
    if (area.phys != 0)
        out += fmt::format(" phys=0x{:0{}x}", area.phys, profile.long_size == 8 || profile.pae ? 16 : 8);
    if (area.flags & vm::ioremap) out += " ioremap";
    if (area.flags & vm::alloc) out += " vmalloc";
    if (area.flags & vm::map) out += " vmap";
    if (area.array != 0) out += " vpages";
    if (counted && profile.numa) out += numa_text(area, zones);
    return out + "\n";
}

}  // namespace

std::string print_vmallocinfo(const VmallocState& s, const Zones& zones, const KernelProfile& profile) {
    std::string out;
    for (const auto& [start, area] : *s.busy)
        out += area_text(area, zones, profile);
    if (s.busy->empty()) return out;  // the rest is printed behind the last area
    for (const auto& [start, area] : *s.purge)
        out += range_text(area.range, profile.long_size) + " unpurged vm_area\n";
    return out;
}

}  // namespace mm
