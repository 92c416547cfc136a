// SPDX-License-Identifier: GPL-3.0-or-later
// A history's events as a table, all of them or those that a filter keeps. A run has millions: without a filter a row
// is an event and nothing is stored; with one the events are looked through in short stretches (scanSome()), so that
// rows appear while the window stays alive.
#pragma once

#include <QAbstractTableModel>
#include <optional>
#include <vector>

#include "engine/snapshot/snapshot.h"

namespace mm::gui {

struct EventFilter {
    QStringList words;              ///< all of them occur in the event's text or stage
    std::optional<EventKind> kind;  ///< only these
    bool empty() const { return words.isEmpty() && !kind; }
    friend bool operator==(const EventFilter&, const EventFilter&) = default;
};

class EventModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { number_, stage, what, columns };
    static constexpr int futureRole = Qt::UserRole, currentRole = Qt::UserRole + 1;
    using QAbstractTableModel::QAbstractTableModel;

    void setSnapshot(const SnapshotPtr& snapshot);
    void setFilter(const EventFilter& filter);
    const EventFilter& filter() const { return m_filter; }
    /// Looks through some more events; true while there are more to look through.
    bool scanSome();
    Position scanned() const { return m_scanned; }
    Position total() const { return m_snapshot ? m_snapshot->history.size() : 0; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : columns; }
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    /// The event of a row: it leads from its number to the position after it.
    Position eventAt(int row) const;
    /// The last row at or before the event that led to a position; -1: none.
    int rowBefore(Position position) const;

private:
    bool keeps(Position event) const;
    bool sameHistory(const SnapshotPtr& snapshot) const;
    void restart();

    SnapshotPtr m_snapshot;
    EventFilter m_filter;
    Position m_scanned = 0;        ///< with a filter: events looked through
    std::vector<Position> m_kept;  ///< with a filter: those it keeps
    int m_rows = 0;                ///< without: shown
};

}  // namespace mm::gui
