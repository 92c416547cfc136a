// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/buddy_rows.h"

#include <algorithm>
#include <unordered_set>

#include "engine/page_alloc/page_allocator.h"
#include "gui/models/zone_list.h"

namespace mm::gui {
namespace {

std::vector<MigrateType> typesWithBlocks(const Zone& zone) {
    std::vector<MigrateType> types;
    for (std::size_t t = 0; t < nr_migratetypes; ++t) {
        const auto has = [t](const FreeArea& area) { return area.free_list[t].blocks != 0; };
        if (std::any_of(zone.free_area.begin(), zone.free_area.end(), has))
            types.push_back(static_cast<MigrateType>(t));
    }
    if (types.empty()) types.push_back(MigrateType::movable);
    return types;
}

}  // namespace

std::vector<BuddyRow> buddyRows(const SnapshotPtr& snapshot, ZoneRef ref, std::size_t most, const SnapshotPtr& before) {
    std::vector<BuddyRow> rows;
    const Zone* zone = zoneIn(snapshot, ref);
    const Zone* old = zoneIn(before, ref);
    if (!zone || snapshot->pages.end_pfn() == 0) return rows;
    const std::vector<MigrateType> types = typesWithBlocks(*zone);
    for (unsigned order = 0; order < ordersOf(snapshot); ++order)
        for (const MigrateType type : types) {
            const FreeList& list = zone->free_area[order].free_list.at(static_cast<std::size_t>(type));
            BuddyRow row{order, type, list.blocks, list_blocks(list, snapshot->pages, most), {}};
            row.fresh.assign(row.heads.size(), false);
            if (old && before->pages.end_pfn() != 0) {
                // Far more than shown of the old list, so that a block that moved up is not called new.
                constexpr std::size_t far = 100000;
                const auto was = list_blocks(old->free_area[order].free_list.at(static_cast<std::size_t>(type)),
                                             before->pages, std::max(most, far));
                const std::unordered_set<Pfn> known(was.begin(), was.end());
                for (std::size_t i = 0; i < row.heads.size(); ++i)
                    row.fresh[i] = !known.contains(row.heads[i]);
            }
            rows.push_back(std::move(row));
        }
    return rows;
}

}  // namespace mm::gui
