// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/migrate.h"

#include <utility>

#include "engine/mm/buffer_head.h"

namespace mm {

std::optional<std::int32_t> expected_references(const MmState& state, const PageColumns& pages, Pfn p) {
    const PageMapping& mapping = state.mappings[p];
    if (mapping.kind == MappingKind::none) return std::nullopt;
    if (!page_lru(pages, p)) return -1;
    const bool cached = mapping.kind == MappingKind::file || mapping.swap != no_id;
    return pages.mapcount(p) + 1 + (cached ? 1 : 0) + private_references(pages, p);
}

namespace {

/// What the page is counted as, taken from one frame's node and zone to the other's.
void move_counters(const MmContext& c, PageMove move, const PageMapping& mapping) {
    const std::uint32_t flags = c.columns().flags(move.from);
    const bool file = mapping.kind == MappingKind::file, dirty = flags & bit(PageFlag::dirty);
    const auto count = [&](Pfn p, NrPages n) {  // n: 1, or -1
        NodeCounters& node = c.counters(p);
        if (c.columns().mapcount(move.from) >= 0) (file ? node.nr_file_mapped : node.nr_anon_mapped) += n;
        if (file || mapping.swap != no_id) node.nr_file_pages += n;
        if (!file && mapping.swap != no_id) node.nr_swapcache += n;
        if (file && dirty) node.nr_file_dirty += n, c.zone_counters(p).nr_write_pending += n;
        if (flags & bit(PageFlag::mlocked)) c.zone_counters(p).nr_mlock += n;
    };
    count(move.from, ~NrPages{0});
    count(move.to, 1);
}

}  // namespace

void migrate_page(const MmContext& c, PageMove move) {
    const auto [from, to] = move;
    const PageMapping mapping = c.state.mappings[from];
    if (mapping.kind == MappingKind::none) return;
    PageColumns& pages = c.columns();
    move_counters(c, move, mapping);
    const UserTables tables(c);
    for (const MappedAt& place : Rmap(c).walk(from)) {
        UserPte pte = decode(c.paging(), place.at.entry);
        pte.pfn = to;
        tables.set(place.at, encode(c.paging(), pte));
    }
    if (mapping.kind == MappingKind::file)
        c.file(mapping.id).pages.at(mapping.index / xa_chunk).edit().slots[mapping.index % xa_chunk] = {to + 1};
    else if (mapping.swap != no_id)
        c.state.swap.cache.set(mapping.swap, to + 1);
    c.state.mappings.set(to, mapping);
    c.state.mappings.set(from, unowned(pages, from));
    if (pages.flags(from) & pg_private)  // buffer_migrate_folio(): with the flag, which Lru::replace() copies
        c.state.buffers.set(to, std::exchange(c.state.buffers.edit(from), 0));
    const std::int32_t mapped = pages.mapcount(from) + 1;
    if (mapped != 0) change_mapcount(pages, to, mapped, c.trace), change_mapcount(pages, from, -mapped, c.trace);
    pages.set_refcount(to, pages.refcount(from));
    pages.set_refcount(from, 1);
    c.lru().replace(from, to);
}

}  // namespace mm
