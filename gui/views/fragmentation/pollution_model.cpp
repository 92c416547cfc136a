// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/fragmentation/pollution_model.h"

#include "gui/format/format.h"
#include "gui/views/fragmentation/pollution_canvas.h"

namespace mm::gui {

void PollutionModel::setMap(std::shared_ptr<const PollutionAnswer> answer) {
    beginResetModel();
    m_answer = std::move(answer);
    endResetModel();
}

int PollutionModel::rowOf(Pfn first) const {
    for (int row = 0; row < rowCount(); ++row)
        if (block(row).first == first) return row;
    return -1;
}

int PollutionModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !m_answer ? 0 : static_cast<int>(m_answer->map.blocks.size());
}

QVariant PollutionModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    if (role == Qt::TextAlignmentRole)
        return int((index.column() == since ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole) return tr("click selects the pageblock, double click goes to when it began");
    if (role != Qt::DisplayRole) return {};
    const PollutedBlock& b = block(index.row());
    switch (index.column()) {
        case pageblock:
            return hex(b.first);
        case zone:
            return text(zone_key(b.zone));
        case type:
            return text(name_of(b.type));
        case foreign:
            return foreignText(b);
        case since:
            return b.since ? number(*b.since + 1) : tr("start");
        case oldest:
            return QStringLiteral("  ") + hex(b.oldest_pfn);
        default:
            return b.owner.empty() ? tr("before the start") : text(b.owner);
    }
}

QVariant PollutionModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (role == Qt::TextAlignmentRole)
        return int((section == since ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return QAbstractTableModel::headerData(section, orientation, role);
    static const QStringList names{"Pageblock",   "Zone",     "Type",        "Foreign pages",
                                   "Since event", "  Oldest", "Allocated by"};
    return names.value(section);
}

}  // namespace mm::gui
