// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/vmalloc/area_model.h"

#include <algorithm>

#include "gui/format/format.h"

namespace mm::gui {

void AreaModel::setSnapshot(const SnapshotPtr& snapshot) {
    std::vector<VmRow> rows;
    for (const VmPiece& piece : vmPieces(snapshot->state.vmalloc))
        if (piece.kind != VmKind::free && piece.kind != VmKind::guard) rows.push_back({piece.range, piece.kind});
    m_snapshot = snapshot;
    setRows(std::move(rows));
}

const VmArea* AreaModel::areaAt(int row) const {
    if (!hasRow(row) || !m_snapshot) return nullptr;
    const VmRow& r = rowAt(row);
    const auto& busy = *m_snapshot->state.vmalloc.busy;
    const auto found = busy.find(r.range.start);
    return r.kind == VmKind::lazy || found == busy.end() ? nullptr : &found->second;
}

int AreaModel::rowOf(VirtAddr start) const {
    const auto at = std::lower_bound(m_rows.begin(), m_rows.end(), start,
                                     [](const VmRow& row, VirtAddr wanted) { return row.range.start < wanted; });
    return at == m_rows.end() || at->range.start != start ? -1 : static_cast<int>(at - m_rows.begin());
}

/// Since A it was asked for, given back to wait for a flush, or others have its addresses.
bool AreaModel::differs(const VmRow& row) const {
    if (!m_mark) return false;
    const auto &is = *m_snapshot->state.vmalloc.busy, &was = *m_mark->state.vmalloc.busy;
    const auto now = is.find(row.range.start), before = was.find(row.range.start);
    if (row.kind == VmKind::lazy) return before != was.end() && before->second.va.range.contains(row.range.start);
    if (before == was.end() || now == is.end()) return true;
    return before->second.caller != now->second.caller || before->second.pages != now->second.pages;
}

QString AreaModel::cell(const VmRow& row, int column) const {
    const auto& busy = *m_snapshot->state.vmalloc.busy;
    const auto found = row.kind == VmKind::lazy ? busy.end() : busy.find(row.range.start);
    const VmArea* area = found == busy.end() ? nullptr : &found->second;
    switch (column) {
        case address:
            return hex(row.range.start);
        case size:
            return sizeText(row.range.size());
        case pages:
            return area && !area->pages.empty() ? number(area->pages.size()) : QString();
        case kind:
            return kindName(row.kind) + (area && area->array != 0 ? QStringLiteral(" vpages") : QString());
        case phys:
            return area && area->flags & vm::ioremap ? hex(area->phys) : QString();
        default:
            return area ? text(area->caller) : QString();
    }
}

QVariant AreaModel::data(const QModelIndex& index, int role) const {
    if (!hasRow(index.row()) || !m_snapshot) return {};
    const VmRow& row = rowAt(index.row());
    const bool right = index.column() == size || index.column() == pages;
    if (role == Qt::TextAlignmentRole) return int((right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role == waits) return row.kind == VmKind::lazy;
    if (role == differsRole) return differs(row);
    if (role == Qt::ToolTipRole && differs(row))
        return row.kind == VmKind::lazy ? tr("In use at A, freed since") : tr("Not there at A, or another one was");
    if (role == Qt::ToolTipRole)
        return row.kind == VmKind::lazy ? tr("Freed; the addresses may be used again when the TLBs have been flushed\n"
                                             "__purge_vmap_area_lazy(), mm/vmalloc.c")
                                        : tr("%1 and a guard page behind it\nstruct vm_struct, mm/vmalloc.c")
                                              .arg(sizeText(row.range.size()));
    return role == Qt::DisplayRole ? QVariant(cell(row, index.column())) : QVariant();
}

QVariant AreaModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    const bool right = section == size || section == pages;
    if (role == Qt::TextAlignmentRole) return int((right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole || section < 0 || section >= columns) return {};
    const QString names[columns]{tr("Address"), tr("Size"), tr("Pages"), tr("Kind"), tr("Physical"), tr("Caller")};
    return names[section];
}

}  // namespace mm::gui
