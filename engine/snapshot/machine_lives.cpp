// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/snapshot/machine_lives.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/snapshot/describe.h"

namespace mm {
namespace {

Pfn pfn_of(const Event& e) {
    return pfn_down(e.touched.start);
}

BlockEvent block_event(Position at, const Event& e, BlockEventKind kind) {
    const auto type = static_cast<MigrateType>(e.migratetype < nr_migratetypes ? e.migratetype : 0);
    const Order order = e.order == 0xff ? 0 : e.order;
    return {at, kind, pfn_of(e), order, order, type, type};
}

}  // namespace

void MachineLives::update(const History& history) {
    for (; m_read < history.size(); ++m_read)
        read(m_read, history.event(m_read).event);
    flush();
}

void MachineLives::cut(Position event) {
    if (event >= m_read) return;
    m_index.cut(event);
    m_places.erase(std::lower_bound(m_places.begin(), m_places.end(), event), m_places.end());
    m_cut_from.reset();
    m_read = event;
}

/// The list the block went to is known once no merge follows.
void MachineLives::flush() {
    if (m_freeing) m_index.enter(*m_freeing);
    m_freeing.reset();
}

void MachineLives::hold(Position at, const Event& e, BlockEventKind kind) {
    m_freeing = block_event(at, e, kind);
}

void MachineLives::enter(Position at, const Event& e, BlockEventKind kind, unsigned other) {
    BlockEvent block = block_event(at, e, kind);
    block.other = std::max(block.order, other);
    m_index.enter(block);
}

void MachineLives::read(Position at, const Event& e) {
    if (e.kind == EventKind::merge) {
        if (m_freeing) m_freeing->other = static_cast<Order>(e.a);
        return;
    }
    flush();
    switch (e.kind) {
        case EventKind::expand:
            m_cut_from = block_event(at, e, BlockEventKind::left_lists);
            m_cut_from->other = static_cast<Order>(e.a);
            return;
        case EventKind::mm_page_alloc_zone_locked:
            enter(at, e, e.b ? BlockEventKind::refilled : BlockEventKind::left_lists,
                  m_cut_from ? m_cut_from->other : 0);
            m_cut_from.reset();
            return;
        case EventKind::mm_page_alloc:
            return enter(at, e, BlockEventKind::handed_out);
        case EventKind::mm_page_free:
            enter(at, e, BlockEventKind::freed);
            return hold(at, e, e.b ? BlockEventKind::to_cpu_list : BlockEventKind::to_free_lists);
        case EventKind::mm_page_pcpu_drain:
            return hold(at, e, BlockEventKind::drained);
        case EventKind::split_page:
            return enter(at, e, BlockEventKind::split_up);
        case EventKind::mm_page_alloc_extfrag: {
            BlockEvent stolen = block_event(at, e, BlockEventKind::stolen);
            stolen.order = stolen.other = static_cast<Order>(e.a);
            stolen.type = static_cast<MigrateType>(e.b >> 8);
            return m_index.enter(stolen);
        }
        case EventKind::set_pageblock_migratetype: {
            BlockEvent retyped = block_event(at, e, BlockEventKind::retyped);
            for (NrPages n = pfn_down(e.touched.size()); n > 1; n /= 2)
                ++retyped.order;
            retyped.type = static_cast<MigrateType>(e.a);
            return m_index.enter(retyped);
        }
        case EventKind::mm_migrate_pages: {
            BlockEvent moved{at, BlockEventKind::moved_away, e.a, 0, 0, MigrateType::movable, {}};
            m_index.enter(moved);
            moved.kind = BlockEventKind::moved_here;
            moved.pfn = pfn_of(e);
            return m_index.enter(moved);
        }
        default:
            if (!e.touched.empty()) m_places.push_back(at);
    }
}

Biography MachineLives::biography(Pfn pfn, const Snapshot& now, const Moments& moments) const {
    Biography life{pfn_report(now, pfn), true, {}};
    for (const Position at : m_places) {
        const RecordedEvent recorded = now.history.event(at);
        if (!recorded.event.touched.contains(phys_of(pfn))) continue;
        life.lines.push_back({at, moments(at), name_of(recorded.event.kind), "itself", describe(recorded)});
    }
    for (Biography::Line& line : lines_of(m_index, pfn, moments)) {
        const Event& e = now.history.event(line.event).event;
        if (e.kind == EventKind::mm_migrate_pages)
            line.text += line.kind == name_of(BlockEventKind::moved_away) ? fmt::format(" to {}", pfn_of(e))
                                                                          : fmt::format(" from {}", e.a);
        life.lines.push_back(std::move(line));
    }
    std::stable_sort(life.lines.begin(), life.lines.end(),
                     [](const Biography::Line& a, const Biography::Line& b) { return a.event < b.event; });
    return life;
}

}  // namespace mm
