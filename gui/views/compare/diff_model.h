// SPDX-License-Identifier: GPL-3.0-or-later
// Two logs side by side as an item model of two columns, real (or the other kernel) and computed.
#pragma once

#include <QAbstractTableModel>

#include "gui/models/differences.h"
#include "gui/views/compare/diff_rows.h"

namespace mm::gui {

class DiffModel : public QAbstractTableModel {
    Q_OBJECT
public:
    using QAbstractTableModel::QAbstractTableModel;
    enum Column { left, right };

    void setComparison(const ComparisonPtr& comparison);
    void setFilter(const DiffFilter& filter);
    void unfold(int row);
    /// Shows the row of the comparison, unfolding or dropping the filter where needed; where it is then.
    int reveal(std::size_t row);

    const ComparisonPtr& comparison() const { return m_comparison; }
    const DiffFilter& filter() const { return m_filter; }
    const std::vector<DiffRow>& rows() const { return m_rows; }
    /// Null for a fold.
    const Row* rowAt(int row) const;
    const SideLine* lineAt(int row, int column) const;
    /// The moment after the row's computed line was printed.
    std::optional<Position> momentOf(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : 2; }
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void rebuild();
    QString tip(const DiffRow& row) const;

    ComparisonPtr m_comparison;
    DiffFilter m_filter;
    std::set<std::size_t> m_unfolded;
    std::vector<DiffRow> m_rows;
};

/// The kernel's tabs as blanks up to the next column of eight.
QString logText(std::string_view line);

}  // namespace mm::gui
