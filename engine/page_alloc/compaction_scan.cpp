// SPDX-License-Identifier: GPL-3.0-or-later
// The two scanners of compaction, and the move.
#include "engine/page_alloc/alloc_events.h"
#include "engine/page_alloc/compaction_control.h"
#include "engine/page_alloc/page_allocator.h"

namespace mm {
namespace {

constexpr std::size_t cluster_max = 32;  ///< COMPACT_CLUSTER_MAX

}  // namespace

bool Compaction::is_movable(Pfn pfn) const {
    const PageColumns& pages = m_state.pages;
    if (pages.state(pfn) != state_byte(PageState::allocated, MigrateType::movable) || pages.order(pfn) != 0)
        return false;
    const MemoryPressure* owners = m_hooks.owners;
    const auto known = owners && owners->references ? owners->references(pfn) : std::nullopt;
    return pages.refcount(pfn) == known.value_or(1);
}

/// suitable_migration_source(): the first, cheap attempt stays in pageblocks of its own type.
bool Compaction::is_migrate_source(const Control& c, Pfn pfn) const {
    if (!c.async) return true;
    const MigrateType mt = m_state.zones.pageblock(pfn);
    if (c.migratetype == MigrateType::movable) return mt == MigrateType::movable || mt == MigrateType::cma;
    return mt == c.migratetype;
}

/// suitable_migration_target().
bool Compaction::is_migrate_target(const Control& c, Pfn pfn) const {
    const PageColumns& pages = m_state.pages;
    if (pages.free_head(pfn) && pages.order(pfn) >= m_state.profile.pageblock_order) return false;
    if (c.ignore_block_suitable) return true;
    const MigrateType mt = m_state.zones.pageblock(pfn);
    return mt == MigrateType::movable || mt == MigrateType::cma;
}

void Compaction::isolate_migratepages(Control& c) {
    const NrPages block = m_state.zones.pageblock_nr_pages();
    c.sources.clear();
    for (Pfn end = align_down(c.migrate_pfn, block) + block; end <= c.free_pfn; end += block) {
        const ZoneFrames* frames = m_state.zones.frames_of(c.migrate_pfn);
        const bool here = frames && frames->zone == ZoneRef{c.zone.nid, c.zone.type};
        if (here && is_migrate_source(c, c.migrate_pfn)) {
            const bool whole = isolate_block(c, std::min(end, frames->frames.end));
            if (whole && (c.sources.empty() || c.rescan))
                c.zone.compact.migrate_pfn = std::max(c.zone.compact.migrate_pfn, end);
            return;
        }
        c.migrate_pfn = end;
        if (here) c.zone.compact.migrate_pfn = std::max(c.zone.compact.migrate_pfn, end);
    }
    // The next pageblock is the free scanner's.
    if (align_down(c.migrate_pfn, block) + block > c.free_pfn)
        c.migrate_pfn = std::max(c.migrate_pfn, align_down(c.free_pfn, block));
}

/// isolate_migratepages_block(): true if the pageblock was scanned to its end. The first attempt gives up a block of
/// the order as soon as a page in it cannot be moved.
bool Compaction::isolate_block(Control& c, Pfn end) {
    const PageColumns& pages = m_state.pages;
    const Pfn size = Pfn{1} << c.order;
    Pfn pfn = c.migrate_pfn, next_skip = align_down(pfn, size) + size;
    for (; pfn < end; ++pfn) {
        if (c.async && pfn >= next_skip) {
            if (!c.sources.empty()) break;
            next_skip = align_down(pfn, size) + size;
        }
        ++c.migrate_scanned;
        if (pages.free_head(pfn)) {
            pfn += (Pfn{1} << pages.order(pfn)) - 1;
            continue;
        }
        if (is_movable(pfn)) {
            c.sources.push_back(pfn);
            if (c.sources.size() < cluster_max || c.rescan) continue;
            ++pfn;
            break;
        }
        if (const CompoundPage compound = compound_page_of(pages, pfn); compound.head == pfn)
            pfn += (Pfn{1} << compound.order) - 1;
        if (!c.async) continue;
        c.sources.clear();
        if (pfn < next_skip) pfn = next_skip - 1;
        next_skip = align_down(pfn + 1, size) + size;
    }
    c.migrate_pfn = std::min(
        pfn, align_down(c.migrate_pfn, m_state.zones.pageblock_nr_pages()) + m_state.zones.pageblock_nr_pages());
    if (pfn >= end) c.migrate_pfn = align_up(end, m_state.zones.pageblock_nr_pages());
    return pfn >= end;
}

void Compaction::isolate_freepages(Control& c) {
    const NrPages block = m_state.zones.pageblock_nr_pages();
    const Pfn low = align_down(c.migrate_pfn, block) + block;
    Pfn at = c.free_pfn;
    for (Pfn start = align_down(at, block); start >= low; start -= block, at = start) {
        const Pfn end = std::min(start + block, c.zone.span().end);
        const ZoneFrames* frames = m_state.zones.frames_of(start);
        const bool here = frames && frames->zone == ZoneRef{c.zone.nid, c.zone.type};
        if (!here || !is_migrate_target(c, start)) continue;
        const Pfn memory_end = std::min(end, frames->frames.end);
        const bool enough = isolate_free_block(c, at, memory_end);
        if (at >= memory_end) at = end;
        if (at >= end) c.zone.compact.free_pfn = std::min(c.zone.compact.free_pfn, start);
        if (enough) {
            if (at >= end) at = start - block;
            break;
        }
        if (at < end) break;  // a watermark did not allow it
    }
    c.free_pfn = at;
}

/// A large block that is isolated will hold movable pages.
void Compaction::make_movable(const Zone& zone, PfnRange block) {
    for (Pfn p = block.start; p < block.end; p += m_state.zones.pageblock_nr_pages()) {
        const MigrateType was = m_state.zones.pageblock(p);
        if (static_cast<unsigned>(was) >= nr_pcptypes || was == MigrateType::movable) continue;
        set_pageblock(m_state, p, MigrateType::movable);
        m_told.emplace_back(retyped_event(zone, p, m_state.zones, was, MigrateType::movable), std::string());
    }
}

/// isolate_freepages_block() with __isolate_free_page(): true if there is now a target for each source.
bool Compaction::isolate_free_block(Control& c, Pfn& at, Pfn end) {
    PageColumns& pages = m_state.pages;
    BuddyLists buddy(m_state, c.zone, m_cpu);
    const unsigned max_order = m_state.profile.max_order;
    while (at < end) {
        ++c.free_scanned;
        if (!pages.free_head(at)) {
            const CompoundPage compound = compound_page_of(pages, at);
            at += compound.head == at ? Pfn{1} << compound.order : 1;
            continue;
        }
        const Order order = pages.order(at);
        const NrPages n = NrPages{1} << order;
        const NrPages mark = c.zone.watermark[0] + n;
        if (!zone_watermark_ok(c.zone, 0, mark, ZoneType::dma, alloc::cma, max_order)) return false;
        buddy.del(at, order);
        mod_free_pages(c.zone, m_cpu, -static_cast<std::int64_t>(n));
        if (order + 1 >= m_state.profile.pageblock_order) make_movable(c.zone, {at, at + n});
        for (Pfn p = at; p < at + n; ++p)
            c.targets.push_back(p);
        c.free_scanned += n - 1;
        m_state.stats.vm.compact_isolated += n;
        at += n;
        if (c.targets.size() >= c.sources.size()) return true;
    }
    return false;
}

/// migrate_pages(): returns how many found no room.
NrPages Compaction::migrate(Control& c) {
    PageColumns& pages = m_state.pages;
    VmEvents& vm = m_state.stats.vm;
    while (!c.sources.empty()) {
        if (c.targets.empty()) isolate_freepages(c);
        if (c.targets.empty()) break;
        const Pfn from = c.sources.back(), to = c.targets.back();
        c.sources.pop_back();
        c.targets.pop_back();
        pages.set_allocated(to, 0, pages.state(from));
        if (m_hooks.owners && m_hooks.owners->migrate) m_hooks.owners->migrate({from, to});
        if (pages.may_have_flags(from)) pages.set_flags(to, pages.flags(from) & ~bit(PageFlag::hwpoison));
        m_hooks.free_page(from);
        ++vm.pgmigrate_success;
        m_moves.push_back({from, to});
        Event e;
        e.kind = EventKind::mm_migrate_pages;
        e.nid = static_cast<std::int16_t>(c.zone.nid);
        e.zone = static_cast<std::uint8_t>(c.zone.type);
        e.order = 0;
        e.touched = phys_of(PfnRange{to, to + 1});
        e.a = from;
        m_told.emplace_back(e, std::string());
    }
    vm.pgmigrate_fail += c.sources.size();
    const NrPages left = c.sources.size();
    c.sources.clear();
    return left;
}

void Compaction::release_freepages(Control& c) {
    if (c.targets.empty()) return;
    Pfn highest = 0;
    for (; !c.targets.empty(); c.targets.pop_back()) {
        highest = std::max(highest, c.targets.back());
        m_hooks.free_page(c.targets.back());
    }
    // The next compaction starts where these were.
    highest = align_down(highest, m_state.zones.pageblock_nr_pages());
    if (c.zone.compact.free_pfn != 0) c.zone.compact.free_pfn = std::max(c.zone.compact.free_pfn, highest);
}

}  // namespace mm
