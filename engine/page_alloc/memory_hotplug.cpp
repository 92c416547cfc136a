// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/page_alloc/memory_hotplug.h"

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
    if (zone.populated() != was_populated)
        build_all_zonelists(state.zones, state.profile, m_machine.distance, {}, m_trace);
    NrPages at_boot = m_machine.totalram_pages;
    for (const ZoneFrames& gone : m_machine.state.offline)
        at_boot += gone.frames.size();
    init_per_zone_wmark_min(state.zones, state.profile, m_trace);
    set_recommended_min_free_kbytes(state.zones, state.profile, at_boot, m_trace);  // khugepaged runs since boot
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

Outcome<Done> MemoryHotplug::online(unsigned block) {
    const AllocState& state = m_allocator.state();
    const PfnRange frames = frames_of(block);
    auto& offline = m_machine.state.offline;
    const auto found =
        std::find_if(offline.begin(), offline.end(), [&](const ZoneFrames& gone) { return gone.frames == frames; });
    if (found == offline.end()) return no_such(block, frames, "it is not offline");
    const ZoneFrames back = *found;
    offline.erase(found);
    change_memory(back, true);
    Zone& zone = *state.zones.zone(back.zone.nid, back.zone.type);
    zone.nr_isolate_pageblock += static_cast<unsigned>(frames.size() / state.zones.pageblock_nr_pages());
    const Order order = state.profile.max_order - 1;
    for (Pfn p = frames.start; p < frames.end; p += Pfn{1} << order)  // online_pages_range()
        m_allocator.free_pages_core(p, order, m_trace);
    set_sizes(back, true);
    m_contig.undo_isolate(frames, MigrateType::movable);
    tell_block(m_trace, EventKind::online_pages, frames, fmt::format("memory block {} has come back", block));
    return Done{};
}

}  // namespace mm
