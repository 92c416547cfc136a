// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/log/log_model.h"

#include "gui/format/format.h"
#include "gui/models/difference_words.h"

namespace mm::gui {
namespace {

/// The kernel's tabs as blanks up to the next column of eight, as a terminal shows them: a list view knows only pixels.
QString withoutTabs(const QString& line) {
    QString out;
    for (const QChar c : line)
        out += c == '\t' ? QString(8 - out.size() % 8, ' ') : QString(c);
    return out;
}

}  // namespace

void LogModel::setSnapshot(const SnapshotPtr& snapshot) {
    const bool sameMachine = m_snapshot && m_snapshot->machine == snapshot->machine;
    const int rows = static_cast<int>(snapshot->history.log_lines_at(snapshot->at));
    if (!sameMachine) {
        beginResetModel();
        m_snapshot = snapshot;
        m_rows = rows;
        endResetModel();
    } else if (rows > m_rows) {
        beginInsertRows({}, m_rows, rows - 1);
        m_snapshot = snapshot;
        m_rows = rows;
        endInsertRows();
    } else if (rows < m_rows) {
        beginRemoveRows({}, rows, m_rows - 1);
        m_rows = rows;
        endRemoveRows();
        m_snapshot = snapshot;
    } else {
        m_snapshot = snapshot;
    }
}

void LogModel::setMark(const SnapshotPtr& mark) {
    m_mark = mark;
    if (m_rows > 0) Q_EMIT dataChanged(index(0), index(m_rows - 1));
}

bool LogModel::differs(int row) const {
    const auto line = static_cast<std::size_t>(row);
    if (!m_mark) return false;
    return line >= m_mark->history.log_lines_at(m_mark->at) ||
           m_mark->history.log_line(line).text != m_snapshot->history.log_line(line).text;
}

LogModel::SinceMark LogModel::sinceMark() const {
    SinceMark count;
    if (!m_mark) return count;
    for (int row = 0; row < m_rows; ++row)
        count.fresh += differs(row);
    count.gone = static_cast<int>(m_mark->history.log_lines_at(m_mark->at)) - (m_rows - count.fresh);
    return count;
}

QVariant LogModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= m_rows) return {};
    const LogLine& line = m_snapshot->history.log_line(static_cast<std::size_t>(index.row()));
    if (role == Qt::DisplayRole) return withoutTabs(text(line.text));
    if (role == differsRole) return differs(index.row());
    if (role == Qt::ToolTipRole)
        return QString("event %1: click to go there%2")
            .arg(number(positionOf(index.row())), differs(index.row()) ? wordsOfMark({}) : QString());
    return {};
}

QVariant LogModel::headerData(int section, Qt::Orientation orientation, int role) const {
    const bool own = orientation == Qt::Horizontal && role == Qt::DisplayRole;
    return own ? QVariant(QStringLiteral("line")) : QAbstractListModel::headerData(section, orientation, role);
}

Position LogModel::positionOf(int row) const {
    return m_snapshot->history.log_line(static_cast<std::size_t>(row)).at + 1;
}

}  // namespace mm::gui
