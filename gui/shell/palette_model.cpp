// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/shell/palette_model.h"

#include <algorithm>

namespace mm::gui {

void PaletteModel::setCommands(std::vector<PaletteEntry> commands) {
    m_commands = std::move(commands);
    setPattern({}, {});
}

void PaletteModel::setPattern(const QString& pattern, std::vector<PaletteEntry> places) {
    beginResetModel();
    m_rows.clear();
    for (PaletteEntry& place : places)
        m_rows.push_back({std::move(place), {}});
    const auto first = static_cast<std::ptrdiff_t>(m_rows.size());
    for (const PaletteEntry& command : m_commands) {
        if (auto match = fuzzyMatch(pattern, command.words)) {
            m_rows.push_back({command, *match});
        } else if (auto whole = fuzzyMatch(pattern, command.group + ' ' + command.words)) {
            // "view page": the menu's name helps, but less than a word of the command's own.
            whole->score /= 2;
            const auto before = static_cast<int>(command.group.size()) + 1;
            for (int& at : whole->positions)
                at -= before;
            m_rows.push_back({command, *whole});
        }
    }
    std::stable_sort(m_rows.begin() + first, m_rows.end(), [](const Row& a, const Row& b) {
        return a.what.enabled != b.what.enabled ? a.what.enabled : a.match.score > b.match.score;
    });
    endResetModel();
}

int PaletteModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant PaletteModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
        case Qt::DisplayRole:
            return row.what.words;
        case groupRole:
            return row.what.group;
        case keysRole:
            return row.what.keys;
        case lettersRole:
            return QVariant::fromValue(row.match.positions);
        case Qt::AccessibleTextRole:
            return row.what.keys.isEmpty() ? row.what.words : row.what.words + ", " + row.what.keys;
        default:
            return {};
    }
}

Qt::ItemFlags PaletteModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) return {};
    const bool enabled = m_rows[static_cast<std::size_t>(index.row())].what.enabled;
    return enabled ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren : Qt::ItemNeverHasChildren;
}

PaletteEntry PaletteModel::entry(int row) const {
    return m_rows[static_cast<std::size_t>(row)].what;
}

}  // namespace mm::gui
