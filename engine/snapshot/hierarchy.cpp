// SPDX-License-Identifier: GPL-3.0-or-later
// What all owners share: page allocator, memblock, zones, frame; and the words.
#include "engine/snapshot/hierarchy.h"

#include <algorithm>

#include "engine/snapshot/describe.h"
#include "engine/snapshot/frame_block.h"
#include "engine/snapshot/hierarchy_owners.h"
#include "engine/snapshot/pfn_report.h"
#include "engine/snapshot/put.h"

namespace mm {
namespace {

constexpr unsigned allocator_layer = 5, zone_layer = 6, frame_layer = 7;

std::string zone_id(const Zone& zone) {
    std::string out;
    put(out, "zone {} {}", zone.nid, name_of(zone.type));
    return out;
}

void add_shared(const Snapshot& s, HierarchyMaker& out) {
    const Zones& zones = s.state.zones;
    std::string words;
    put(words, "{} free, {} of it on CPUs' lists",
        size_text((zones.sum(&Zone::free_pages) + pages_on_cpu_lists(s)) * page_size),
        size_text(pages_on_cpu_lists(s) * page_size));
    out.box({"page_allocator", "page allocator", words, "mm/page_alloc.c", allocator_layer, no_lane, {}});
    NrPages frames = 0;
    for (const Node& node : zones.nodes)
        for (const Zone& zone : node.zones) {
            if (zone.present == 0) continue;
            words.clear();
            put(words, "{} present, {} free", size_text(zone.present * page_size),
                size_text(zone.free_pages * page_size));
            std::string title = "ZONE_";
            for (const char c : name_of(zone.type))
                title += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
            if (zones.nodes.size() > 1) put(title, ", node {}", zone.nid);
            out.box({zone_id(zone), title, words, "struct zone", zone_layer, no_lane, ZoneRef{zone.nid, zone.type}});
            out.edge("page_allocator", zone_id(zone));
            out.edge(zone_id(zone), "frame");
            frames += zone.present;
        }
    words.clear();
    put(words, "{} frames of 4 KiB", frames);
    out.box({"frame", "page frame", words, "struct page", frame_layer, no_lane, {}});
}

/// From the zone on; what the block is says the page allocator, if the frame is its.
std::vector<PathStep> shared_path(const Snapshot& s, Pfn pfn) {
    std::vector<PathStep> path;
    std::string words;
    const PageRecord page = s.pages.at(pfn);
    const PageState state = state_of(page.state);
    const auto block = block_of_frame(s.pages, pfn);
    if (block) {
        const char* const how = state == PageState::pcp ? "free, on a CPU's list" : block->free ? "free" : "in use";
        put(words, "{}: block of order {} at pfn {:#x}, {} {}", how, block->order, block->head,
            block->free ? "free list" : "asked for as", name_of(block->type));
        path.push_back({"page_allocator", std::exchange(words, {})});
    }
    if (const Zone* zone = s.state.zones.zone_of(pfn)) {
        put(words, "{} of node {}", name_of(zone->type), zone->nid);
        if (pfn / pageblock_pages < s.state.zones.pageblock_type.size())
            put(words, ", in a pageblock that is {}", name_of(s.state.zones.pageblock(pfn)));
        path.push_back({zone_id(*zone), std::exchange(words, {})});
    }
    put(words, "pfn {:#x}, physical address {:#x}: {}", pfn, phys_of(pfn), words_of(state));
    path.push_back({"frame", words});
    return path;
}

}  // namespace

NrPages pages_on_cpu_lists(const Snapshot& s) {
    NrPages sum = 0;
    for (const Node& node : s.state.zones.nodes)
        for (const Zone& zone : node.zones)
            for (const PerCpuPages& cpu : zone.pcp)
                sum += cpu.count;
    return sum;
}

std::optional<std::size_t> Hierarchy::find(std::string_view id) const {
    const auto at = std::find_if(boxes.begin(), boxes.end(), [id](const HierarchyBox& b) { return b.id == id; });
    return at == boxes.end() ? std::nullopt : std::optional(static_cast<std::size_t>(at - boxes.begin()));
}

Hierarchy allocation_hierarchy(const Snapshot& s) {
    Hierarchy hierarchy;
    if (s.pages.end_pfn() == 0) return hierarchy;
    HierarchyMaker maker{hierarchy, {}};
    for (const Owner& owner : owners())
        owner.add(s, hierarchy.lanes++, maker);
    add_shared(s, maker);
    for (const auto& [from, to] : maker.edges)
        if (const auto a = hierarchy.find(from), b = hierarchy.find(to); a && b) hierarchy.edges.push_back({*a, *b});
    hierarchy.layers = frame_layer + 1;
    return hierarchy;
}

std::vector<PathStep> allocation_path(const Snapshot& s, const AskedFrame& asked) {
    if (asked.pfn >= s.pages.end_pfn()) return {};
    std::vector<PathStep> path;
    for (const Owner& owner : owners())
        if (path = owner.path(s, asked); !path.empty()) break;
    for (PathStep& step : shared_path(s, asked.pfn))
        path.push_back(std::move(step));
    return path;
}

std::string print_path(const std::vector<PathStep>& path, unsigned indent) {
    std::string out;
    for (const PathStep& step : path)
        put(out, "{}{:<18} {}\n", std::string(indent, ' '), step.box, step.words);
    return out;
}

std::string print_hierarchy(const Snapshot& s) {
    const Hierarchy h = allocation_hierarchy(s);
    if (h.boxes.empty()) return "no struct pages yet: nobody has allocated a page\n";
    std::string out;
    for (const HierarchyBox& box : h.boxes) {
        std::string asks;
        for (const HierarchyEdge& edge : h.edges)
            if (h.boxes[edge.from].id == box.id) put(asks, "{}{}", asks.empty() ? "" : ", ", h.boxes[edge.to].id);
        put(out, "{}{:<{}} {}{}{}\n", std::string(2 * box.layer, ' '), box.title, 34 - 2 * box.layer, box.words,
            asks.empty() ? "" : "  -> ", asks);
    }
    out += '\n';
    NrPages sum = s.state.zones.sum(&Zone::free_pages) + pages_on_cpu_lists(s);
    put(out, "{:<16} {:>12} pages\n", "free", sum);
    for (const Owner& owner : owners()) {
        const NrPages pages = owner.pages(s);
        sum += pages;
        put(out, "{:<16} {:>12} pages\n", owner.name, pages);
    }
    put(out, "{:<16} {:>12} pages of {} present\n", "all", sum, s.state.zones.sum(&Zone::present));
    return out;
}

}  // namespace mm
