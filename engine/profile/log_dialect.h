// SPDX-License-Identifier: GPL-3.0-or-later
// How a kernel words its boot log: lines that say the same in other words, or are not printed, by version. What stands
// in the lines is computed by the rooms; the room that prints a line asks here. Values below are 2.6.32's.
#pragma once

#include <cstdint>

namespace mm {

/// Titles and form of the lines on zone ranges and early memory.
enum class ZoneWords : std::uint8_t {
    active_pfns,  ///< "Zone PFN ranges:", "  DMA      0x00000010 -> 0x00001000", "early_node_map[3] active PFN ranges"
    early_pfns,   ///< the same, but "Early memory PFN ranges"
    mem,          ///< "Zone ranges:", "  DMA      [mem 0x00010000-0x00ffffff]", "Early memory node ranges"
    wide_mem,     ///< with 16 hex digits
};

/// How frames in holes of memory, whose struct pages exist, are reported.
enum class HoleWords : std::uint8_t {
    silent,
    reserved,   ///< "Reserved but unavailable: 100 pages"
    zeroed,     ///< "Zeroed struct page in unavailable ranges: 100 pages"
    zone,       ///< "  DMA zone: 97 pages in unavailable ranges", where zones are initialised
    node_zone,  ///< "On node 0, zone DMA: 97 pages in unavailable ranges"
};

/// "percpu: Embedded 30 pages/cpu @ffff88001fa00000 s92288 ...": where the first chunk is.
enum class PercpuAddress : std::uint8_t {
    plain,
    hidden,  ///< "@(____ptrval____)": %p no longer tells addresses
    none,
};

struct LogDialect {
    bool mem_ranges = false;   ///< "[mem 0x00000000-0x0009fbff]" and not "0000000000000000 - 000000000009fc00"
    bool e820_titles = false;  ///< "e820: BIOS-provided physical RAM map:", "e820: last_pfn = 0x1fffe ..."
    ZoneWords zones = ZoneWords::active_pfns;
    HoleWords holes = HoleWords::silent;
    bool initmem_of_zones = false;     ///< "Initmem setup node" by free_area_init_node() from memory, not by numa.c
    bool bootmem_nodes = true;         ///< "Bootmem setup node 0 ..." in numa.c
    bool node_data_allocated = false;  ///< "NODE_DATA(0) allocated [mem ...]"
    bool zone_sizes = true;            ///< "On node 0 totalpages: 130972", "  DMA zone: 64 pages used for memmap"...
    bool zonelist_order = true;        ///< "Built 1 zonelists in Node order, ..."
    bool hibernation_prefix = false;   ///< "PM: hibernation: Registered nosave memory" and not "PM: Registered ..."
    bool memoryless_nodes = false;     ///< "Initmem setup node 1 as memoryless" and not "[mem 0x0-0x0]"
    bool fallback_order = false;       ///< "Fallback order for Node 0: 0 1"
    bool memory_with_absent = true;    ///< "Memory: 998368k/1048576k available (6566k kernel code, 580k absent, ..."
    bool virtual_layout = false;       ///< i386: "virtual kernel memory layout:" and eight lines
    bool acpi_srat = false;            ///< "ACPI: SRAT: Node 0 ..." and not "SRAT: Node 0 ..."
    bool percpu_module = false;        ///< "percpu: Embedded ..." and not "PERCPU: Embedded ..."
    PercpuAddress percpu_address = PercpuAddress::plain;
    bool deferred_words =
        false;  ///< "node 0 deferred pages initialised in 5ms", not "node 0 initialised, 9 pages in 5ms"
    bool linear_hashes = false;  ///< "Dentry cache hash table entries: 65536 (order: 7, 524288 bytes, linear)"

    friend bool operator==(const LogDialect&, const LogDialect&) = default;
};

}  // namespace mm
