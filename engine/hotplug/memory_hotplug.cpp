// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/hotplug/memory_hotplug.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/mmzone/init.h"

namespace mm {
namespace {

Error no_such(unsigned block, PfnRange frames, std::string_view why) {
    return Error{fmt::format("memory block {}, frames {:#x} to {:#x}: {}", block, frames.start, frames.end, why)};
}

void tell_block(const Tracer& trace, EventKind kind, PfnRange frames, std::string_view words) {
    Event e;
    e.kind = kind;
    e.touched = phys_of(frames);
    trace.event(e, words);
}

bool intersects(const Zone& zone, PfnRange frames) {
    return zone.spanned != 0 && zone.span().start < frames.end && frames.start < zone.span().end;
}

}  // namespace

/// MIN_MEMORY_BLOCK_SIZE: a section.
PfnRange MemoryHotplug::frames_of(unsigned block) const {
    const Pfn size = Pfn{1} << (m_allocator.state().profile.section_size_bits - page_shift);
    return {block * size, (block + Pfn{1}) * size};
}

/// The block's frames are, or are no longer, among the zones' memory.
void MemoryHotplug::change_memory(const ZoneFrames& block, bool add) {
    std::vector<ZoneFrames>& memory = m_allocator.state().zones.memory;
    std::vector<ZoneFrames> out;
    for (const ZoneFrames& part : memory) {
        const PfnRange before{part.frames.start, std::min(part.frames.end, block.frames.start)};
        const PfnRange behind{std::max(part.frames.start, block.frames.end), part.frames.end};
        for (const PfnRange left : {before, behind})
            if (left.start < left.end) out.push_back({left, part.zone});
    }
    if (add) out.push_back(block);
    std::sort(out.begin(), out.end(),
              [](const ZoneFrames& a, const ZoneFrames& b) { return a.frames.start < b.frames.start; });
    memory.clear();
    for (const ZoneFrames& part : out)
        if (!memory.empty() && memory.back().zone == part.zone && memory.back().frames.end == part.frames.start)
            memory.back().frames.end = part.frames.end;
        else
            memory.push_back(part);
}

/// shrink_zone_span(), resize_zone_range() and the same of the node: from the first frame of memory to the last.
void MemoryHotplug::set_span(Zone& zone, Node& node) const {
    PfnRange of_zone{no_pfn, 0}, of_node{no_pfn, 0};
    const auto add = [](PfnRange& span, PfnRange frames) {
        span = {std::min(span.start, frames.start), std::max(span.end, frames.end)};
    };
    for (const ZoneFrames& part : m_allocator.state().zones.memory) {
        if (part.zone.nid != node.nid) continue;
        add(of_node, part.frames);
        if (part.zone.type == zone.type) add(of_zone, part.frames);
    }
    const auto size = [](PfnRange span) { return span.start < span.end ? span.size() : 0; };
    zone.start_pfn = size(of_zone) ? of_zone.start : 0, zone.spanned = size(of_zone);
    node.start_pfn = size(of_node) ? of_node.start : 0, node.spanned = size(of_node);
}

/// Counts, spans, zonelists where a zone has come or gone, and what follows from how much memory there is.
void MemoryHotplug::set_sizes(const ZoneFrames& block, bool add) {
    const AllocState& state = m_allocator.state();
    Zone& zone = *state.zones.zone(block.zone.nid, block.zone.type);
    Node& node = *state.zones.node(block.zone.nid);
    const NrPages n = add ? block.frames.size() : -block.frames.size();
    const bool was_populated = zone.populated();
    zone.present += n;
    node.present += n;
    m_machine.totalram_pages += n;
    set_span(zone, node);
    if (zone.populated() != was_populated) {
        if (was_populated) zone.pcp.clear();  // zone_pcp_reset()
        build_all_zonelists(state.zones, state.profile, m_machine.distance, {}, m_trace);
    }
    const auto since_boot = static_cast<NrPages>(pages_since_boot(m_machine.state));
    const NrPages at_boot = m_machine.totalram_pages - since_boot;
    init_per_zone_wmark_min(state.zones, state.profile, m_trace);
    if (m_machine.khugepaged) set_recommended_min_free_kbytes(state.zones, state.profile, at_boot, m_trace);
}

Outcome<bool> MemoryHotplug::offline(unsigned block) {
    const AllocState& state = m_allocator.state();
    const PfnRange frames = frames_of(block);
    const ZoneFrames* memory = state.zones.frames_of(frames.start);
    if (!memory) return no_such(block, frames, "there is no memory, or it is offline");
    if (memory->frames.end < frames.end) return no_such(block, frames, "it has a hole, or is of two zones");
    const ZoneFrames gone{frames, memory->zone};
    if (!m_contig.isolate(frames, MigrateType::movable)) return false;
    m_allocator.drain_zone_of(frames.start, m_trace);
    if (!m_contig.migrate_away(frames) || !m_contig.is_free(frames)) {
        m_contig.undo_isolate(frames, MigrateType::movable);
        return false;
    }
    m_contig.remove_free(frames);  // __offline_isolated_pages()
    Zone& zone = *state.zones.zone(gone.zone.nid, gone.zone.type);
    zone.managed -= frames.size();
    zone.nr_isolate_pageblock -= static_cast<unsigned>(frames.size() / state.zones.pageblock_nr_pages());
    m_machine.state.offline.push_back(gone);
    change_memory(gone, false);
    set_sizes(gone, false);
    tell_block(m_trace, EventKind::offline_pages, frames, fmt::format("memory block {} has left", block));
    return true;
}

/// zone_for_pfn_range(), default_zone_for_pfn(): one that spans the frames already, else Normal. So the last block of
/// DMA32 comes back to Normal once the zone has become smaller.
ZoneType MemoryHotplug::zone_for(PfnRange frames, Nid nid, BlockState how) const {
    const Node& node = *m_allocator.state().zones.node(nid);
    if (how == BlockState::online_movable) return ZoneType::movable;
    ZoneType kernel = ZoneType::normal;
    for (const ZoneType type : {ZoneType::dma32, ZoneType::dma})
        if (intersects(node.zones[static_cast<std::size_t>(type)], frames)) kernel = type;
    if (how == BlockState::online_kernel) return kernel;
    const bool in_kernel = intersects(node.zones[static_cast<std::size_t>(kernel)], frames);
    const bool in_movable = intersects(node.zones[static_cast<std::size_t>(ZoneType::movable)], frames);
    if (in_kernel != in_movable) return in_kernel ? kernel : ZoneType::movable;
    return m_machine.movable_node ? ZoneType::movable : kernel;
}

/// setup_zone_pageset(): a zone that had no memory gets lists for each CPU.
void MemoryHotplug::setup_pageset(Zone& zone) const {
    std::size_t cpus = 0;
    for (const Node& node : m_allocator.state().zones.nodes)
        for (const Zone& other : node.zones)
            cpus = std::max(cpus, other.pcp.size());
    zone.pcp.assign(cpus, {});
}

Outcome<Done> MemoryHotplug::online(unsigned block, BlockState how) {
    const AllocState& state = m_allocator.state();
    const PfnRange frames = frames_of(block);
    auto& offline = m_machine.state.offline;
    const auto found =
        std::find_if(offline.begin(), offline.end(), [&](const ZoneFrames& gone) { return gone.frames == frames; });
    if (found == offline.end()) return no_such(block, frames, "it is not offline");
    const Nid nid = found->zone.nid;
    const ZoneFrames back{frames, {nid, zone_for(frames, nid, how)}};
    offline.erase(found);
    change_memory(back, true);
    Zone& zone = *state.zones.zone(back.zone.nid, back.zone.type);
    if (!zone.populated()) setup_pageset(zone);
    for (Pfn p = frames.start; p < frames.end; p += state.zones.pageblock_nr_pages())
        state.zones.set_pageblock(p, MigrateType::isolate);  // memmap_init_range()
    zone.nr_isolate_pageblock += static_cast<unsigned>(frames.size() / state.zones.pageblock_nr_pages());
    const Order order = state.profile.max_order - 1;
    for (Pfn p = frames.start; p < frames.end; p += Pfn{1} << order)  // online_pages_range()
        m_allocator.free_pages_core(p, order, m_trace);
    set_sizes(back, true);
    m_contig.undo_isolate(frames, MigrateType::movable);
    tell_block(m_trace, EventKind::online_pages, frames,
               fmt::format("memory block {} is in use, in zone {}", block, name_of(back.zone.type)));
    return Done{};
}

}  // namespace mm
