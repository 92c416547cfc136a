// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of the command palette: everything the window can do, and the places the typed words name, filtered and
// ordered by how well they match.
#pragma once

#include <QAbstractListModel>
#include <functional>
#include <vector>

#include "gui/models/fuzzy.h"

namespace mm::gui {

struct PaletteEntry {
    QString words;  ///< "Step over"
    QString group;  ///< "Boot": the menu it is in
    QString keys;   ///< "F10"
    bool enabled = true;
    std::function<void()> run;
};

class PaletteModel : public QAbstractListModel {
    Q_OBJECT
public:
    static constexpr int groupRole = Qt::UserRole, keysRole = Qt::UserRole + 1, lettersRole = Qt::UserRole + 2;
    using QAbstractListModel::QAbstractListModel;

    void setCommands(std::vector<PaletteEntry> commands);
    /// Commands that match, best first, after the places given (which match by being there).
    void setPattern(const QString& pattern, std::vector<PaletteEntry> places);

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    /// REQUIRES: a row of this model. A copy, because running it may change the model.
    PaletteEntry entry(int row) const;

private:
    struct Row {
        PaletteEntry what;
        FuzzyMatch match;
    };
    std::vector<PaletteEntry> m_commands;
    std::vector<Row> m_rows;
};

}  // namespace mm::gui
