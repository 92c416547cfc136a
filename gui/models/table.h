// SPDX-License-Identifier: GPL-3.0-or-later
// What a view shows as rows and columns of words: for the clipboard and for files.
#pragma once

#include <QStringList>
#include <vector>

class QAbstractItemModel;

namespace mm::gui {

struct Table {
    QStringList columns;
    std::vector<QStringList> rows;
    bool empty() const { return columns.isEmpty(); }
};

/// RFC 4180: commas, quotes where needed, CR LF. Numbers lose the thin spaces that people read them by.
QString asCsv(const Table& table);
/// Columns aligned by blanks, numbers to the right.
QString asText(const Table& table);
/// The display texts of a flat model; only those rows, if any are given.
Table tableOf(const QAbstractItemModel& model, const std::vector<int>& rows = {});

}  // namespace mm::gui
