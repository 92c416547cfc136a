// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/page_writeback.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/mm/filemap.h"
#include "engine/page_alloc/watermark.h"

namespace mm {
namespace {

// vm.dirty_ratio and vm.dirty_background_ratio, by page: (ratio * PAGE_SIZE) / 100.
constexpr NrPages dirty_ratio = 20 * page_size / 100, background_ratio = 10 * page_size / 100;
constexpr NrPages least_chunk = 1024;         // MIN_WRITEBACK_PAGES
constexpr NrPages half_a_second = 25600 / 2;  // INIT_BW is 100 MiB/s
constexpr NrPages dirty_scope = 8;            // DIRTY_SCOPE

NrPages free_of(const Zone& zone) {
    return static_cast<NrPages>(std::max<std::int64_t>(zone.free_pages_seen(), 0));
}

NrPages cache_of(const LruVecs& lru, const Zone& zone) {
    const auto nid = static_cast<std::size_t>(zone.nid);
    if (nid >= lru.size()) return 0;
    const auto& pages = lru[nid].zone_pages[static_cast<std::size_t>(zone.type)];
    return pages[static_cast<std::size_t>(LruList::inactive_file)] +
           pages[static_cast<std::size_t>(LruList::active_file)];
}

/// global_dirtyable_memory(); high memory does not count.
NrPages dirtyable_memory(const Zones& zones, const LruVecs& lru) {
    NrPages free = 0, cache = 0, high = 0;
    for (const Node& node : zones.nodes)
        for (const Zone& zone : node.zones) {
            if (!zone.populated()) continue;
            free += free_of(zone);
            cache += cache_of(lru, zone);
            if (!zones.is_highmem(zone.type)) continue;
            high += free_of(zone) - std::min(free_of(zone), wmark_pages(zone, alloc::wmark_high)) + cache_of(lru, zone);
        }
    const NrPages pages = free - std::min(free, totalreserve_pages(zones)) + cache;
    return pages - std::min(high, pages) + 1;
}

NrPages dirty_pages(const LruVecs& lru) {
    NrPages dirty = 0;
    for (const LruVec& vec : lru)
        dirty += vec.counters.nr_file_dirty;
    return dirty;
}

/// The inode dirtied longest ago; no_id: none is dirty.
FileId oldest_dirty(const MmState& state) {
    const File* oldest = nullptr;
    for (const auto& [id, file] : *state.files)
        if (file->dirty > 0 && (!oldest || file->dirtied_when < oldest->dirtied_when)) oldest = &*file;
    return oldest ? oldest->id : no_id;
}

}  // namespace

DirtyLimits global_dirty_limits(const Zones& zones, const LruVecs& lru) {
    const NrPages pages = dirtyable_memory(zones, lru);
    DirtyLimits limits{background_ratio * pages / page_size, dirty_ratio * pages / page_size};
    if (limits.background >= limits.thresh) limits.background = limits.thresh / 2;
    return limits;
}

void balance_dirty_pages(const MmContext& c) {
    const NrPages dirty = dirty_pages(c.state.lru);
    const DirtyLimits limits = global_dirty_limits(c.pages.zones, c.state.lru);
    if (dirty > limits.background) c.state.flusher_woken = true;
    if (dirty <= limits.freerun()) return;
    if (c.trace) {
        Event e;
        e.kind = EventKind::balance_dirty_pages;
        e.a = dirty, e.b = limits.thresh;
        c.trace.event(e, fmt::format("{} pages are dirty, from {} on writers wait", dirty, limits.freerun()));
    }
    run_flusher(c);
}

void run_flusher(const MmContext& c) {
    if (!std::exchange(c.state.flusher_woken, false)) return;
    for (;;) {
        const DirtyLimits limits = global_dirty_limits(c.pages.zones, c.state.lru);
        if (dirty_pages(c.state.lru) <= limits.background) return;  // wb_over_bg_thresh()
        const FileId id = oldest_dirty(c.state);
        if (id == no_id) return;
        const NrPages chunk =
            align_down(std::min(half_a_second, limits.thresh / dirty_scope) + least_chunk, least_chunk);
        const NrPages written = Filemap(c).write_back(id, chunk);
        File& file = c.file(id);
        file.dirtied_when = ++c.state.last_dirtied;  // requeue_io(): others first
        if (!c.trace) continue;
        Event e;
        e.kind = EventKind::writeback_written;
        e.a = written;
        c.trace.event(e, fmt::format("{}: {} pages", file.path, written));
    }
}

}  // namespace mm
