// SPDX-License-Identifier: GPL-3.0-or-later
// A frame's biography as rows: event, who, what. What is to come is told apart from what has been.
#pragma once

#include <QAbstractTableModel>

#include "gui/state/answers.h"

namespace mm::gui {

class LifeModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { event, who, what, columns };
    enum Role { futureRole = Qt::UserRole + 1, lastRole };

    using QAbstractTableModel::QAbstractTableModel;

    void setLife(std::shared_ptr<const LifeAnswer> life, Position at);
    void setNow(Position at);
    const LifeAnswer* life() const { return m_life.get(); }
    /// REQUIRES: a row of an event; a recording's first row, what was before it, is none.
    std::optional<Position> eventAt(int row) const;
    /// The row of the last event before now; -1: none.
    int rowOfNow() const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& = {}) const override { return columns; }
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    /// A recording says first what the frame was at its start.
    int before() const { return m_life && !m_life->life.now ? 1 : 0; }

    std::shared_ptr<const LifeAnswer> m_life;
    Position m_at = 0;
};

}  // namespace mm::gui
