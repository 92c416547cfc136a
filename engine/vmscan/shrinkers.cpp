// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmscan/shrinkers.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/mm/huge_folio.h"

namespace mm {
namespace {

/// struct shrinker.
struct Shrinker {
    std::string_view name;
    NrPages batch = 128;  // SHRINK_BATCH
    NrPages seeks = 2;    // DEFAULT_SEEKS; 0: what goes costs no reading when it is wanted again
};
constexpr Shrinker thp_zero{"thp-zero"}, thp_deferred_split{"thp-deferred_split"}, mm_shadow{"mm-shadow", 128, 0},
    sb_ext4{"sb-ext4", 1024};

/// SHRINK_STOP: nothing.
using Freed = std::optional<NrPages>;

/// do_shrink_slab(): calls scan(so many) until it says stop or enough was looked at. deferred: what is left for later.
template<class Scan>
NrPages do_shrink_slab(const MmContext& c, const Shrinker& shrinker, NrPages freeable, int priority, NrPages& deferred,
                       Scan scan) {
    if (freeable == 0) return 0;
    const NrPages before = deferred;
    const NrPages delta = shrinker.seeks ? (freeable >> priority) * 4 / shrinker.seeks : freeable / 2;
    NrPages total = std::min((before >> priority) + delta, 2 * freeable), scanned = 0, freed = 0;
    while (total >= shrinker.batch || total >= freeable) {
        const NrPages n = std::min(shrinker.batch, total);
        const Freed now = scan(n);
        if (!now) break;
        freed += *now;
        c.state.events.slabs_scanned += n;
        total -= n;
        scanned += n;
    }
    deferred = std::min(before + delta - std::min(before + delta, scanned), 2 * freeable);
    if (scanned > 0 && c.trace) {
        Event e;
        e.kind = EventKind::mm_shrink_slab_end;
        e.a = scanned, e.b = freed;
        c.trace.event(e, fmt::format("{}: {} looked at, {} freed", shrinker.name, scanned, freed));
    }
    return freed;
}

/// deferred_split_scan(): those that could not be split go to the end of the queue.
Freed split_some(const MmContext& c, SplitQueue& queue, NrPages n) {
    const auto looked_at = static_cast<std::ptrdiff_t>(std::min<NrPages>(n, queue.folios.size()));
    const std::vector<Pfn> folios(queue.folios.begin(), queue.folios.begin() + looked_at);
    NrPages split = 0;
    for (const Pfn head : folios) {
        if (split_huge_page(c, head)) {
            ++split;
            continue;
        }
        const auto here = std::find(queue.folios.begin(), queue.folios.end(), head);
        std::rotate(here, here + 1, queue.folios.end());
    }
    return split > 0 ? Freed(split) : std::nullopt;
}

/// shrink_huge_zero_page_scan().
Freed free_zero_page(const MmContext& c) {
    ThpState& thp = c.state.thp;
    if (thp.zero_page == no_pfn || thp.zero_users > 0) return 0;
    c.put_page(std::exchange(thp.zero_page, no_pfn));
    return c.state.hpage_nr();
}

/// count_shadow_nodes(): what is beyond one node for each eight pages of the lists, which is all that may be on the
/// active list one day.
NrPages superfluous_shadows(const MmContext& c, Nid nid) {
    const NrPages nodes = c.state.file_lists->shadow_nodes.count(static_cast<std::uint32_t>(nid));
    NrPages pages = 0;
    for (unsigned list = 0; list < nr_lru_lists; ++list)
        pages += c.state.lru[static_cast<std::size_t>(nid)].pages(static_cast<LruList>(list));
    constexpr unsigned nodes_shift = 6 - 3;  // XA_CHUNK_SHIFT - 3
    return nodes - std::min(nodes, pages >> nodes_shift);
}

NrPages share_of(NrPages whole, NrPages part, NrPages all) {  // mult_frac()
    return whole / all * part + whole % all * part / all;
}

/// super_cache_scan(): names first, as they hold the inodes.
Freed scan_super_block(const MmContext& c, ShrinkControl& sc, NrPages n) {
    if (!(sc.gfp & gfp::fs)) return std::nullopt;
    const auto node = static_cast<std::uint32_t>(sc.nid);
    const FileLists& lists = *c.state.file_lists;
    const NrPages dentries = lists.dentries.count(node), inodes = lists.inodes.count(node);
    const NrPages all = dentries + inodes + 1;
    const InodeCache cache(c);
    NrPages freed = cache.prune_dentries(sc, share_of(n, dentries, all) + 1);
    freed += cache.prune_inodes(sc, share_of(n, inodes, all) + 1);
    return freed;
}

NrPages shrink_huge_pages(const MmContext& c, Nid nid, int priority) {
    ThpState& thp = c.state.thp;
    NrPages freed = 0;
    if (thp.zero_page != no_pfn && thp.zero_users == 0)
        freed += do_shrink_slab(c, thp_zero, c.state.hpage_nr(), priority, thp.zero_deferred,
                                [&](NrPages) { return free_zero_page(c); });
    if (static_cast<std::size_t>(nid) < thp.queues.size()) {
        SplitQueue& queue = thp.queues[static_cast<std::size_t>(nid)];
        freed += do_shrink_slab(c, thp_deferred_split, queue.folios.size(), priority, queue.nr_deferred,
                                [&](NrPages n) { return split_some(c, queue, n); });
    }
    return freed;
}

NrPages shrink_files(const MmContext& c, ShrinkControl& sc, int priority) {
    const auto node = static_cast<std::uint32_t>(sc.nid);
    const FileLists& lists = *c.state.file_lists;
    if (lists.dentries.count(node) + lists.inodes.count(node) + lists.shadow_nodes.count(node) == 0) return 0;
    FileLists& edited = c.state.file_lists.edit();
    const auto slabs = [&c] { return c.metadata && c.metadata->slab_pages ? c.metadata->slab_pages() : 0; };
    std::optional<NrPages> before;  // counted when something is scanned: it takes a while
    NrPages freed = do_shrink_slab(c, mm_shadow, superfluous_shadows(c, sc.nid), priority,
                                   edited.shadows_deferred[sc.nid], [&](NrPages n) {
                                       if (!before) before = slabs();
                                       return Freed(InodeCache(c).prune_shadows(sc, n));
                                   });
    const NrPages objects = edited.dentries.count(node) + edited.inodes.count(node);  // vfs_cache_pressure 100
    freed += do_shrink_slab(c, sb_ext4, objects, priority, edited.fs_deferred[sc.nid], [&](NrPages n) {
        if (!before) before = slabs();
        return scan_super_block(c, sc, n);
    });
    if (before) sc.reclaimed += *before - std::min(*before, slabs());
    return freed;
}

}  // namespace

NrPages shrink_slab(const MmContext& c, ShrinkControl& sc, int priority) {
    const NrPages freed = shrink_huge_pages(c, sc.nid, priority);
    return freed + shrink_files(c, sc, priority);
}

void drop_slab(const MmContext& c) {
    for (std::size_t nid = 0; nid < c.state.lru.size(); ++nid) {  // drop_slab_node()
        NrPages freed = 0;
        unsigned shift = 0;
        do {
            ShrinkControl sc;
            sc.nid = static_cast<Nid>(nid);
            freed = shrink_slab(c, sc, 0);
        } while (freed >> shift++ > 1);
    }
    ++c.state.events.drop_slab;
}

}  // namespace mm
