// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/free_matrix.h"

namespace mm::gui {
namespace {

NrPages blocksOf(const Zone& zone, MigrateType type) {
    NrPages sum = 0;
    for (const FreeArea& area : zone.free_area)
        sum += area.free_list.at(static_cast<std::size_t>(type)).blocks;
    return sum;
}

}  // namespace

FreeMatrix freeMatrix(const Zone& zone, unsigned orders, const Zone* before) {
    FreeMatrix m{.nid = zone.nid,
                 .zone = zone.type,
                 .columns = {},
                 .orders = std::min(orders, max_orders),
                 .cells = {},
                 .pages = 0};
    for (const auto type :
         {MigrateType::unmovable, MigrateType::movable, MigrateType::reclaimable, MigrateType::highatomic})
        m.columns.push_back(type);
    for (const auto type : {MigrateType::cma, MigrateType::isolate})
        if (blocksOf(zone, type) != 0) m.columns.push_back(type);
    for (unsigned order = 0; order < m.orders; ++order)
        for (const MigrateType type : m.columns) {
            const auto i = static_cast<std::size_t>(type);
            const NrPages blocks = zone.free_area[order].free_list[i].blocks;
            const bool changed = before && before->free_area[order].free_list[i] != zone.free_area[order].free_list[i];
            const NrPages was = before ? before->free_area[order].free_list[i].blocks : blocks;
            m.cells.push_back({blocks, blocks << order, 0, changed,
                               static_cast<std::int64_t>(blocks) - static_cast<std::int64_t>(was)});
            m.pages += blocks << order;
        }
    for (FreeCell& cell : m.cells)
        if (m.pages != 0) cell.share = static_cast<double>(cell.pages) / static_cast<double>(m.pages);
    return m;
}

QString blockSizeText(unsigned order) {
    const Bytes kib = (page_size << order) / KiB;
    return kib < 1024 ? QStringLiteral("%1K").arg(kib) : QStringLiteral("%1M").arg(kib / 1024);
}

ZoneParts zoneParts(const Zone& zone) {
    ZoneParts parts;
    parts.free = std::min(zone.free_pages, zone.managed);
    parts.used = zone.managed - parts.free;
    parts.reserved = zone.present - std::min(zone.managed, zone.present);
    parts.holes = zone.spanned - std::min(zone.present, zone.spanned);
    return parts;
}

}  // namespace mm::gui
