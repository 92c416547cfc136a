// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/events/event_model.h"

#include <QElapsedTimer>
#include <algorithm>
#include <limits>

#include "engine/snapshot/describe.h"
#include "gui/format/format.h"

namespace mm::gui {
namespace {

constexpr qint64 stretch = 6;  ///< milliseconds of looking through at once

QString stageName(const History& history, std::uint16_t stage) {
    return stage < history.stages().size() ? text(history.stages()[stage].name) : QStringLiteral("run");
}

int asRows(Position events) {
    return static_cast<int>(std::min<Position>(events, std::numeric_limits<int>::max()));
}

}  // namespace

/// The history has only grown: what was shown and looked through is still true.
bool EventModel::sameHistory(const SnapshotPtr& snapshot) const {
    if (!m_snapshot || m_snapshot->machine != snapshot->machine) return false;
    const Position known = m_snapshot->history.size();
    if (snapshot->history.size() < known) return false;
    if (known == 0) return true;
    // Another future taken after stepping back differs in its last known event, or in the command that made it.
    const RecordedEvent a = m_snapshot->history.event(known - 1), b = snapshot->history.event(known - 1);
    return a.event == b.event && a.command == b.command && a.text == b.text;
}

void EventModel::restart() {
    m_scanned = 0;
    m_kept.clear();
    m_rows = m_filter.empty() ? asRows(total()) : 0;
}

void EventModel::setSnapshot(const SnapshotPtr& snapshot) {
    if (!sameHistory(snapshot)) {
        beginResetModel();
        m_snapshot = snapshot;
        restart();
        endResetModel();
        return;
    }
    const Position before = m_snapshot->at;
    const int rows = m_filter.empty() ? asRows(snapshot->history.size()) : rowCount();
    if (rows > rowCount()) {
        beginInsertRows({}, m_rows, rows - 1);
        m_snapshot = snapshot;
        m_rows = rows;
        endInsertRows();
    } else {
        m_snapshot = snapshot;
    }
    if (before != snapshot->at && rowCount() > 0)
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columns - 1), {futureRole, currentRole});
}

void EventModel::setFilter(const EventFilter& filter) {
    if (m_filter == filter) return;
    beginResetModel();
    m_filter = filter;
    restart();
    endResetModel();
}

bool EventModel::keeps(Position event) const {
    const RecordedEvent recorded = m_snapshot->history.event(event);
    if (m_filter.kind && recorded.event.kind != *m_filter.kind) return false;
    if (m_filter.words.isEmpty()) return true;
    const QString line = text(describe(recorded)) + ' ' + stageName(m_snapshot->history, recorded.stage);
    return std::all_of(m_filter.words.begin(), m_filter.words.end(),
                       [&line](const QString& word) { return line.contains(word, Qt::CaseInsensitive); });
}

bool EventModel::scanSome() {
    if (m_filter.empty() || m_scanned >= total()) return false;
    QElapsedTimer time;
    time.start();
    std::vector<Position> found;
    while (m_scanned < total() && (m_scanned % 64 != 0 || time.elapsed() < stretch)) {
        if (keeps(m_scanned)) found.push_back(m_scanned);
        ++m_scanned;
    }
    if (!found.empty()) {
        beginInsertRows({}, static_cast<int>(m_kept.size()), static_cast<int>(m_kept.size() + found.size()) - 1);
        m_kept.insert(m_kept.end(), found.begin(), found.end());
        endInsertRows();
    }
    return m_scanned < total();
}

int EventModel::rowCount(const QModelIndex& parent) const {
    if (parent.isValid()) return 0;
    return m_filter.empty() ? m_rows : asRows(m_kept.size());
}

Position EventModel::eventAt(int row) const {
    const auto i = static_cast<std::size_t>(row);
    return m_filter.empty() ? i : m_kept[i];
}

int EventModel::rowBefore(Position position) const {
    if (m_filter.empty()) return std::min(asRows(position), m_rows) - 1;
    return static_cast<int>(std::lower_bound(m_kept.begin(), m_kept.end(), position) - m_kept.begin()) - 1;
}

QVariant EventModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const Position event = eventAt(index.row());
    if (role == futureRole) return event >= m_snapshot->at;
    if (role == currentRole) return event + 1 == m_snapshot->at;
    if (role == Qt::TextAlignmentRole)
        return int((index.column() == number_ ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
    const RecordedEvent recorded = m_snapshot->history.event(event);
    if (role == Qt::ToolTipRole) {
        const QString function = text(kernel_function_of(recorded.event.kind));
        return function.isEmpty() ? QVariant()
                                  : QString("%1(), %2\nclick to go to this moment")
                                        .arg(function, text(kernel_file_of(recorded.event.kind)));
    }
    switch (index.column()) {
        case number_:
            return number(event + 1);
        case stage:
            return stageName(m_snapshot->history, recorded.stage);
        default: {
            const QString line = text(describe(recorded));
            return line.isEmpty() ? text(name_of(recorded.event.kind)) : line;
        }
    }
}

QVariant EventModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (role == Qt::TextAlignmentRole)
        return int((section == number_ ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return QAbstractTableModel::headerData(section, orientation, role);
    static const QStringList names{"Event", "Stage", "What happened"};
    return names.value(section);
}

}  // namespace mm::gui
