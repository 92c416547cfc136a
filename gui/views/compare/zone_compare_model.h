// SPDX-License-Identifier: GPL-3.0-or-later
// /proc/zoneinfo of both boots as a table: zone, quantity, real (or the other kernel), computed, difference. The
// pagesets of further CPUs are left out where they agree.
#pragma once

#include <QAbstractTableModel>

#include "gui/models/differences.h"
#include "gui/style/theme.h"

namespace mm::gui {

class ZoneCompareModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { zone, field, left, right, difference, columns };

    explicit ZoneCompareModel(const Theme& theme, QObject* parent = nullptr)
        : QAbstractTableModel(parent), m_theme(theme) {}

    void setComparison(const ComparisonPtr& comparison);
    void setOnlyDifferences(bool on);
    /// Where that row of Comparison::zones is shown; -1 if it is not.
    int rowOf(std::size_t zoneRow) const;
    /// Row of Comparison::zones.
    std::size_t zoneRow(int row) const { return m_rows[static_cast<std::size_t>(row)]; }
    /// One side has no zoneinfo: nothing was compared.
    bool oneSided() const { return m_oneSided; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : columns; }
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void rebuild();
    QString words(const ZoneRow& row, int row_index, int column) const;

    const Theme& m_theme;
    ComparisonPtr m_comparison;
    std::vector<ZoneRow> m_zones;     ///< the comparison's, or the only side's
    std::vector<std::size_t> m_rows;  ///< of m_zones, those shown
    bool m_only = false, m_oneSided = false, m_severalNodes = false;
};

}  // namespace mm::gui
