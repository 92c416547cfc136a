// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/zones/block_list.h"

#include "gui/format/format.h"

namespace mm::gui {

void BlockListModel::setList(const SnapshotPtr& snapshot, const std::optional<ListRef>& list) {
    std::vector<Pfn> blocks;
    NrPages total = 0;
    QString title;
    const Zone* zone = snapshot && list ? snapshot->state.zones.zone(list->nid, list->zone) : nullptr;
    if (zone && list->order < max_orders) {
        const FreeList& wanted = zone->free_area[list->order].free_list.at(static_cast<std::size_t>(list->type));
        blocks = list_blocks(wanted, snapshot->pages, shown);
        total = wanted.blocks;
        title = tr("%1, order %2, %3: %4 blocks, head first")
                    .arg(text(name_of(list->zone)))
                    .arg(list->order)
                    .arg(text(name_of(list->type)), number(total));
    }
    const unsigned order = list ? list->order : 0;
    if (blocks == m_blocks && total == m_total && title == m_title && order == m_order) return;
    beginResetModel();
    m_blocks = std::move(blocks);
    m_total = total;
    m_order = order;
    m_title = title;
    endResetModel();
}

int BlockListModel::rowCount(const QModelIndex& parent) const {
    if (parent.isValid()) return 0;
    return static_cast<int>(m_blocks.size()) + (m_total > m_blocks.size() ? 1 : 0);
}

PfnRange BlockListModel::framesAt(int row) const {
    if (row < 0 || row >= static_cast<int>(m_blocks.size())) return {};
    const Pfn head = m_blocks[static_cast<std::size_t>(row)];
    return {head, head + (Pfn{1} << m_order)};
}

QVariant BlockListModel::data(const QModelIndex& index, int role) const {
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
    const PfnRange frames = framesAt(index.row());
    if (frames.empty()) return tr("… and %1 more").arg(number(m_total - m_blocks.size()));
    if (role == Qt::ToolTipRole) return rangeText(phys_of(frames));
    return QStringLiteral("pfn %1   %2").arg(hex(frames.start), -11).arg(hex(phys_of(frames.start)));
}

}  // namespace mm::gui
