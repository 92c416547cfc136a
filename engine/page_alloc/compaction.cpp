// SPDX-License-Identifier: GPL-3.0-or-later
// When to compact, and a zone's run from its start to its end. The scanners are in compaction_scan.cpp.
#include "engine/page_alloc/compaction.h"

#include <fmt/format.h>

#include <array>

#include "engine/page_alloc/compaction_control.h"
#include "engine/page_alloc/page_allocator.h"
#include "engine/page_alloc/why_log.h"

namespace mm {
namespace {

constexpr unsigned max_defer_shift = 6;
constexpr int extfrag_threshold = 500;

/// compaction_restarting(): after the longest deferral all is tried anew.
bool restarting(const CompactState& c, Order order) {
    return order >= c.order_failed && c.defer_shift == max_defer_shift && c.considered >= 1u << c.defer_shift;
}

}  // namespace

std::string_view name_of(CompactResult result) {
    constexpr std::array<std::string_view, 9> names{"not_suitable_zone", "skipped",   "deferred",
                                                    "no_suitable_page",  "continue",  "complete",
                                                    "partial_skipped",   "contended", "success"};
    return names.at(static_cast<std::size_t>(result));
}

CompactResult compaction_suitable(const Zone& zone, Order order, AllocFlags flags, ZoneType highest,
                                  std::int64_t free_pages, unsigned max_order) {
    if (zone_watermark_ok(zone, order, wmark_pages(zone, flags), highest, flags, max_order))
        return CompactResult::success;
    // Room for the pages on their way: compact_gap().
    const NrPages mark =
        wmark_pages(zone, order > costly_order ? alloc::wmark_low : alloc::wmark_min) + (NrPages{2} << order);
    const bool room = check_watermark(zone, 0, mark, highest, alloc::cma, free_pages, max_order).ok;
    return room ? CompactResult::going_on : CompactResult::skipped;
}

void compaction_defer_reset(Zone& zone, Order order, bool allocated) {
    CompactState& c = zone.compact;
    if (allocated) c.considered = c.defer_shift = 0;
    if (order >= c.order_failed) c.order_failed = order + 1;
}

void defer_compaction(Zone& zone, Order order) {
    CompactState& c = zone.compact;
    c.considered = 0;
    c.defer_shift = std::min(c.defer_shift + 1, max_defer_shift);
    c.order_failed = std::min(c.order_failed, order);
}

bool compaction_deferred(Zone& zone, Order order) {
    CompactState& c = zone.compact;
    if (order < c.order_failed) return false;
    const unsigned limit = 1u << c.defer_shift;
    c.considered = std::min(c.considered + 1, limit);
    return c.considered < limit;
}

void Compaction::tell(EventKind kind, const Zone& zone, CompactResult result, std::string text) {
    Event e;
    e.kind = kind;
    e.nid = static_cast<std::int16_t>(zone.nid);
    e.zone = static_cast<std::uint8_t>(zone.type);
    e.order = static_cast<std::uint8_t>(m_context.order);
    e.a = static_cast<std::uint64_t>(result);
    m_told.emplace_back(e, std::move(text));
}

void Compaction::tell_end(CompactResult result, Pfn captured, std::size_t moved_before) const {
    if (m_why)
        m_why->add(why::CompactionEnd{static_cast<std::int32_t>(result), captured, 0, m_moves.size() - moved_before});
}

CompactResult Compaction::run(CompactPriority priority, Capture& capture) {
    if (!(m_context.gfp & gfp::io)) return CompactResult::skipped;
    const Order order = m_context.order;
    CompactResult best = CompactResult::skipped;
    for (const ZoneRef ref : *m_context.zonelist) {
        if (!m_context.admits(ref)) continue;
        Zone& zone = *m_state.zones.zone(ref.nid, ref.type);
        if (m_why) m_why->add(look_at_compaction(zone, order, m_context.highest, m_state.profile.max_order));
        touch_counters(m_state.pages, zone, m_cpu);
        if (priority > CompactPriority::sync_full && compaction_deferred(zone, order)) {
            tell(EventKind::mm_compaction_deferred, zone, CompactResult::deferred,
                 fmt::format("considered {} of {}", zone.compact.considered, 1u << zone.compact.defer_shift));
            tell_end(CompactResult::deferred, no_pfn, m_moves.size());
            best = std::max(best, CompactResult::deferred);
            continue;
        }
        capture = {zone.nid, zone.type, order};
        const std::size_t moved = m_moves.size();
        CompactResult status = compact_zone(zone, priority, capture);
        if (capture.page != no_pfn) status = CompactResult::success;
        tell_end(status, capture.page, moved);
        best = std::max(best, status);
        if (status == CompactResult::success) {
            compaction_defer_reset(zone, order, false);
            break;
        }
        if (priority == CompactPriority::async) continue;
        if (status != CompactResult::complete && status != CompactResult::partial_skipped) continue;
        defer_compaction(zone, order);
        tell(EventKind::mm_compaction_defer_compaction, zone, status,
             fmt::format("for {} attempts", 1u << zone.compact.defer_shift));
    }
    return best;
}

/// compaction_suitable(): for costly orders, not where memory is merely short.
static CompactResult worth_it(const Zone& zone, const AllocContext& context, AllocFlags flags, unsigned max_order,
                              std::string& text) {
    const Order order = context.order;
    const CompactResult result =
        compaction_suitable(zone, order, flags, context.highest, zone.free_pages_seen(), max_order);
    const int index = fragmentation_index(zone, order, max_order);
    text = fmt::format("{}, fragmentation index {}", name_of(result), index);
    if (result != CompactResult::going_on || order <= costly_order) return result;
    if (index < 0 || index > extfrag_threshold) return result;
    text = fmt::format("{}, fragmentation index {}", name_of(CompactResult::not_suitable_zone), index);
    return CompactResult::skipped;
}

CompactResult Compaction::compact_zone(Zone& zone, CompactPriority priority, Capture& capture) {
    std::string text;
    const CompactResult suitable = worth_it(zone, m_context, m_flags, m_state.profile.max_order, text);
    tell(EventKind::mm_compaction_suitable, zone, suitable, text);
    if (suitable != CompactResult::going_on) return suitable;
    const NrPages block = m_state.zones.pageblock_nr_pages();
    CompactState& cached = zone.compact;
    const Pfn first = zone.span().start, last = align_down(zone.span().end - 1, block);
    if (restarting(cached, m_context.order)) cached.migrate_pfn = cached.free_pfn = 0;
    Control c{zone, m_context.order, m_context.migratetype, priority == CompactPriority::async,
              priority == CompactPriority::sync_full};
    if (!zone.span().contains(cached.free_pfn) || cached.free_pfn == 0) cached.free_pfn = last;
    if (!zone.span().contains(cached.migrate_pfn)) cached.migrate_pfn = first;
    c.migrate_pfn = c.whole_zone ? first : cached.migrate_pfn;
    c.free_pfn = c.whole_zone ? last : cached.free_pfn;
    if (c.migrate_pfn <= first) c.whole_zone = true;

    CompactResult result;
    Pfn last_migrated = 0;
    bool has_migrated = false;
    const std::size_t moved_before = m_moves.size();
    while ((result = finished(c)) == CompactResult::going_on) {
        const Pfn began = c.migrate_pfn;
        c.rescan = has_migrated && align_down(last_migrated, block) == align_down(began, block);
        isolate_migratepages(c);
        if (!c.sources.empty()) {
            last_migrated = began;
            has_migrated = true;
            const NrPages left = migrate(c);
            if (left > 0 && !c.scanners_met(block)) {
                result = CompactResult::contended;
                break;
            }
        }
        // What came free waits on the CPU's lists: it merges once the scanner has left the block of the order.
        if (has_migrated && last_migrated < align_down(c.migrate_pfn, Pfn{1} << c.order)) {
            m_hooks.drain(zone);
            has_migrated = false;
        }
        if (capture.page != no_pfn) {
            result = CompactResult::success;
            break;
        }
    }
    if (result == CompactResult::complete || result == CompactResult::partial_skipped)
        cached.migrate_pfn = cached.free_pfn = 0;  // reset_cached_positions()
    release_freepages(c);
    VmEvents& vm = m_state.stats.vm;
    vm.compact_migrate_scanned += c.migrate_scanned;
    vm.compact_free_scanned += c.free_scanned;
    tell(EventKind::mm_compaction_end, zone, result,
         fmt::format("{}, {} pages moved, scanned {} for pages and {} for room", name_of(result),
                     m_moves.size() - moved_before, c.migrate_scanned, c.free_scanned));
    return result;
}

/// __compact_finished().
CompactResult Compaction::finished(const Control& c) const {
    const NrPages block = m_state.zones.pageblock_nr_pages();
    if (c.scanners_met(block)) return c.whole_zone ? CompactResult::complete : CompactResult::partial_skipped;
    if (c.migrate_pfn % block != 0) return CompactResult::going_on;  // a pageblock is always finished
    for (Order o = c.order; o < m_state.profile.max_order; ++o) {
        const FreeArea& area = c.zone.free_area[o];
        const auto filled = [&](MigrateType mt) {
            return area.free_list[static_cast<std::size_t>(mt)].first != no_link;
        };
        if (filled(c.migratetype)) return CompactResult::success;
        if (m_state.profile.cma && c.migratetype == MigrateType::movable && filled(MigrateType::cma))
            return CompactResult::success;
        if (has_stealable_block(c.zone, o, c.migratetype, m_state.profile, m_state.zones.mobility_grouping))
            return CompactResult::success;
    }
    return CompactResult::going_on;  // COMPACT_NO_SUITABLE_PAGE, which compact_finished() reads so
}

}  // namespace mm
