// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/compare/zone_compare_model.h"

#include <algorithm>

#include "engine/verify/report.h"
#include "gui/format/format.h"

namespace mm::gui {
namespace {

/// Digits grouped; text that is no number as it is.
QString grouped(const std::string& value) {
    bool ok = false;
    const auto n = text(value).toULongLong(&ok);
    return ok ? number(n) : text(value);
}

/// "+12", "−3"; "" for what are no numbers.
QString signedDifference(const ZoneRow& row) {
    if (!row.left || !row.right) return {};
    bool okLeft = false, okRight = false;
    const auto left = text(*row.left).toULongLong(&okLeft), right = text(*row.right).toULongLong(&okRight);
    if (!okLeft || !okRight) return QStringLiteral("≠");
    return right > left ? "+" + number(right - left) : QStringLiteral("−") + number(left - right);
}

bool isFurtherCpu(const ZoneRow& row) {
    return row.field.starts_with("pcp") && !row.field.ends_with("CPU 0");
}

}  // namespace

void ZoneCompareModel::setComparison(const ComparisonPtr& comparison) {
    m_comparison = comparison;
    rebuild();
}

void ZoneCompareModel::setOnlyDifferences(bool on) {
    m_only = on;
    rebuild();
}

void ZoneCompareModel::rebuild() {
    beginResetModel();
    m_rows.clear();
    m_zones = m_comparison ? m_comparison->zones : std::vector<ZoneRow>{};
    m_oneSided = m_comparison && m_zones.empty();
    if (m_oneSided)
        for (const ZoneFact& fact : m_comparison->right.zones)
            if (!fact.field.starts_with("pcp"))
                m_zones.push_back({fact.zone, fact.field, {}, fact.value, function_of_zone_field(fact.field)});
    m_severalNodes =
        std::any_of(m_zones.begin(), m_zones.end(), [](const ZoneRow& row) { return !row.zone.starts_with("0/"); });
    for (std::size_t i = 0; i < m_zones.size(); ++i) {
        const bool differs = m_zones[i].differs() && !m_oneSided;
        if (differs || (!m_only && !isFurtherCpu(m_zones[i]))) m_rows.push_back(i);
    }
    endResetModel();
}

int ZoneCompareModel::rowOf(std::size_t zoneRow) const {
    const auto found = std::find(m_rows.begin(), m_rows.end(), zoneRow);
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

int ZoneCompareModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QString ZoneCompareModel::words(const ZoneRow& row, int index, int column) const {
    switch (column) {
        case zone: {
            // Once for each run of rows.
            const bool same = index > 0 && m_zones[m_rows[static_cast<std::size_t>(index) - 1]].zone == row.zone;
            const qsizetype slash = static_cast<qsizetype>(row.zone.find('/'));
            const QString name = text(row.zone);
            if (same) return {};
            return name.mid(slash + 1) + (m_severalNodes ? tr(", node ") + name.left(slash) : QString());
        }
        case field:
            return text(row.field).remove(", CPU 0");
        case left:
            return row.left ? grouped(*row.left) : QStringLiteral("–");
        case right:
            return row.right ? grouped(*row.right) : QStringLiteral("–");
        default:
            return row.differs() && !m_oneSided ? signedDifference(row) : QString();
    }
}

QVariant ZoneCompareModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const ZoneRow& row = m_zones[zoneRow(index.row())];
    const bool differs = row.differs() && !m_oneSided;
    switch (role) {
        case Qt::DisplayRole:
            return words(row, index.row(), index.column());
        case Qt::TextAlignmentRole:
            return int(index.column() >= left ? Qt::AlignRight | Qt::AlignVCenter : Qt::AlignLeft | Qt::AlignVCenter);
        case Qt::BackgroundRole:
            return differs && index.column() >= field ? QVariant(m_theme.difference().wash) : QVariant();
        case Qt::ForegroundRole:
            if (index.column() == difference) return m_theme.difference().ink;
            return index.column() == zone || index.column() == field ? m_theme.tokens().dim : m_theme.tokens().text;
        case Qt::ToolTipRole:
            return tr("zone %1, %2: %3 %4, %5 %6\nset by %7()")
                .arg(text(row.zone), text(row.field), text(row.left.value_or("not known")),
                     text(left_name(*m_comparison)), text(row.right.value_or("not known")),
                     text(right_name(*m_comparison)), text(row.function));
        default:
            return {};
    }
}

QVariant ZoneCompareModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return int(section >= left ? Qt::AlignRight | Qt::AlignVCenter : Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    const QString names[] = {tr("zone"), tr("quantity"), m_comparison ? text(left_name(*m_comparison)) : QString(),
                             m_comparison ? text(right_name(*m_comparison)) : QString(), QStringLiteral("≠")};
    return names[section];
}

}  // namespace mm::gui
