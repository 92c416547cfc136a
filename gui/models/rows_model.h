// SPDX-License-Identifier: GPL-3.0-or-later
// A table with a row for each of some things of a moment: while they are the same things, only their figures change,
// and what is selected stays.
#pragma once

#include <QAbstractTableModel>
#include <algorithm>
#include <vector>

#include "engine/snapshot/snapshot.h"
#include "gui/models/difference_words.h"

namespace mm::gui {

template<class Row>
class RowsModel : public QAbstractTableModel {
public:
    using QAbstractTableModel::QAbstractTableModel;
    int rowCount(const QModelIndex& parent = {}) const override {
        return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
    }
    /// -1: it is not there.
    int rowOf(const Row& row) const {
        const auto at = std::find(m_rows.begin(), m_rows.end(), row);
        return at == m_rows.end() ? -1 : static_cast<int>(at - m_rows.begin());
    }
    /// What rows are compared with (differsRole); null: with nothing.
    void setMark(const SnapshotPtr& mark) {
        if (m_mark == mark) return;
        m_mark = mark;
        if (!m_rows.empty())
            Q_EMIT this->dataChanged(this->index(0, 0), this->index(rowCount() - 1, this->columnCount() - 1));
    }

protected:
    /// REQUIRES: what data() reads of the moment is the new one already.
    void setRows(std::vector<Row> rows) {
        if (rows == m_rows) {
            if (!m_rows.empty()) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
            return;
        }
        beginResetModel();
        m_rows = std::move(rows);
        endResetModel();
    }
    bool hasRow(int row) const { return row >= 0 && row < rowCount(); }
    const Row& rowAt(int row) const { return m_rows[static_cast<std::size_t>(row)]; }

    std::vector<Row> m_rows;
    SnapshotPtr m_mark;
};

}  // namespace mm::gui
