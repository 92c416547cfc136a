// SPDX-License-Identifier: GPL-3.0-or-later
// Everything about one page frame: section, node, zone, pageblock, state, flags, and where its struct page lies under
// each memory model. For "mmsim pfn" and the window's inspector.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "engine/mmzone/memory_model.h"
#include "engine/snapshot/snapshot.h"

namespace mm {

/// A frame's struct page under one model.
struct StructPageAt {
    MemoryModel model{};
    bool used = false;            ///< the machine's own model
    std::string base;             ///< what is counted from: "vmemmap", "mem_section[2]", "NODE_DATA(0)->node_mem_map"
    std::optional<Bytes> offset;  ///< from the base; none: no struct page
    std::optional<VirtAddr> address;  ///< none where only a kernel of another model would have placed the array
};

struct PfnReport {
    Pfn pfn = 0;
    PageRecord page;
    std::optional<Section> section;
    std::optional<ZoneRef> zone;
    bool is_memory = false;  ///< else a hole, or beyond the memory's end
    MigrateType pageblock{};
    std::optional<Pfn> free_block;  ///< head of the free block it lies in
    unsigned free_order = 0;
    std::uint64_t flags_word = 0;  ///< page->flags with zone and node; 0 where not modelled (32 bit)
    std::array<StructPageAt, nr_memory_models> struct_pages;
};

std::string_view words_of(PageState state);  ///< "reserved: never given to the buddy"
PfnReport pfn_report(const Snapshot& s, Pfn pfn);
std::string print_pfn(const PfnReport& report, const Snapshot& s);

/// "0x1000" or "4096" is a frame, "phys:0x1000000" an address in it. Error: what it is not, or that memory ends before.
Outcome<Pfn> parse_pfn(const Snapshot& s, std::string_view text);

}  // namespace mm
