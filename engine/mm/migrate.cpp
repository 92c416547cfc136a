// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/migrate.h"

namespace mm {

std::optional<std::int32_t> expected_references(const MmState& state, const PageColumns& pages, Pfn p) {
    const PageMapping& mapping = state.mappings[p];
    if (mapping.kind == MappingKind::none) return std::nullopt;
    if (!page_lru(pages, p)) return -1;
    const bool cached = mapping.kind == MappingKind::file || mapping.swap != no_id;
    return pages.mapcount(p) + 1 + (cached ? 1 : 0);
}

void migrate_page(const MmContext& c, PageMove move) {
    const auto [from, to] = move;
    const PageMapping mapping = c.state.mappings[from];
    if (mapping.kind == MappingKind::none) return;
    PageColumns& pages = c.columns();
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
    c.state.mappings.set(from, {});
    const std::int32_t mapped = pages.mapcount(from) + 1;
    if (mapped != 0) change_mapcount(pages, to, mapped, c.trace), change_mapcount(pages, from, -mapped, c.trace);
    pages.set_refcount(to, pages.refcount(from));
    pages.set_refcount(from, 1);
    c.lru().replace(from, to);
}

}  // namespace mm
