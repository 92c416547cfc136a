// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/page/life_model.h"

#include <algorithm>

#include "gui/format/format.h"

namespace mm::gui {

void LifeModel::setLife(std::shared_ptr<const LifeAnswer> life, Position at) {
    beginResetModel();
    m_life = std::move(life);
    m_at = at;
    endResetModel();
}

void LifeModel::setNow(Position at) {
    if (at == m_at) return;
    m_at = at;
    if (rowCount() > 0) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columns - 1), {futureRole, lastRole});
}

int LifeModel::rowCount(const QModelIndex& parent) const {
    if (parent.isValid() || !m_life) return 0;
    return static_cast<int>(m_life->life.lines.size()) + before();
}

std::optional<Position> LifeModel::eventAt(int row) const {
    const int line = row - before();
    if (!m_life || line < 0 || row >= rowCount()) return {};
    return m_life->life.lines[static_cast<std::size_t>(line)].event;
}

int LifeModel::rowOfNow() const {
    if (!m_life) return -1;
    const auto& lines = m_life->life.lines;
    const auto next = std::partition_point(lines.begin(), lines.end(),
                                           [this](const Biography::Line& line) { return line.event < m_at; });
    return static_cast<int>(next - lines.begin()) - 1 + before();
}

QVariant LifeModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    if (role == Qt::TextAlignmentRole)
        return int((index.column() == event ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    const auto at = eventAt(index.row());
    if (role == futureRole) return at && *at >= m_at;
    if (role == lastRole) return index.row() == rowOfNow();
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
    if (!at) return index.column() == what ? QVariant(text(state_text(m_life->life.start))) : QVariant(QString());
    const Biography::Line& line = m_life->life.lines[static_cast<std::size_t>(index.row() - before())];
    if (role == Qt::ToolTipRole) {
        QString words = text(line.text) + QStringLiteral("\n") + text(line.when.who);
        if (line.when.seconds) words += tr(", at %1 s").arg(*line.when.seconds, 0, 'f', 6);
        return words + tr("\nclick to go to this moment");
    }
    switch (index.column()) {
        case event:
            return number(line.event + 1);
        case who:
            return text(line.when.who);
        default:
            return text(line.text);
    }
}

QVariant LifeModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (role == Qt::TextAlignmentRole)
        return int((section == event ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return QAbstractTableModel::headerData(section, orientation, role);
    static const QStringList names{"Event", "By", "What happened to it"};
    return names.value(section);
}

}  // namespace mm::gui
