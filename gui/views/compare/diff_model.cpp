// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/compare/diff_model.h"

#include <algorithm>

#include "engine/verify/report.h"
#include "gui/format/format.h"

namespace mm::gui {

QString logText(std::string_view line) {
    QString out;
    for (const QChar c : text(line))
        out += c == '\t' ? QString(8 - out.size() % 8, ' ') : QString(c);
    return out;
}

void DiffModel::rebuild() {
    beginResetModel();
    m_rows = m_comparison ? diffRows(*m_comparison, m_filter, m_unfolded) : std::vector<DiffRow>{};
    endResetModel();
}

void DiffModel::setComparison(const ComparisonPtr& comparison) {
    m_comparison = comparison;
    m_filter.category.reset();
    m_unfolded.clear();
    rebuild();
}

void DiffModel::setFilter(const DiffFilter& filter) {
    m_filter = filter;
    m_unfolded.clear();
    rebuild();
}

void DiffModel::unfold(int row) {
    const auto& rows = m_rows;
    if (row < 0 || row >= rowCount() || rows[static_cast<std::size_t>(row)].folded == 0) return;
    m_unfolded.insert(rows[static_cast<std::size_t>(row)].row);
    rebuild();
}

int DiffModel::reveal(std::size_t row) {
    const auto find = [&] {
        return std::find_if(m_rows.begin(), m_rows.end(), [&](const DiffRow& r) {
            return r.folded == 0 ? r.row == row : row >= r.row && row < r.row + r.folded;
        });
    };
    auto found = find();
    const bool hidden = found == m_rows.end() || found->folded != 0;
    if (hidden && m_filter.category) {  // a row of another category
        m_filter.category.reset();
        rebuild();
        found = find();
    }
    if (found != m_rows.end() && found->folded != 0) {
        unfold(static_cast<int>(found - m_rows.begin()));
        found = find();
    }
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

const Row* DiffModel::rowAt(int row) const {
    if (row < 0 || row >= rowCount()) return nullptr;
    const DiffRow& r = m_rows[static_cast<std::size_t>(row)];
    return r.folded == 0 ? &m_comparison->rows[r.row] : nullptr;
}

const SideLine* DiffModel::lineAt(int row, int column) const {
    const Row* r = rowAt(row);
    if (!r) return nullptr;
    if (column == left) return r->left ? &m_comparison->left.lines[*r->left] : nullptr;
    return r->right ? &m_comparison->right.lines[*r->right] : nullptr;
}

std::optional<Position> DiffModel::momentOf(int row) const {
    const SideLine* line = lineAt(row, right);
    return line ? line->at : std::nullopt;
}

int DiffModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QString DiffModel::tip(const DiffRow& row) const {
    const Row& r = m_comparison->rows[row.row];
    QStringList words;
    if (r.left)
        if (const unsigned line = m_comparison->left.lines[*r.left].number; line != 0)
            words.push_back(tr("line %1 of the log").arg(line));
    switch (r.state) {
        case RowState::given:
            words.push_back(tr("given to the computation"));
            break;
        case RowState::other:
            words.push_back(tr("not compared"));
            break;
        case RowState::moved:
            words.push_back(tr("equal, but at another place among the lines of other categories"));
            break;
        default:
            words.push_back(text(words_of(r.category)));
    }
    if (const std::string why = explain(*m_comparison, r); !why.empty()) words.push_back(text(why));
    return words.join('\n');
}

QVariant DiffModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const DiffRow& row = m_rows[static_cast<std::size_t>(index.row())];
    if (row.folded != 0) {
        if (role == Qt::ToolTipRole) return tr("Click to unfold");
        if (role != Qt::DisplayRole || index.column() != left) return {};
        const bool compared = m_filter.onlyDifferences || m_filter.category;
        return (compared ? tr("%1 lines") : tr("%1 lines that are not compared")).arg(number(row.folded));
    }
    if (role == Qt::ToolTipRole) return tip(row);
    if (role != Qt::DisplayRole) return {};
    const SideLine* line = lineAt(index.row(), index.column());
    return line ? logText(line->text) : QString();
}

QVariant DiffModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || !m_comparison) return {};
    if (role == Qt::TextAlignmentRole) return int(Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    return text(section == left ? m_comparison->left.title : m_comparison->right.title);
}

}  // namespace mm::gui
