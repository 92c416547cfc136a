// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/bench/big_map.h"

#include <set>

#include "engine/types/rng.h"

namespace mm::gui {
namespace {

constexpr Pfn dmaEnd = 4096, dma32End = Pfn{1} << 20;
constexpr unsigned wholeOrder = 10;

Zones zonesOf(NrPages frames) {
    Zones zones;
    Node node;
    node.nid = 0;
    for (unsigned i = 0; i < nr_zone_types; ++i)
        node.zones[i].type = static_cast<ZoneType>(i);
    const auto add = [&](ZoneType type, PfnRange span) {
        if (span.empty()) return;
        Zone& zone = node.zones[static_cast<std::size_t>(type)];
        zone.nid = 0;
        zone.start_pfn = span.start;
        zone.spanned = zone.present = zone.managed = span.size();
        zones.memory.push_back({span, {0, type}});
    };
    add(ZoneType::dma, {0, dmaEnd});
    add(ZoneType::dma32, {dmaEnd, dma32End});
    add(ZoneType::normal, {dma32End, frames});
    zones.nodes.push_back(node);
    zones.pageblock_type.assign(frames / pageblock_pages, static_cast<std::uint8_t>(MigrateType::movable));
    return zones;
}

std::set<Pfn> someBlocks(NrPages frames, unsigned count) {
    Rng rng(28);
    std::set<Pfn> out;
    while (out.size() < count)
        out.insert(rng.below(frames / pageblock_pages) * pageblock_pages);
    return out;
}

}  // namespace

std::array<SnapshotPtr, 2> twoMoments(NrPages frames, unsigned changed) {
    const std::uint8_t used = state_byte(PageState::allocated, MigrateType::movable);
    PageColumns columns(frames);
    for (Pfn pfn = 0; pfn < frames; pfn += Pfn{1} << wholeOrder) {
        columns.set_state(pfn, Pfn{1} << wholeOrder, used);
        columns.set_order(pfn, wholeOrder);
    }
    const std::set<Pfn> blocks = someBlocks(frames, changed);
    for (const Pfn first : blocks) {
        const Pfn head = align_down(first, Pfn{1} << wholeOrder);
        for (Pfn pfn = head; pfn < head + (Pfn{1} << wholeOrder); ++pfn)
            columns.set_order(pfn, 0);
    }
    auto before = std::make_shared<Snapshot>();
    before->booted = true;
    before->state.memblock.add(0, phys_of(frames));
    before->state.zones = zonesOf(frames);
    auto after = std::make_shared<Snapshot>(*before);
    before->pages = columns.freeze();
    Rng rng(4);
    for (const Pfn first : blocks) {
        const Pfn pfn = first + rng.below(pageblock_pages);
        columns.set_state(pfn, 1, state_byte(PageState::free));
        columns.set_head(pfn, head_byte(0, MigrateType::movable));
    }
    after->pages = columns.freeze();
    return {std::move(before), std::move(after)};
}

}  // namespace mm::gui
